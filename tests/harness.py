"""Real servers and databases for the tests: one migrated template, cloned as often as tests ask."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit
from uuid import uuid4

import asyncpg
import msgspec

from ideation.local.servers import LocalServers
from ideation.migrate import migrate_up

EXTERNAL_DATABASE = "IDEATION_DATABASE_URL"
EXTERNAL_REDIS = "IDEATION_REDIS_URL"


class TestServers(msgspec.Struct, frozen=True, kw_only=True):
    """Where this test session's servers are, and the migrated database that tests clone."""

    __test__ = False

    database_url: str
    redis_url: str
    template: str


@contextmanager
def running_servers() -> Iterator[TestServers]:
    """The servers that the environment names, or local ones; the template is made, and dropped at the end."""
    with _server_urls() as (database_url, redis_url):
        template = f"ideation_template_{uuid4().hex[:12]}"
        asyncio.run(_create_template(database_url, template))
        try:
            yield TestServers(database_url=database_url, redis_url=redis_url, template=template)
        finally:
            asyncio.run(_execute(database_url, f"DROP DATABASE {template} WITH (FORCE)"))


@contextmanager
def server_directory() -> Iterator[Path]:
    """A temporary folder that PostgreSQL's account can pass through, which pytest's tmp_path does not allow."""
    with tempfile.TemporaryDirectory(prefix="ideation-test-") as name:
        directory = Path(name).resolve()
        directory.chmod(0o711)
        yield directory


@contextmanager
def private_local_servers() -> Iterator[LocalServers]:
    """Migrated local servers of one's own, to stop and restart at will."""
    with server_directory() as directory, LocalServers.start(directory, durable=False) as servers:
        asyncio.run(_migrate(servers.database_url))
        yield servers


@contextmanager
def cloned_database(servers: TestServers) -> Iterator[str]:
    """Address of a new copy of the template, dropped at the end whoever is still connected."""
    name = f"ideation_test_{uuid4().hex[:12]}"
    asyncio.run(_execute(servers.database_url, f"CREATE DATABASE {name} TEMPLATE {servers.template}"))
    try:
        yield with_database(servers.database_url, name)
    finally:
        asyncio.run(_execute(servers.database_url, f"DROP DATABASE {name} WITH (FORCE)"))


def with_database(database_url: str, name: str) -> str:
    """The same PostgreSQL server, another database."""
    parts = urlsplit(database_url)
    return _joined(parts._replace(path=f"/{name}"))


def with_redis_database(redis_url: str, number: int) -> str:
    """The same Redis server, another numbered database."""
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query)) | {"db": str(number)}
    return _joined(parts._replace(query=urlencode(query)))


def _joined(parts: SplitResult) -> str:
    # By hand, because urlunsplit drops the slashes of an address without a host, as those of sockets are.
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")


@contextmanager
def _server_urls() -> Iterator[tuple[str, str]]:
    database_url, redis_url = os.environ.get(EXTERNAL_DATABASE), os.environ.get(EXTERNAL_REDIS)
    if database_url and redis_url:
        yield database_url, redis_url
        return
    with server_directory() as directory, LocalServers.start(directory, durable=False) as local:
        yield database_url or local.database_url, redis_url or local.redis_url


async def _create_template(database_url: str, template: str) -> None:
    await _execute(database_url, f"CREATE DATABASE {template}")
    await _migrate(with_database(database_url, template))


async def _migrate(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await migrate_up(connection)
    finally:
        await connection.close()


async def _execute(database_url: str, statement: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
