"""The drain: hands staged jobs to RQ as soon as their transaction has committed, and rescues the ones that got lost.

A LISTEN wakes it; a slow poll stands behind that. It owns no state: two drains share the work (SKIP LOCKED), and one
that dies loses nothing, because the rows are what is true.
"""

import asyncio
import signal
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import structlog
from redis import Redis
from redis.exceptions import RedisError

from ideation.database import Connection, open_connection
from ideation.entities.jobs import ClaimedJob
from ideation.queries import jobs as job_queries
from ideation.settings import Settings
from workers.environment import connect_redis, utc_now
from workers.queues import enqueue, rq_id, waiting_ids
from workers.run import close_quietly, settle_failure

BATCH = 200
POLL_SECONDS = 2.0
RESCUE_SECONDS = 10.0
# A row handed over this long ago, not begun and in no queue, was lost with Redis or with a worker.
LOST_AFTER = timedelta(seconds=30)
REDIS_TIMEOUT_SECONDS = 2.0
REDIS_PAUSE = timedelta(seconds=1)
_DATABASE_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

log = structlog.get_logger(__name__)


async def drain_once(connection: Connection, redis: Redis, settings: Settings) -> int:
    """Hand over every row that is due; returns how many. When Redis fails, what it did not take waits again."""
    handed_over = 0
    await asyncio.to_thread(redis.ping)
    while claimed := await job_queries.claim_due_jobs(connection, utc_now(), BATCH):
        for place, row in enumerate(claimed):
            try:
                await asyncio.to_thread(enqueue, redis, settings, row)
            except RedisError:
                await _put_back(connection, claimed[place:], count_attempt=False)
                raise
            handed_over += 1
    return handed_over


async def rescue(connection: Connection, redis: Redis, settings: Settings, lost_after: timedelta = LOST_AFTER) -> int:
    """Hand over again what no living worker has and no queue holds; returns how many rows."""
    abandoned = await job_queries.list_abandoned_jobs(connection)
    for row in abandoned:
        await settle_failure(connection, settings, row.id, row.attempts, "The worker ended before the job did.")
    unstarted = await job_queries.list_unstarted_jobs(connection, utc_now() - lost_after)
    lost = await _not_in(redis, unstarted)
    await _put_back(connection, lost, count_attempt=True)
    if abandoned or lost:
        log.warning("jobs_rescued", abandoned=len(abandoned), lost=len(lost))
    return len(abandoned) + len(lost)


async def _not_in(redis: Redis, rows: list[ClaimedJob]) -> list[ClaimedJob]:
    if not rows:
        return []
    known = await asyncio.to_thread(waiting_ids, redis)
    return [row for row in rows if rq_id(row) not in known]


async def _put_back(connection: Connection, rows: list[ClaimedJob], *, count_attempt: bool) -> None:
    now = utc_now()
    for row in rows:
        put_back = partial(
            job_queries.put_back_job, connection, row.id, row.attempts, now, now=now, count_attempt=count_attempt
        )
        try:
            await put_back()
        except asyncpg.UniqueViolationError:
            # A newer one was staged in this very moment: now the statement sees it and leaves the work to it.
            await put_back()


class Drain:
    """The long-running process around `drain_once` and `rescue`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._redis = connect_redis(settings, timeout_seconds=REDIS_TIMEOUT_SECONDS)
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._rescue_at = utc_now()

    def stop(self) -> None:
        """End after the batch under way."""
        self._stopping.set()
        self._woken.set()

    async def run(self) -> None:
        """Serve until stopped, through outages of PostgreSQL and Redis."""
        pause = 0.1
        while not self._stopping.is_set():
            try:
                await self._serve()
                pause = 0.1
            except _DATABASE_ERRORS as error:
                log.warning("drain_lost_database", error=str(error), pause_seconds=pause)
                await self._wait(pause)
                pause = min(pause * 2, 5.0)
        self._redis.close()

    async def _serve(self) -> None:
        connection = await open_connection(self._settings.database_url)
        try:
            await connection.add_listener("staged_jobs", self._wake)
            log.info("drain_listening")
            while not self._stopping.is_set():
                self._woken.clear()
                await self._work(connection)
                await self._wait(await self._seconds_to_next(connection))
        finally:
            await close_quietly(connection)

    async def _work(self, connection: Connection) -> None:
        try:
            await drain_once(connection, self._redis, self._settings)
            if utc_now() >= self._rescue_at:
                await rescue(connection, self._redis, self._settings)
                self._rescue_at = utc_now() + timedelta(seconds=RESCUE_SECONDS)
        except RedisError as error:
            log.warning("drain_lost_redis", error=str(error))
            await self._pause(REDIS_PAUSE)

    async def _seconds_to_next(self, connection: Connection) -> float:
        due: datetime | None = await job_queries.next_due_at(connection)
        if due is None:
            return POLL_SECONDS
        return min(max((due - utc_now()).total_seconds(), 0.01), POLL_SECONDS)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return

    async def _pause(self, pause: timedelta) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), pause.total_seconds())
        except TimeoutError:
            return

    def _wake(self, *_: Any) -> None:
        self._woken.set()


def serve(settings: Settings) -> None:
    """Run the drain until SIGTERM or Ctrl-C."""
    asyncio.run(_serve_until_signal(settings))


async def _serve_until_signal(settings: Settings) -> None:
    drain = Drain(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, drain.stop)
    await drain.run()
