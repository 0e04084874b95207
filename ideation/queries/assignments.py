"""SQL of review assignments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.assignments import (
    Assignment,
    AssignmentOut,
    Capacity,
    Chance,
    LatestRanking,
    NewAssignment,
    Pair,
    PersonText,
    PoolIdea,
    PoolText,
    QueueItem,
    ReviewCounts,
)
from ideation.ids import new_id
from ideation.paging import PageKey
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("assignments")


async def find_assignment(connection: Connection, assignment_id: UUID) -> Assignment | None:
    """The assignment, released or not, whoever asks."""
    row = await connection.fetchrow(_SQL["find_assignment"], assignment_id)
    return None if row is None else row_as(row, Assignment)


async def latest_crowd_ranking(connection: Connection, challenge_id: UUID) -> UUID | None:
    """The newest closing or interim ranking."""
    ranking_id: UUID | None = await connection.fetchval(_SQL["latest_crowd_ranking"], challenge_id)
    return ranking_id


async def list_reviewable(connection: Connection, challenge_id: UUID, ranking_id: UUID | None) -> list[PoolIdea]:
    """Ideas waiting for a decision, best first by the ranking, unranked ones last."""
    rows = await connection.fetch(_SQL["list_reviewable"], challenge_id, ranking_id)
    return rows_as(rows, PoolIdea)


async def is_reviewable(connection: Connection, idea_id: UUID) -> bool:
    """Whether an idea still waits for a decision."""
    return bool(await connection.fetchval(_SQL["is_reviewable"], idea_id))


async def list_texts(connection: Connection, idea_ids: Sequence[UUID]) -> list[PoolText]:
    """What these ideas say, by id."""
    return rows_as(await connection.fetch(_SQL["list_texts"], idea_ids), PoolText)


async def list_capacity(connection: Connection, challenge_id: UUID) -> list[Capacity]:
    """Active panel members by id and the room left in their load."""
    return rows_as(await connection.fetch(_SQL["list_capacity"], challenge_id), Capacity)


async def list_pairs(connection: Connection, challenge_id: UUID) -> list[Pair]:
    """Every assignment that was ever made in the challenge."""
    return rows_as(await connection.fetch(_SQL["list_pairs"], challenge_id), Pair)


async def list_unsent_pairs(connection: Connection, challenge_id: UUID) -> list[Pair]:
    """Standing assignments whose review was not sent."""
    return rows_as(await connection.fetch(_SQL["list_unsent_pairs"], challenge_id), Pair)


async def list_unsent_of_leavers(connection: Connection, challenge_id: UUID) -> list[Pair]:
    """The same of reviewers who are no longer active, no longer reviewers or no longer on the panel."""
    return rows_as(await connection.fetch(_SQL["list_unsent_of_leavers"], challenge_id), Pair)


async def list_unsent_of(
    connection: Connection, reviewer_id: UUID, challenge_id: UUID | None = None
) -> list[Assignment]:
    """Everything one person was asked for and has not sent, in this challenge or all that are not decided."""
    return rows_as(await connection.fetch(_SQL["list_unsent_of"], reviewer_id, challenge_id), Assignment)


async def hold_panels_of(connection: Connection, person_id: UUID) -> None:
    """`hold_panel` for each undecided challenge whose panel the person sits on or writes for, in the order of ids."""
    for row in await connection.fetch(_SQL["list_panels_of"], person_id):
        await hold_panel(connection, row["id"])


async def list_person_texts(
    connection: Connection, person_ids: Sequence[UUID], limit_per_person: int
) -> list[PersonText]:
    """The newest texts these people wrote."""
    rows = await connection.fetch(_SQL["list_person_texts"], person_ids, limit_per_person)
    return rows_as(rows, PersonText)


async def last_positions(connection: Connection, challenge_id: UUID) -> dict[UUID, int]:
    """Where each reviewer's own order ends."""
    rows = await connection.fetch(_SQL["last_positions"], challenge_id)
    return {row["reviewer_id"]: row["position"] for row in rows}


async def hold_panel(connection: Connection, challenge_id: UUID) -> None:
    """Wait for other changes of this challenge's assignments; hold until the commit.

    Whoever also locks a person does so before.
    """
    await connection.execute(_SQL["hold_panel"], challenge_id)


async def add_assignments(
    connection: Connection,
    challenge_id: UUID,
    wanted: Sequence[NewAssignment],
    due_at: datetime | None,
    assigned_by: UUID | None,
    now: datetime,
) -> list[UUID]:
    """Ask for these reviews; returns the reviewer of each one that was really added."""
    rows = await connection.fetch(
        _SQL["add_assignments"],
        challenge_id,
        [new_id() for _ in wanted],
        [one.idea_id for one in wanted],
        [one.reviewer_id for one in wanted],
        [one.position for one in wanted],
        due_at,
        assigned_by,
        now,
    )
    return [row["reviewer_id"] for row in rows]


async def assign_by_hand(
    connection: Connection,
    challenge_id: UUID,
    idea_id: UUID,
    reviewer_id: UUID,
    due_at: datetime | None,
    assigned_by: UUID,
    now: datetime,
) -> UUID:
    """Ask one person for one review; asking again changes nothing, a released one is asked for again."""
    assignment_id: UUID = await connection.fetchval(
        _SQL["assign_by_hand"], new_id(), challenge_id, idea_id, reviewer_id, due_at, assigned_by, now
    )
    return assignment_id


async def release(
    connection: Connection, challenge_id: UUID, idea_id: UUID, reviewer_id: UUID, now: datetime
) -> UUID | None:
    """Free the reviewer of this idea; the assignment, or None when nothing stood open between them."""
    released: UUID | None = await connection.fetchval(_SQL["release"], challenge_id, idea_id, reviewer_id, now)
    return released


async def forget_unstarted(connection: Connection, challenge_id: UUID, reviewer_id: UUID) -> None:
    """What somebody who left the panel had not begun is forgotten, so that they can be asked for it again."""
    await connection.execute(_SQL["forget_unstarted"], challenge_id, reviewer_id)


async def read_assignment(connection: Connection, assignment_id: UUID) -> AssignmentOut:
    """One assignment that exists, as those who run the challenge see it."""
    return row_as(await connection.fetchrow(_SQL["read_assignment"], assignment_id), AssignmentOut)


async def list_assignments(
    connection: Connection, challenge_id: UUID, reviewer_id: UUID | None, after: UUID | None, limit: int
) -> list[AssignmentOut]:
    """Standing assignments by id."""
    rows = await connection.fetch(_SQL["list_assignments"], challenge_id, reviewer_id, after, limit)
    return rows_as(rows, AssignmentOut)


async def list_queue(
    connection: Connection,
    reviewer_id: UUID,
    challenge_id: UUID | None,
    sent: bool | None,
    after: PageKey | None,
    limit: int,
) -> list[QueueItem]:
    """A reviewer's ideas in their own order, a challenge at a time."""
    key = after or [None, None, None]
    rows = await connection.fetch(_SQL["list_queue"], reviewer_id, challenge_id, sent, *key, limit)
    return rows_as(rows, QueueItem)


async def count_reviews(connection: Connection, challenge_id: UUID, reviewer_id: UUID) -> ReviewCounts:
    """What this person still owes in the challenge, and has sent."""
    return row_as(await connection.fetchrow(_SQL["count_reviews"], challenge_id, reviewer_id), ReviewCounts)


async def review_counts(connection: Connection, challenge_id: UUID) -> dict[UUID, int]:
    """Reviews asked for by idea."""
    rows = await connection.fetch(_SQL["review_counts"], challenge_id)
    return {row["idea_id"]: row["asked"] for row in rows}


async def latest_ranking(connection: Connection, challenge_id: UUID) -> LatestRanking | None:
    """The newest ranking, by the panel if there is one."""
    row = await connection.fetchrow(_SQL["latest_ranking"], challenge_id)
    return None if row is None else row_as(row, LatestRanking)


async def list_chances(connection: Connection, ranking_id: UUID) -> list[Chance]:
    """P(top k) and standard deviation of every idea of a ranking."""
    return rows_as(await connection.fetch(_SQL["list_chances"], ranking_id), Chance)


async def is_round_dealt(connection: Connection, challenge_id: UUID, requested_at: datetime) -> bool:
    """Whether the directed round requested at this moment was dealt before."""
    dealt: bool = await connection.fetchval(_SQL["is_round_dealt"], challenge_id, requested_at)
    return dealt
