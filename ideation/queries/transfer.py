"""SQL of imports and exports. Rows to add come as columns: one list per column, all of one length."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.transfer import ImportOut, Rejection
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("transfer")

ExternalKind = Literal["idea", "comment", "review"]
ExportPart = Literal["people", "ideas", "votes", "comments", "reviews", "decisions"]
_EXPORT_BATCH_ROWS = 1000


class PersonKey(msgspec.Struct, frozen=True):
    """What lines need to know of a person."""

    id: UUID
    department: str


class CriterionKey(msgspec.Struct, frozen=True):
    """What a review line needs to know of a criterion."""

    key: str
    id: UUID
    scale_min: int
    scale_max: int


async def add_import(
    connection: Connection,
    *,
    import_id: UUID,
    challenge_id: UUID,
    format: str,
    source_name: str,
    started_by: UUID,
    now: datetime,
) -> ImportOut:
    """Start an import."""
    row = await connection.fetchrow(_SQL["add_import"], import_id, challenge_id, format, source_name, started_by, now)
    return row_as(row, ImportOut)


async def find_import(connection: Connection, import_id: UUID) -> ImportOut | None:
    """One import, whoever asks."""
    row = await connection.fetchrow(_SQL["find_import"], import_id)
    return None if row is None else row_as(row, ImportOut)


async def lock_import(connection: Connection, import_id: UUID) -> ImportOut | None:
    """One import, locked until the commit."""
    row = await connection.fetchrow(_SQL["lock_import"], import_id)
    return None if row is None else row_as(row, ImportOut)


async def hold_open(connection: Connection, challenge_id: UUID) -> bool:
    """Keep a challenge from being frozen until the commit; False when it is frozen or decided already."""
    return await connection.fetchval(_SQL["hold_open"], challenge_id) is not None


async def list_imports(connection: Connection, challenge_id: UUID) -> list[ImportOut]:
    """The hundred newest imports of a challenge."""
    return rows_as(await connection.fetch(_SQL["list_imports"], challenge_id), ImportOut)


async def advance_import(
    connection: Connection, import_id: UUID, lines_done: int, accepted: int, rejected: int
) -> ImportOut:
    """Count a batch that was just taken."""
    row = await connection.fetchrow(_SQL["advance_import"], import_id, lines_done, accepted, rejected)
    return row_as(row, ImportOut)


async def finish_import(connection: Connection, import_id: UUID, now: datetime) -> ImportOut:
    """Mark the whole file as read."""
    return row_as(await connection.fetchrow(_SQL["finish_import"], import_id, now), ImportOut)


async def add_rejections(connection: Connection, import_id: UUID, rejections: Sequence[Rejection]) -> None:
    """Remember the lines that were not taken."""
    numbers, reasons = [r.line_number for r in rejections], [r.reason for r in rejections]
    codes, details = [r.code for r in rejections], [r.details for r in rejections]
    await connection.execute(_SQL["add_rejections"], import_id, numbers, reasons, codes, details)


async def list_rejections(connection: Connection, import_id: UUID, after: int, limit: int) -> list[Rejection]:
    """Rejected lines in order, after a line number."""
    rows = await connection.fetch(_SQL["list_rejections"], import_id, after, limit)
    return rows_as(rows, Rejection)


async def find_external_ids(
    connection: Connection, challenge_id: UUID, kind: ExternalKind, external_ids: Iterable[str]
) -> dict[str, UUID]:
    """What rows with these ids became in this challenge."""
    rows = await connection.fetch(_SQL["find_external_ids"], challenge_id, kind, list(external_ids))
    return {row["external_id"]: row["internal_id"] for row in rows}


async def find_people(connection: Connection, emails: Iterable[str]) -> dict[str, PersonKey]:
    """People by lower-case e-mail."""
    rows = await connection.fetch(_SQL["find_people_by_email"], [email.lower() for email in emails])
    return {row["email"]: PersonKey(row["id"], row["department"]) for row in rows}


async def find_authorship(connection: Connection, idea_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Pairs of idea and person where the person is an author or an agreed co-author."""
    rows = await connection.fetch(_SQL["find_authorship"], list(idea_ids))
    return {(row["idea_id"], row["person_id"]) for row in rows}


async def find_departments(connection: Connection, idea_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The department each idea came from."""
    rows = await connection.fetch(_SQL["find_departments"], list(idea_ids))
    return {row["id"]: row["department"] for row in rows}


async def find_criteria(connection: Connection, challenge_id: UUID) -> dict[str, CriterionKey]:
    """The challenge's criteria by key."""
    rows = await connection.fetch(_SQL["find_criteria"], challenge_id)
    return {row["key"]: row_as(row, CriterionKey) for row in rows}


async def find_votes(
    connection: Connection, idea_ids: Sequence[UUID], person_ids: Sequence[UUID]
) -> set[tuple[UUID, UUID]]:
    """Which of these pairs of idea and person have a vote already."""
    rows = await connection.fetch(_SQL["find_votes"], idea_ids, person_ids)
    return {(row["idea_id"], row["person_id"]) for row in rows}


async def find_reviewed(
    connection: Connection, idea_ids: Sequence[UUID], reviewer_ids: Sequence[UUID]
) -> set[tuple[UUID, UUID]]:
    """Which of these pairs of idea and reviewer are assigned or reviewed already."""
    rows = await connection.fetch(_SQL["find_reviewed"], idea_ids, reviewer_ids)
    return {(row["idea_id"], row["reviewer_id"]) for row in rows}


async def add_people(connection: Connection, columns: Sequence[Sequence[Any]], now: datetime) -> None:
    """Columns: id, email, name, department, site."""
    await connection.execute(_SQL["add_people"], *columns, now)


async def add_external_ids(
    connection: Connection, challenge_id: UUID, kind: ExternalKind, external: Sequence[str], internal: Sequence[UUID]
) -> None:
    """Remember what rows were called where they came from."""
    await connection.execute(_SQL["add_external_ids"], challenge_id, kind, external, internal)


async def add_ideas(connection: Connection, challenge_id: UUID, columns: Sequence[Sequence[Any]]) -> None:
    """Columns: id, author id, department, title, body, tags as JSON, submitted at."""
    await connection.execute(_SQL["add_ideas"], challenge_id, *columns)
    await connection.execute(_SQL["add_idea_tallies"], challenge_id, columns[0])


async def add_idea_authors(connection: Connection, columns: Sequence[Sequence[Any]]) -> None:
    """Columns: idea id, person id, invited by, at."""
    await connection.execute(_SQL["add_idea_authors"], *columns)


async def add_impressions(
    connection: Connection, challenge_id: UUID, sitting_id: UUID, columns: Sequence[Sequence[Any]]
) -> None:
    """Columns: id, idea id, person id, position, dealt at."""
    await connection.execute(_SQL["add_impressions"], challenge_id, sitting_id, *columns)


async def add_votes(connection: Connection, challenge_id: UUID, columns: Sequence[Sequence[Any]]) -> None:
    """Columns: idea id, person id, value, impression id, at."""
    await connection.execute(_SQL["add_votes"], challenge_id, *columns)


async def add_comments(connection: Connection, columns: Sequence[Sequence[Any]]) -> None:
    """Columns: id, idea id, parent id, author id, body, at."""
    await connection.execute(_SQL["add_comments"], *columns)
    await connection.execute(_SQL["count_comments"], list(set(columns[1])))


async def add_reviews(
    connection: Connection, challenge_id: UUID, added_by: UUID, now: datetime, columns: Sequence[Sequence[Any]]
) -> None:
    """Columns: review id, assignment id, idea id, reviewer id, comment, sent at; reviewers join the panel."""
    _, assignments, ideas, reviewers, _, sent = columns
    await connection.execute(_SQL["add_panel_members"], challenge_id, added_by, now, list(set(reviewers)))
    await connection.execute(_SQL["add_assignments"], challenge_id, added_by, assignments, ideas, reviewers, sent)
    await connection.execute(_SQL["add_reviews"], challenge_id, *columns)


async def add_review_scores(connection: Connection, columns: Sequence[Sequence[Any]]) -> None:
    """Columns: review id, criterion id, score."""
    await connection.execute(_SQL["add_review_scores"], *columns)


async def add_decisions(
    connection: Connection, challenge_id: UUID, decided_by: UUID, columns: Sequence[Sequence[Any]]
) -> None:
    """Columns: id, idea id, outcome, reason, lesson, at; the ideas' states follow."""
    await connection.execute(_SQL["add_decisions"], challenge_id, decided_by, *columns)
    _, ideas, outcomes, _, _, moments = columns
    latest = {idea: (outcome, at) for idea, outcome, at in sorted(zip(ideas, outcomes, moments, strict=True), key=_at)}
    states = [(idea, outcome, at) for idea, (outcome, at) in latest.items()]
    await connection.execute(_SQL["set_idea_states"], *zip(*states, strict=True))


def _at(row: tuple[UUID, str, datetime]) -> datetime:
    return row[2]


async def export_criteria(connection: Connection, challenge_id: UUID) -> list[dict[str, Any]]:
    """The criteria as the challenge line of an export shows them."""
    return [dict(row) for row in await connection.fetch(_SQL["export_criteria"], challenge_id)]


async def export_rows(connection: Connection, part: ExportPart, challenge_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """Rows of one part in order, through a server-side cursor: needs an open transaction, never the whole in memory."""
    async for row in connection.cursor(_SQL[f"export_{part}"], challenge_id, prefetch=_EXPORT_BATCH_ROWS):
        yield dict(row)
