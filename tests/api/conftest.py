"""The application over a database of each module's own, with clients that are signed in as whom a test wants."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from api.app import create_app
from api.envelope import Envelope
from api.platform import Platform, platform_of
from ideation.credentials import ACCESS_TOKEN, SESSION, hash_secret, new_secret
from ideation.database import Connection, open_connection
from ideation.entities.people import Scope
from ideation.ids import new_id
from ideation.settings import Settings
from tests.factories import NOW, insert
from tests.harness import TestServers, cloned_database, with_redis_database

BASE_URL = "http://ideation.test"


class Clock:
    """Says what time it is, as a test sets it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """It is this time from now on."""
        self.now = now


class Api:
    """The running application of one test module."""

    def __init__(self, app: Litestar, connection: Connection, clock: Clock, stack: AsyncExitStack) -> None:
        self.app = app
        self.connection = connection
        self.clock = clock
        self.anonymous = httpx.AsyncClient(transport=_transport(app), base_url=BASE_URL)
        self._stack = stack
        self._stack.push_async_callback(self.anonymous.aclose)

    @property
    def platform(self) -> Platform:
        """What the requests of the application share."""
        return platform_of(self.app)

    @property
    def settings(self) -> Settings:
        """The settings of the application."""
        return self.platform.settings

    async def client_for(
        self, person_id: UUID, *, scopes: Iterable[Scope] = tuple(Scope), accept_policy: bool = True
    ) -> httpx.AsyncClient:
        """A client with an access token of this person, who has accepted the current policy if there is one."""
        if accept_policy:
            await self.accept_policy(person_id)
        token = await self.token_for(person_id, scopes=scopes)
        return self.client(headers={"Authorization": f"Bearer {token}"})

    async def browser_for(self, person_id: UUID, *, csrf: bool = True) -> httpx.AsyncClient:
        """A client with the session cookie of this person, sending the CSRF header too unless told otherwise."""
        await self.accept_policy(person_id)
        secret = new_secret(SESSION)
        await insert(
            self.connection,
            "sessions",
            id=new_id(),
            person_id=person_id,
            token_hash=hash_secret(secret),
            csrf_token="csrf-of-this-session",
            created_at=NOW,
            expires_at=NOW + timedelta(days=3650),
        )
        headers = {"X-CSRF-Token": "csrf-of-this-session"} if csrf else {}
        return self.client(headers=headers, cookies={"ideation_session": secret})

    async def token_for(self, person_id: UUID, *, scopes: Iterable[Scope] = tuple(Scope), **given: object) -> str:
        """An access token that lasts ten years from NOW, unless given otherwise."""
        secret = new_secret(ACCESS_TOKEN)
        values: dict[str, object] = {
            "id": new_id(),
            "person_id": person_id,
            "name": "test",
            "token_hash": hash_secret(secret),
            "scopes": [str(scope) for scope in scopes],
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=3650),
        }
        await insert(self.connection, "access_tokens", **(values | given))
        return secret

    async def accept_policy(self, person_id: UUID) -> None:
        """This person has accepted the current policy, if there is one."""
        await self.connection.execute(
            "INSERT INTO policy_acceptances (person_id, policy_version, accepted_at)"
            " SELECT $1, max(version), $2 FROM policies HAVING max(version) IS NOT NULL ON CONFLICT DO NOTHING",
            person_id,
            NOW,
        )

    def client(
        self, *, headers: dict[str, str] | None = None, cookies: dict[str, str] | None = None
    ) -> httpx.AsyncClient:
        """A client of the application with these headers and cookies; closed with the module."""
        client = httpx.AsyncClient(
            transport=_transport(self.app), base_url=BASE_URL, headers=headers or {}, cookies=cookies or {}
        )
        self._stack.push_async_callback(client.aclose)
        return client


def _transport(app: Litestar) -> httpx.ASGITransport:
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]


def make_settings(database_url: str, redis_url: str, **given: object) -> Settings:
    """Settings with limits that no ordinary test meets."""
    values: dict[str, object] = {
        "database_url": database_url,
        "redis_url": redis_url,
        "secret_key": "a secret key for tests, 32 characters or more",
        "public_url": BASE_URL,
        "log_level": "error",
        "requests_per_minute": 1_000_000,
        "writes_per_minute": 1_000_000,
        "database_pool_size": 5,
    }
    return Settings(**(values | given))  # type: ignore[arg-type]


def application(settings: Settings, clock: Callable[[], datetime], *, beside: bool = False) -> Litestar:
    """What `create_app` makes, but its routes are registered once in a process: that takes longer than most modules.

    One at a time, and another `beside` it.
    """
    app = _routes(beside)
    envelope = app.asgi_handler
    assert isinstance(envelope, Envelope)
    app.state["platform"] = platform = Platform(settings, clock)
    app.asgi_handler = Envelope(envelope._app, platform)
    return app


@cache
def _routes(_beside: bool) -> Litestar:
    return create_app(make_settings("postgresql://nowhere", "redis://nowhere"))


@pytest.fixture(scope="module")
def module_database_url(servers: TestServers) -> Iterator[str]:
    """A migrated, empty database of the module's own."""
    with cloned_database(servers) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(module_database_url: str, servers: TestServers) -> AsyncIterator[Api]:
    """The running application; all tests of a module share its database, so each makes its own people."""
    clock = Clock()
    app = application(make_settings(module_database_url, with_redis_database(servers.redis_url, 60)), clock)
    async with AsyncExitStack() as stack:
        # What the lifespan does; Litestar's own must be left by the task that entered it, which no fixture promises.
        await platform_of(app).open()
        stack.push_async_callback(platform_of(app).close)
        connection = await open_connection(module_database_url)
        stack.push_async_callback(connection.close)
        yield Api(app, connection, clock, stack)


@pytest.fixture(autouse=True)
def _fresh_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "api" in request.fixturenames:
        request.getfixturevalue("api").clock.set(NOW)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module run in one event loop, the one that its application lives in."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
