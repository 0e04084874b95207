"""Runs one staged job: what RQ calls. PostgreSQL knows what was done; RQ only carries the row's id."""

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog

from ideation.database import Connection, open_connection
from ideation.entities.jobs import StartedJob
from ideation.queries import jobs as job_queries
from ideation.request_context import request_id
from ideation.rules.jobs import retry_pause
from ideation.settings import Settings
from workers.context import JobContext
from workers.environment import current_settings, utc_now
from workers.jobs import find_job

_LONGEST_ERROR = 2000

log = structlog.get_logger(__name__)


def run_job(row_id: str, attempts: int) -> None:
    """Run the staged job with this id, unless it was done or handed to somebody else meanwhile."""
    run_staged(current_settings(), UUID(row_id), attempts)


def run_staged(settings: Settings, row_id: UUID, attempts: int) -> None:
    """Run it; an error is recorded on the row, which then waits for its next attempt or has failed for good.

    The error may also be RQ's time limit, which strikes anywhere: hence the second event loop for recording it.
    """
    try:
        asyncio.run(_perform(settings, row_id, attempts))
    except Exception as error:
        log.exception("job_failed", job_id=str(row_id), attempts=attempts)
        asyncio.run(_record_failure(settings, row_id, attempts, f"{type(error).__name__}: {error}"))


async def _perform(settings: Settings, row_id: UUID, attempts: int) -> None:
    connection = await open_connection(settings.database_url)
    try:
        # PostgreSQL then notices within a second that a killed worker is gone, even in the middle of a long statement.
        await connection.execute("SET client_connection_check_interval = '1s'")
        if not await job_queries.lock_job(connection, row_id):
            return
        started = await job_queries.start_job(connection, row_id, attempts, utc_now())
        if started is not None:
            await _run(connection, settings, started)
    finally:
        await close_quietly(connection)


async def _run(connection: Connection, settings: Settings, started: StartedJob) -> None:
    # The job's own id stands in where no request asked for it, so that its log lines still belong together.
    request_id.set(started.request_id or str(started.id))
    structlog.contextvars.bind_contextvars(
        request_id=request_id.get(), job_id=str(started.id), job=started.job, subject=started.subject
    )
    try:
        job = find_job(started.job)
        context = JobContext(
            connection=connection,
            settings=settings,
            subject=started.subject,
            arguments=started.arguments,
            now=utc_now(),
        )
        await job(context)
        await job_queries.finish_job(connection, started.id, started.attempts, utc_now())
        log.info("job_finished", attempts=started.attempts)
    finally:
        structlog.contextvars.clear_contextvars()


async def _record_failure(settings: Settings, row_id: UUID, attempts: int, error: str) -> None:
    connection = await open_connection(settings.database_url)
    try:
        await settle_failure(connection, settings, row_id, attempts, error)
    finally:
        await close_quietly(connection)


async def settle_failure(connection: Connection, settings: Settings, row_id: UUID, attempts: int, error: str) -> None:
    """Let the row wait for its next attempt, or mark it as failed for good after the last one."""
    now = utc_now()
    text = error.replace("\x00", "")[:_LONGEST_ERROR]
    if attempts >= settings.job_attempts:
        await job_queries.give_up_job(connection, row_id, attempts, text, now)
    else:
        not_before = now + retry_pause(attempts)
        await job_queries.put_back_job(connection, row_id, attempts, not_before, now=now, error=text)


async def close_quietly(connection: Connection) -> None:
    """Close a connection that may be broken already."""
    with suppress(Exception):
        await connection.close(timeout=5)
