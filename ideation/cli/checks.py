"""What doctor looks at: each check gives findings, and says what to do about those that are not well."""

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec

from ideation.cli.redis_ping import RedisUnreachable, ping
from ideation.migrate import pending_migrations
from ideation.queries.health import (
    ScheduleRun,
    ServerFacts,
    StagedJobCounts,
    count_staged_jobs,
    list_schedule_runs,
    read_server,
)
from ideation.settings import Settings, unknown_variables

OLDEST_POSTGRES = 16
CLOCK_SKEW_SECONDS = 2.0
STALE_JOB_SECONDS = 300.0
STALE_SCHEDULE = timedelta(minutes=15)
SCARCE_DISK_BYTES = 1_000_000_000
# Two pools of the API, and a handful for workers, drain and schedule.
OTHER_CONNECTIONS = 14

Level = Literal["ok", "warn", "fail"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of doctor."""

    level: Level
    subject: str
    text: str
    advice: str = ""


async def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Every finding about this installation."""
    return [
        *check_settings(settings, os.environ),
        *await _check_database(settings, now),
        check_redis(settings),
        check_disk(),
    ]


def check_settings(settings: Settings, environment: Mapping[str, str]) -> list[Finding]:
    """Settings that are allowed and still not wise, and variables that set nothing."""
    findings = [_ok("settings", "all are allowed")]
    if unknown := unknown_variables(environment):
        advice = "Correct the name or take it away; docs/reference/settings.md lists those there are."
        findings.append(_warn("settings", f"{', '.join(unknown)} set nothing here", advice))
    if settings.public_url.startswith("http://") and "127.0.0.1" not in settings.public_url:
        advice = "Serve people over https and set IDEATION_PUBLIC_URL to that address."
        findings.append(_warn("settings", f"IDEATION_PUBLIC_URL is {settings.public_url}, without encryption", advice))
    return findings


def check_redis(settings: Settings) -> Finding:
    """Whether Redis answers; without it requests are taken, and their jobs wait."""
    try:
        ping(settings.redis_url)
    except RedisUnreachable as error:
        advice = "Start Redis, or correct IDEATION_REDIS_URL. Ideas and votes are still taken; their jobs wait."
        return _fail("redis", f"does not answer: {error}", advice)
    return _ok("redis", "answers")


def check_disk() -> Finding:
    """Room on the disk of the working directory."""
    free = shutil.disk_usage(Path.cwd()).free
    if free < SCARCE_DISK_BYTES:
        return _warn("disk", f"{free / 1e9:.1f} GB free here", "Make room; PostgreSQL stops when its disk is full.")
    return _ok("disk", f"{free / 1e9:.1f} GB free here")


def check_server(facts: ServerFacts, settings: Settings, local_now: datetime) -> list[Finding]:
    """Version, extension, clock and connections of PostgreSQL."""
    return [
        _check_version(facts),
        _check_pgvector(facts),
        _check_clock(facts, local_now),
        _check_connections(facts, settings),
    ]


def check_jobs(counts: StagedJobCounts) -> list[Finding]:
    """Jobs that wait too long, and jobs that failed for good."""
    findings = []
    if counts.oldest_waiting_seconds > STALE_JOB_SECONDS:
        text = f"the oldest of {counts.waiting} has waited for {counts.oldest_waiting_seconds / 60:.0f} minutes"
        findings.append(_fail("waiting jobs", text, "See that `ideation drain` runs and reaches Redis."))
    else:
        findings.append(_ok("waiting jobs", f"{counts.waiting} wait, {counts.handed_over} are with the workers"))
    if counts.failed:
        advice = "Read their errors at /v1/jobs, remove the cause, and retry them there."
        findings.append(_warn("failed jobs", f"{counts.failed} failed for good", advice))
    else:
        findings.append(_ok("failed jobs", "none"))
    return findings


def check_schedule(runs: list[ScheduleRun], now: datetime) -> Finding:
    """Whether the schedule runs: something of it ends well every few minutes."""
    ends = [run.last_succeeded_at for run in runs if run.last_succeeded_at is not None]
    if not ends:
        return _warn(
            "schedule", "has never run", "Start `ideation schedule`; without it no side effect of a date happens."
        )
    age = now - max(ends)
    if age > STALE_SCHEDULE:
        text = f"last ended well {age.total_seconds() / 60:.0f} minutes ago"
        return _fail("schedule", text, "See that `ideation schedule` runs. Challenges still close on time without it.")
    return _ok("schedule", f"last ended well {age.total_seconds():.0f} seconds ago")


async def _check_database(settings: Settings, now: datetime) -> list[Finding]:
    try:
        connection = await asyncpg.connect(settings.database_url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        advice = "Start PostgreSQL, or correct IDEATION_DATABASE_URL."
        return [_fail("database", f"does not answer: {error}", advice)]
    try:
        return [*await _check_server(connection, settings), *await _check_contents(connection, now)]
    finally:
        await connection.close()


async def _check_server(connection: "asyncpg.Connection[asyncpg.Record]", settings: Settings) -> list[Finding]:
    facts = await read_server(connection)
    return check_server(facts, settings, datetime.now(UTC))


async def _check_contents(connection: "asyncpg.Connection[asyncpg.Record]", now: datetime) -> list[Finding]:
    pending = await pending_migrations(connection)
    if pending:
        return [_fail("migrations", f"{len(pending)} pending", "Run `ideation migrate`.")]
    return [
        _ok("migrations", "all applied"),
        *check_jobs(await count_staged_jobs(connection, now)),
        check_schedule(await list_schedule_runs(connection), now),
    ]


def _check_version(facts: ServerFacts) -> Finding:
    if facts.version_number // 10_000 < OLDEST_POSTGRES:
        return _fail("database", f"PostgreSQL {facts.version}", f"PostgreSQL {OLDEST_POSTGRES} or newer is needed.")
    return _ok("database", f"PostgreSQL {facts.version}")


def _check_pgvector(facts: ServerFacts) -> Finding:
    if facts.pgvector is None:
        advice = "Install the package pgvector on the server; `ideation migrate` then creates the extension."
        return _fail("pgvector", "not in this database", advice)
    return _ok("pgvector", facts.pgvector)


def _check_clock(facts: ServerFacts, local_now: datetime) -> Finding:
    skew = (local_now - facts.clock).total_seconds()
    if abs(skew) > CLOCK_SKEW_SECONDS:
        advice = "Synchronise both clocks (NTP): dates of challenges are compared with this machine's."
        return _warn("clock", f"{skew:+.1f} seconds against the database's", advice)
    return _ok("clock", f"{skew:+.3f} seconds against the database's")


def _check_connections(facts: ServerFacts, settings: Settings) -> Finding:
    needed = 3 * settings.database_pool_size + OTHER_CONNECTIONS + settings.worker_count
    text = f"up to {needed} of {facts.max_connections} used by one of each process"
    if needed > facts.max_connections:
        return _warn("connections", text, "Lower IDEATION_DATABASE_POOL_SIZE, or raise max_connections.")
    return _ok("connections", text)


def _ok(subject: str, text: str) -> Finding:
    return Finding(level="ok", subject=subject, text=text)


def _warn(subject: str, text: str, advice: str) -> Finding:
    return Finding(level="warn", subject=subject, text=text, advice=advice)


def _fail(subject: str, text: str, advice: str) -> Finding:
    return Finding(level="fail", subject=subject, text=text, advice=advice)
