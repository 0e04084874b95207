"""Fixtures of the whole suite: one PostgreSQL and one Redis per session, shared by all of its processes."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import hypothesis
import msgspec
import pytest
from redis import Redis

from ideation.database import Connection, open_connection
from ideation.local.servers import LocalServers
from tests.harness import TestServers, cloned_database, private_local_servers, running_servers, with_redis_database

hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("suite")

# A test of settings or of the command line gives these itself; what the developer has set must not leak in.
for _variable in [name for name in os.environ if name.startswith("IDEATION_")]:
    if _variable not in ("IDEATION_DATABASE_URL", "IDEATION_REDIS_URL"):
        del os.environ[_variable]

_stack_key = pytest.StashKey[ExitStack]()
_servers_key = pytest.StashKey[TestServers]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell each pytest-xdist worker where the controller's servers are."""
    servers = _controller_servers(node.config)  # type: ignore[attr-defined]
    node.workerinput["servers"] = msgspec.json.encode(servers).decode()  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the controller's servers."""
    if _stack_key in config.stash:
        config.stash[_stack_key].close()


def _controller_servers(config: pytest.Config) -> TestServers:
    if _servers_key not in config.stash:
        config.stash[_stack_key] = stack = ExitStack()
        config.stash[_servers_key] = stack.enter_context(running_servers())
    return config.stash[_servers_key]


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> TestServers:
    """The session's servers: a worker was told where, otherwise they start when a test first needs them."""
    workerinput = getattr(request.config, "workerinput", None)
    if workerinput is not None:
        return msgspec.json.decode(workerinput["servers"], type=TestServers)
    return _controller_servers(request.config)


@pytest.fixture(scope="session")
def _shared_database_url(servers: TestServers) -> Iterator[str]:
    with cloned_database(servers) as url:
        yield url


@pytest.fixture
async def connection(_shared_database_url: str) -> AsyncIterator[Connection]:
    """A connection to the migrated database, in a transaction that is rolled back at the end."""
    opened = await open_connection(_shared_database_url)
    try:
        transaction = opened.transaction()
        await transaction.start()
        yield opened
        await transaction.rollback()
    finally:
        await opened.close()


@pytest.fixture
def database_url(servers: TestServers) -> Iterator[str]:
    """A migrated, empty database of the test's own, for several connections or processes; dropped at the end."""
    with cloned_database(servers) as url:
        yield url


@pytest.fixture
def redis_url(servers: TestServers) -> Iterator[str]:
    """An empty Redis database that no other test uses at the same time."""
    # gw0, gw1, ... of pytest-xdist; number 0 is left to whoever else uses a server named by the environment.
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    url = with_redis_database(servers.redis_url, 1 + int(worker))
    with Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture(scope="module")
def private_servers() -> Iterator[LocalServers]:
    """Migrated local servers of this module's own, to stop and restart; leave both running after each test."""
    with private_local_servers() as local:
        yield local
