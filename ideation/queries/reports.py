"""SQL of reports and of hidden content."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.moderation import HiddenItem, Outcome, QueuedReport, Report, ReportOut
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("reports")

After = tuple[datetime, UUID] | None


async def add_report(
    connection: Connection,
    report_id: UUID,
    *,
    idea_id: UUID | None,
    comment_id: UUID | None,
    reporter_id: UUID,
    reason: str,
    now: datetime,
) -> bool:
    """Report an idea or a comment; False when this person's report of it is open already."""
    added = await connection.fetchval(_SQL["add_report"], report_id, idea_id, comment_id, reporter_id, reason, now)
    return added is not None


async def find_report(connection: Connection, report_id: UUID) -> Report | None:
    """The report, whoever asks."""
    row = await connection.fetchrow(_SQL["find_report"], report_id)
    return None if row is None else row_as(row, Report)


async def list_open_reports(
    connection: Connection, *, challenge_id: UUID | None, after: After, limit: int
) -> list[QueuedReport]:
    """What waits for a moderator, the longest waiting first."""
    rows = await connection.fetch(_SQL["list_open_reports"], challenge_id, *(after or (None, None)), limit)
    return rows_as(rows, QueuedReport)


async def list_my_reports(connection: Connection, person_id: UUID, *, after: After, limit: int) -> list[ReportOut]:
    """What a person reported and what came of it, the latest first."""
    rows = await connection.fetch(_SQL["list_my_reports"], person_id, *(after or (None, None)), limit)
    return rows_as(rows, ReportOut)


async def resolve_reports(
    connection: Connection,
    *,
    idea_id: UUID | None,
    comment_id: UUID | None,
    outcome: Outcome,
    note: str,
    moderator_id: UUID,
    now: datetime,
) -> list[tuple[UUID, UUID]]:
    """Close every open report of an idea or a comment; ids of the reports and of who made them."""
    rows = await connection.fetch(_SQL["resolve_reports"], idea_id, comment_id, outcome, note, moderator_id, now)
    return [(row["id"], row["reporter_id"]) for row in rows]


async def list_hidden(
    connection: Connection, *, challenge_id: UUID | None, after: After, limit: int
) -> list[HiddenItem]:
    """Ideas and comments hidden at present, the latest first."""
    rows = await connection.fetch(_SQL["list_hidden"], challenge_id, *(after or (None, None)), limit)
    return rows_as(rows, HiddenItem)
