"""SQL of the scheduled entries."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.queries import load_statements

_SQL = load_statements("schedule")


async def start_entry(connection: Connection, name: str, now: datetime) -> None:
    """Record that a scheduled entry begins."""
    await connection.execute(_SQL["start_entry"], name, now)


async def finish_entry(connection: Connection, name: str, now: datetime) -> None:
    """Record that it ended well."""
    await connection.execute(_SQL["finish_entry"], name, now)


async def list_to_rank(connection: Connection, now: datetime) -> list[UUID]:
    """Challenges whose ranking is out of date."""
    return [row["id"] for row in await connection.fetch(_SQL["list_to_rank"], now)]


async def list_to_recluster(connection: Connection, now: datetime) -> list[UUID]:
    """Challenges whose themes are out of date."""
    return [row["id"] for row in await connection.fetch(_SQL["list_to_recluster"], now)]


async def list_to_encode(connection: Connection, encoder: str, now: datetime) -> list[UUID]:
    """Challenges with vectors that another encoder than this one made, and that no job is to encode anew."""
    return [row["id"] for row in await connection.fetch(_SQL["list_to_encode"], encoder, now)]


async def remind(connection: Connection, now: datetime, days_before: int) -> None:
    """Tell reviewers of reviews due soon and owners of answers owed, once each."""
    await connection.execute(_SQL["remind_reviewers"], now, days_before)
    await connection.execute(_SQL["remind_owners"], now, days_before)


async def sweep(connection: Connection, now: datetime, job_retention_days: int) -> None:
    """Remove what nobody needs any more."""
    await connection.execute(_SQL["sweep_jobs"], now, job_retention_days)
    for name in (
        "sweep_idempotency_keys",
        "sweep_analysis_runs",
        "sweep_rankings",
    ):
        statement = _SQL[name]
        await connection.execute(statement, *([now] if "$1" in statement else []))
