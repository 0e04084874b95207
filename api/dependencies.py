"""What handlers can ask for by name: connection, actor, visitor, csrf_token, now, settings, page.

Each names the one before it, also where it does not use it: Litestar opens a task group for dependencies that could be
resolved side by side, and that costs more than all of them.
"""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request
from litestar.di import Provide
from litestar.params import Parameter

from api.authentication import find_visitor, identify, require_actor
from api.paging import PageRequest, read_page_request
from api.unit_of_work import work_of
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.paging import DEFAULT_LIMIT, MAX_LIMIT
from ideation.settings import Settings

AnyRequest = Request[Any, Any, Any]

Limit = Annotated[int, Parameter(ge=1, le=MAX_LIMIT, description="How many items at most.")]
Cursor = Annotated[
    str | None, Parameter(max_length=2000, description="`next_cursor` of the slice before; without it, the first.")
]


async def provide_connection(request: AnyRequest, now: datetime) -> Connection:  # noqa: ARG001
    """The request's connection: one transaction, or read-only for GET; see api.unit_of_work."""
    return await work_of(request.scope).connection()


async def provide_actor(request: AnyRequest, connection: Connection) -> Actor:  # noqa: ARG001
    """The signed-in person; 401 when nobody is."""
    return require_actor(await identify(request, work_of(request.scope)))


async def provide_actor_alone(request: AnyRequest, now: datetime) -> Actor:  # noqa: ARG001
    """The signed-in person, for handlers that ask for a connection by themselves, if at all."""
    return require_actor(await identify(request, work_of(request.scope)))


async def provide_visitor(request: AnyRequest, connection: Connection) -> Actor | None:  # noqa: ARG001
    """The signed-in person, or None, for pages that everybody may see."""
    return await find_visitor(request, work_of(request.scope))


async def provide_csrf_token(request: AnyRequest, visitor: Actor | None) -> str:  # noqa: ARG001
    """What forms must send as `csrf_token`; empty for those not signed in by cookie."""
    credential = await identify(request, work_of(request.scope))
    return "" if credential is None else credential.csrf_token or ""


def provide_now(request: AnyRequest, settings: Settings) -> datetime:  # noqa: ARG001
    """When this request arrived."""
    return work_of(request.scope).now


def provide_settings(request: AnyRequest) -> Settings:
    """The settings of this installation."""
    return work_of(request.scope).platform.settings


def provide_page(request: AnyRequest, actor: Actor, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> PageRequest:
    """Which slice of the list this person wants."""
    secret_key = work_of(request.scope).platform.settings.secret_key
    return read_page_request(request, f"{secret_key}:{actor.person_id}", limit, cursor)


DEPENDENCIES = {
    "connection": Provide(provide_connection),
    "actor": Provide(provide_actor),
    "visitor": Provide(provide_visitor),
    "csrf_token": Provide(provide_csrf_token),
    "now": Provide(provide_now, sync_to_thread=False),
    "settings": Provide(provide_settings, sync_to_thread=False),
    "page": Provide(provide_page, sync_to_thread=False),
}

WITHOUT_CONNECTION = {"actor": Provide(provide_actor_alone)}
