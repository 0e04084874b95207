"""SQL of decisions and answers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.decisions import (
    AnswerSummary,
    Decide,
    Decision,
    IdeaToDecide,
    Outcome,
    OwedAnswer,
    Recipient,
    Result,
)
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("decisions")


async def hold_ideas(connection: Connection, challenge_id: UUID, idea_ids: Sequence[UUID]) -> list[IdeaToDecide]:
    """Submitted ideas of the challenge, held until the commit."""
    return rows_as(await connection.fetch(_SQL["hold_ideas"], challenge_id, idea_ids), IdeaToDecide)


async def add_decisions(
    connection: Connection, challenge_id: UUID, input: Decide, decided_by: UUID, now: datetime
) -> list[Decision]:
    """One decision for each idea; the ideas' states follow."""
    ids = [new_id() for _ in input.idea_ids]
    shared = (input.outcome, input.reason, input.lesson, decided_by, now)
    await connection.execute(_SQL["add_decisions"], challenge_id, ids, input.idea_ids, *shared)
    await connection.execute(_SQL["set_states"], input.idea_ids, input.outcome, now)
    return rows_as(await connection.fetch(_SQL["list_by_id"], ids), Decision)


async def list_recipients(connection: Connection, idea_ids: Sequence[UUID]) -> list[Recipient]:
    """Everybody who wrote one of these ideas, or one merged into it."""
    return rows_as(await connection.fetch(_SQL["list_recipients"], idea_ids), Recipient)


async def list_of_idea(connection: Connection, idea_id: UUID) -> list[Decision]:
    """What was decided about an idea, newest first."""
    return rows_as(await connection.fetch(_SQL["list_of_idea"], idea_id), Decision)


async def list_standing(connection: Connection, challenge_id: UUID, idea_ids: Sequence[UUID]) -> list[Decision]:
    """The latest decision of each of some ideas of a challenge."""
    return rows_as(await connection.fetch(_SQL["list_standing"], challenge_id, idea_ids), Decision)


async def list_results(
    connection: Connection, challenge_id: UUID, outcome: Outcome | None, after: UUID | None, limit: int
) -> list[Result]:
    """The standing decision of each idea, by idea id."""
    rows = await connection.fetch(_SQL["list_results"], challenge_id, after, outcome, limit)
    return rows_as(rows, Result)


async def list_owed(
    connection: Connection,
    challenge_id: UUID,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
    theme_id: UUID | None = None,
) -> list[OwedAnswer]:
    """Ideas without an answer, the longest waiting first."""
    rows = await connection.fetch(_SQL["list_owed"], challenge_id, now, *(after or (None, None)), limit, theme_id)
    return rows_as(rows, OwedAnswer)


async def summarise_answers(connection: Connection, challenge_id: UUID, now: datetime) -> AnswerSummary:
    """Answer rate and time to the first answer."""
    return row_as(await connection.fetchrow(_SQL["summarise_answers"], challenge_id, now), AnswerSummary)


async def decide_challenge(connection: Connection, challenge_id: UUID, version: int, now: datetime) -> int | None:
    """Decide the challenge if it still has this version; returns the new one."""
    new_version: int | None = await connection.fetchval(_SQL["decide_challenge"], challenge_id, version, now)
    return new_version


async def list_participants(connection: Connection, challenge_id: UUID) -> list[UUID]:
    """Everybody who wrote an idea or voted in the challenge."""
    return [row["person_id"] for row in await connection.fetch(_SQL["list_participants"], challenge_id)]
