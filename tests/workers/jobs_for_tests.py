"""Jobs that misbehave as tests want, and a lane that knows them (run as a program)."""

import os
import sys

from ideation.request_context import request_id
from ideation.settings import load_settings
from workers import lanes
from workers.context import JobContext
from workers.jobs import JOBS

TEST_JOBS = {
    "note": "tests.workers.jobs_for_tests:note",
    "raise_sometimes": "tests.workers.jobs_for_tests:raise_sometimes",
    "raise_always": "tests.workers.jobs_for_tests:raise_always",
    "hang_once": "tests.workers.jobs_for_tests:hang_once",
}
TABLES = "CREATE TABLE begun (subject text, request_id text); CREATE TABLE effects (subject text PRIMARY KEY)"


async def note(context: JobContext) -> None:
    """Take effect once for a subject, however often it runs."""
    async with context.connection.transaction():
        await context.connection.execute("INSERT INTO begun VALUES ($1, $2)", context.subject, request_id.get())
        await context.connection.execute("INSERT INTO effects VALUES ($1) ON CONFLICT DO NOTHING", context.subject)


async def raise_sometimes(context: JobContext) -> None:
    """Subjects that end in 0 raise the first time they run: one in ten."""
    await context.connection.execute("INSERT INTO begun VALUES ($1)", context.subject)
    times = await context.connection.fetchval("SELECT count(*) FROM begun WHERE subject = $1", context.subject)
    if context.subject.endswith("0") and times == 1:
        raise RuntimeError(f"subject {context.subject} was refused")
    await context.connection.execute("INSERT INTO effects VALUES ($1)", context.subject)


async def raise_always(context: JobContext) -> None:
    """Never work."""
    raise RuntimeError(f"subject {context.subject} never works")


async def hang_once(context: JobContext) -> None:
    """Hang in the middle of a transaction the first time, so that a test can kill the process there."""
    await context.connection.execute("INSERT INTO begun VALUES ($1)", context.subject)
    times = await context.connection.fetchval("SELECT count(*) FROM begun WHERE subject = $1", context.subject)
    async with context.connection.transaction():
        await context.connection.execute("INSERT INTO effects VALUES ($1)", context.subject)
        await context.connection.execute("SELECT pg_sleep($1)", 60.0 if times == 1 else 0.0)


if __name__ == "__main__":
    JOBS.update(TEST_JOBS)
    lanes.serve_lane(load_settings(os.environ), sys.argv[1])
