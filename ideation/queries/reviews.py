"""SQL of reviews."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from ideation.database import Connection
from ideation.entities.reviews import NOT_BEGUN_VERSION, Criterion, Review, SaveReview, Score, SentReview
from ideation.errors import AlreadyExists
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("reviews")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person stands with an idea: asked for a review that is not sent, or having sent one."""

    owes: bool
    sent: bool


async def find_review(connection: Connection, assignment_id: UUID) -> Review | None:
    """The review of an assignment, if it was begun."""
    row = await connection.fetchrow(_SQL["find_review"], assignment_id)
    return None if row is None else row_as(row, Review)


async def list_scores(connection: Connection, review_id: UUID) -> list[Score]:
    """The scores of a review in the order of the criteria."""
    return rows_as(await connection.fetch(_SQL["list_scores"], review_id), Score)


async def list_criteria(connection: Connection, challenge_id: UUID) -> list[Criterion]:
    """What a challenge's ideas are scored on."""
    return rows_as(await connection.fetch(_SQL["list_criteria"], challenge_id), Criterion)


async def list_author_names(connection: Connection, idea_id: UUID) -> list[str]:
    """Who wrote an idea, the author first."""
    return [row["name"] for row in await connection.fetch(_SQL["list_author_names"], idea_id)]


async def hold_for_review(connection: Connection, assignment_id: UUID) -> bool:
    """Keep the challenge undecided and the assignment standing until the commit; False when it was released."""
    return await connection.fetchval(_SQL["hold_for_review"], assignment_id) is not None


async def save_review(
    connection: Connection, assignment_id: UUID, version: int, input: SaveReview, now: datetime
) -> bool:
    """Save the review if it still has `version` (or was not begun); False when another window was first."""
    try:
        review_id = await _save_text(connection, assignment_id, version, input, now)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "reviews_wildcard_idx":
            raise
        raise AlreadyExists(
            "You gave your wildcard in this challenge to another idea; take it back there first.",
            reason="wildcard-given",
        ) from None
    if review_id is None:
        return False
    await _replace_scores(connection, review_id, input)
    return True


async def _save_text(
    connection: Connection, assignment_id: UUID, version: int, input: SaveReview, now: datetime
) -> UUID | None:
    if version == NOT_BEGUN_VERSION:
        arguments: Sequence[object] = (new_id(), assignment_id, input.comment, input.wildcard, now)
        started: UUID | None = await connection.fetchval(_SQL["start_review"], *arguments)
        return started
    saved: UUID | None = await connection.fetchval(
        _SQL["save_review"], assignment_id, version, input.comment, input.wildcard, now
    )
    return saved


async def _replace_scores(connection: Connection, review_id: UUID, input: SaveReview) -> None:
    await connection.execute(_SQL["clear_scores"], review_id)
    await connection.execute(
        _SQL["add_scores"],
        review_id,
        [score.criterion_id for score in input.scores],
        [score.score for score in input.scores],
        [score.comment for score in input.scores],
    )


async def send_review(connection: Connection, assignment_id: UUID, version: int, now: datetime) -> bool:
    """Send the review if it still has `version`."""
    return await connection.fetchval(_SQL["send_review"], assignment_id, version, now) is not None


async def has_other_wildcard(
    connection: Connection, challenge_id: UUID, reviewer_id: UUID, assignment_id: UUID
) -> bool:
    """Whether the reviewer's wildcard lies on another idea of the challenge."""
    given: bool = await connection.fetchval(_SQL["has_other_wildcard"], challenge_id, reviewer_id, assignment_id)
    return given


async def list_sent(connection: Connection, idea_id: UUID) -> list[SentReview]:
    """Sent reviews of an idea, first sent first."""
    return rows_as(await connection.fetch(_SQL["list_sent"], idea_id), SentReview)


async def standing_of(connection: Connection, idea_id: UUID, person_id: UUID) -> Standing:
    """Whether this person owes, or has sent, the review of an idea."""
    return row_as(await connection.fetchrow(_SQL["standing_of"], idea_id, person_id), Standing)
