"""Puts the application together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State

from api.authentication import check_caller
from api.dependencies import DEPENDENCIES
from api.envelope import Envelope
from api.heads import HeadAsGet
from api.openapi import openapi_config
from api.platform import Clock, Platform, platform_of, utc_now
from api.replay import replay_answer
from api.requests import StrictRequest, require_body
from api.routes import API_HANDLERS, PLATFORM_HANDLERS
from api.unit_of_work import UnitOfWorkMiddleware
from api.web.errors import handle_any_error
from api.web.routes import PAGES
from ideation.settings import Settings


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Litestar:
    """The application with these settings; `clock` says what time it is, for tests of dates."""
    platform = Platform(settings, clock)
    app = Litestar(
        route_handlers=[Router("/v1", route_handlers=API_HANDLERS), PAGES, *PLATFORM_HANDLERS],
        before_request=_before_handler,
        dependencies=dict(DEPENDENCIES),
        exception_handlers={Exception: handle_any_error},
        guards=[check_caller],
        lifespan=[_lifespan],
        logging_config=None,
        middleware=[UnitOfWorkMiddleware],
        openapi_config=openapi_config(),
        plugins=[platform.live.channels],
        request_class=StrictRequest,
        request_max_body_size=settings.max_body_bytes,
        state=State({"platform": platform}),
    )
    app.asgi_handler = Envelope(HeadAsGet(app.asgi_handler), platform)
    return app


async def _before_handler(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    await require_body(request)
    return await replay_answer(request)


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    platform = platform_of(app)
    await platform.open()
    try:
        yield
    finally:
        await platform.close()
