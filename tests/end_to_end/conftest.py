"""The whole program as it runs in production: API, drain, worker and schedule as processes of their own."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest

from ideation.actions.invariants import examine
from ideation.cli.children import PROCESSES, Children
from ideation.credentials import ACCESS_TOKEN, hash_secret, new_secret
from ideation.database import Connection, open_connection
from ideation.entities.people import Scope
from ideation.ids import new_id
from ideation.queries.audit import record
from tests.factories import insert, make_person
from tests.harness import TestServers, cloned_database, with_redis_database

# Generous: a busy machine takes its time to start a process, and a quick one is not kept waiting.
WAIT_SECONDS = 150.0

Result = TypeVar("Result")


class Engine:
    """A running engine: clients for people, a database connection to look with, and its processes."""

    def __init__(self, url: str, environment: dict[str, str], children: Children, log_folder: Path) -> None:
        self.url = url
        self.environment = environment
        self.children = children
        self.log_folder = log_folder

    async def person(self, stack: AsyncExitStack, connection: Connection, **given: object) -> "Person":
        """A new person of the company with an access token of every scope."""
        person_id = await make_person(connection, **given)
        secret = new_secret(ACCESS_TOKEN)
        now = datetime.now(UTC)
        await record(
            connection, action="person.create", subject_kind="person", subject_id=person_id, now=now, actor_id=None
        )
        await insert(
            connection,
            "access_tokens",
            id=new_id(),
            person_id=person_id,
            name="end to end",
            token_hash=hash_secret(secret),
            scopes=[str(scope) for scope in Scope],
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        client = httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {secret}"}, timeout=30)
        return Person(person_id, await stack.enter_async_context(client))


class Person:
    """Somebody with a client: every call says what was expected when it is not what came."""

    def __init__(self, person_id: UUID, client: httpx.AsyncClient) -> None:
        self.id = person_id
        self.client = client

    async def call(self, method: str, path: str, body: object = None, *, expect: int = 200, **more: Any) -> Any:
        """The decoded answer of one request with this status."""
        answer = await self.client.request(method, f"/v1{path}", json=body, **more)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def version_of(self, path: str) -> str:
        """The ETag of something, for If-Match."""
        answer = await self.client.get(f"/v1{path}")
        return str(answer.headers["ETag"])


async def eventually(
    attempt: Callable[[], Awaitable[Result]], enough: Callable[[Result], bool], *, seconds: float = WAIT_SECONDS
) -> Result:
    """The first result that is enough; the last one, in the failure, when none came in time."""
    deadline = time.monotonic() + seconds
    while not enough(result := await attempt()):
        assert time.monotonic() < deadline, f"still {result!r} after {seconds} seconds"
        await asyncio.sleep(0.1)
    return result


async def what_doctor_finds(connection: Connection) -> dict[str, list[str]]:
    """What is wrong with the rows; empty when everything is as it must always be."""
    return {
        examined.check.name: examined.faults.places
        async for examined in examine(connection, refine_ideas=True)
        if examined.faults.places
    }


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def engine_environment(database_url: str, redis_url: str, port: int) -> dict[str, str]:
    """Settings of an engine under test; people here are quicker than any limit."""
    return {
        "IDEATION_DATABASE_URL": database_url,
        "IDEATION_REDIS_URL": redis_url,
        "IDEATION_SECRET_KEY": "a secret key for tests, 32 characters or more",
        "IDEATION_PORT": str(port),
        "IDEATION_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "IDEATION_REQUESTS_PER_MINUTE": "1000000",
        "IDEATION_WRITES_PER_MINUTE": "1000000",
        "IDEATION_RANKING_INTERVAL_SECONDS": "1",
        "OMP_NUM_THREADS": "1",
    }


def wait_until_ready(url: str, children: Children) -> None:
    """Return once the API answers that it is ready."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        assert children.ended() is None, f"{children.ended()} ended by itself"
        try:
            if httpx.get(f"{url}/health/ready", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the API did not become ready")


@pytest.fixture(scope="module")
def engine(servers: TestServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """All four processes over a database of the module's own."""
    log_folder = tmp_path_factory.mktemp("logs")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with cloned_database(servers) as database_url:
        environment = engine_environment(database_url, with_redis_database(servers.redis_url, 61), port)
        with Children(environment, log_folder=log_folder) as children:
            children.start(tuple(PROCESSES))
            wait_until_ready(url, children)
            yield Engine(url, environment, children, log_folder)


@pytest.fixture(scope="module")
def api_alone(servers: TestServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The API alone, as a process of its own."""
    log_folder = tmp_path_factory.mktemp("logs")
    with cloned_database(servers) as database_url:
        environment = engine_environment(database_url, with_redis_database(servers.redis_url, 59), free_port())
        url = environment["IDEATION_PUBLIC_URL"]
        with Children(environment, log_folder=log_folder) as children:
            children.start(("api",))
            wait_until_ready(url, children)
            yield Engine(url, environment, children, log_folder)


@pytest.fixture
async def looking(engine: Engine) -> AsyncIterator[Connection]:
    """A connection to the engine's database."""
    connection = await open_connection(engine.environment["IDEATION_DATABASE_URL"])
    yield connection
    await connection.close()


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Closes the clients of a test."""
    async with AsyncExitStack() as opened:
        yield opened
