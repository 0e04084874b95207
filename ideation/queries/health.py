"""SQL that tells how an installation is."""

from datetime import datetime

import msgspec

from ideation.database import Connection
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("health")


class StagedJobCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs are in which state, and for how long the oldest due one has waited."""

    waiting: int
    handed_over: int
    failed: int
    oldest_waiting_seconds: float


class ScheduleRun(msgspec.Struct, frozen=True, kw_only=True):
    """The last run of a scheduled job."""

    name: str
    last_started_at: datetime
    last_succeeded_at: datetime | None


class ServerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The database server: its version (170002 for 17.2), pgvector's if installed, its clock, its connections."""

    version_number: int
    version: str
    pgvector: str | None
    clock: datetime
    max_connections: int


async def count_staged_jobs(connection: Connection, now: datetime) -> StagedJobCounts:
    """The jobs of PostgreSQL's table, whatever Redis knows of them."""
    return row_as(await connection.fetchrow(_SQL["count_staged_jobs"], now), StagedJobCounts)


async def list_schedule_runs(connection: Connection) -> list[ScheduleRun]:
    """Every scheduled job that ever ran."""
    return rows_as(await connection.fetch(_SQL["list_schedule_runs"]), ScheduleRun)


async def read_server(connection: Connection) -> ServerFacts:
    """What kind of server this is."""
    return row_as(await connection.fetchrow(_SQL["read_server"]), ServerFacts)
