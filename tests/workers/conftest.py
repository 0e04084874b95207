"""Workers over a database and a Redis of the test's own."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from redis import Redis
from rq import Queue, SimpleWorker

from ideation.database import Connection, open_connection
from ideation.settings import Settings
from tests.workers.jobs_for_tests import TABLES, TEST_JOBS
from workers import environment
from workers.drain import drain_once
from workers.environment import connect_redis
from workers.jobs import JOBS
from workers.lanes import LANES

Result = TypeVar("Result")


class _BurstWorker(SimpleWorker):
    """Leaves the signal handlers of the test run alone."""

    def _install_signal_handlers(self) -> None:
        return


class Workers:
    """Drain and work by hand, in this process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.redis: Redis = connect_redis(settings)

    def run(self, use: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Use a connection of its own."""

        async def with_connection() -> Result:
            connection = await open_connection(self.settings.database_url)
            try:
                return await use(connection)
            finally:
                await connection.close()

        return asyncio.run(with_connection())

    def execute(self, statement: str, *arguments: Any) -> None:
        """Run a statement."""
        self.run(lambda connection: connection.execute(statement, *arguments))

    def fetch(self, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        rows = self.run(lambda connection: connection.fetch(statement, *arguments))
        return [tuple(row) for row in rows]

    def drain(self) -> int:
        """Hand over what is due."""
        return self.run(lambda connection: drain_once(connection, self.redis, self.settings))

    def work(self) -> None:
        """Run whatever stands in the queues."""
        queues = [Queue(name, connection=self.redis) for name in (*LANES["heavy"], *LANES["large"])]
        _BurstWorker(queues, connection=self.redis).work(burst=True, logging_level="CRITICAL")

    def drain_and_work(self) -> None:
        """Hand over and run until nothing is due."""
        while self.drain():
            self.work()


def environment_of(database_url: str, redis_url: str) -> dict[str, str]:
    """What a worker process needs to be told."""
    return {
        "IDEATION_DATABASE_URL": database_url,
        "IDEATION_REDIS_URL": redis_url,
        "IDEATION_SECRET_KEY": "a secret key for tests, 32 characters or more",
        "IDEATION_JOB_ATTEMPTS": "3",
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture
def workers(database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Workers that know the jobs for tests too."""
    for name, value in environment_of(database_url, redis_url).items():
        monkeypatch.setitem(os.environ, name, value)
    for name, path in TEST_JOBS.items():
        monkeypatch.setitem(JOBS, name, path)
    environment.current_settings.cache_clear()
    made = Workers(environment.current_settings())
    made.execute(TABLES)
    yield made
    made.redis.close()
    environment.current_settings.cache_clear()
