"""Somebody else instead: a review that its reviewer cannot write is freed, and the workers ask another one for it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.assignments import Assignment
from ideation.queries import assignments as queries
from ideation.queries.conflicts import list_conflicts
from ideation.staging import stage_job


async def replace_reviewer(
    connection: Connection, challenge_id: UUID, idea_id: UUID, reviewer_id: UUID, now: datetime
) -> bool:
    """Free the reviewer and have somebody else asked; False when no unsent review stood between them.

    The job is told how many reviews the idea had been asked for, so it can run twice, and after others of its kind.
    """
    reviews = (await queries.review_counts(connection, challenge_id)).get(idea_id, 0)
    assignment_id = await queries.release(connection, challenge_id, idea_id, reviewer_id, now)
    if assignment_id is None:
        return False
    arguments: dict[str, object] = {"challenge_id": challenge_id, "idea_id": idea_id, "reviews": reviews}
    await stage_job(connection, "replace_reviewer", assignment_id, now, arguments=arguments)
    return True


async def replace_conflicted(connection: Connection, challenge_id: UUID, now: datetime) -> None:
    """The same for every unsent review of a challenge that has become a conflict meanwhile."""
    await queries.hold_panel(connection, challenge_id)
    unsent = await queries.list_unsent_pairs(connection, challenge_id)
    if not unsent:
        return
    pairs = {(pair.idea_id, pair.reviewer_id) for pair in unsent}
    conflicts = await list_conflicts(
        connection, list({pair.idea_id for pair in unsent}), list({pair.reviewer_id for pair in unsent})
    )
    for conflict in conflicts:
        if (conflict.idea_id, conflict.person_id) in pairs:
            await replace_reviewer(connection, challenge_id, conflict.idea_id, conflict.person_id, now)


async def replace_hindered(connection: Connection, challenge_id: UUID, now: datetime) -> None:
    """The same, and for every unsent review of somebody who left the panel, the role or the company."""
    await replace_conflicted(connection, challenge_id, now)
    for pair in await queries.list_unsent_of_leavers(connection, challenge_id):
        await replace_reviewer(connection, challenge_id, pair.idea_id, pair.reviewer_id, now)


async def replace_everywhere(connection: Connection, reviewer_id: UUID, now: datetime) -> int:
    """The same for every unsent review of somebody who can no longer write any; returns how many.

    Holding their panels makes sure that none is dealt to them meanwhile; the person must be locked before.
    """
    await queries.hold_panels_of(connection, reviewer_id)
    return await _replace_all(connection, await queries.list_unsent_of(connection, reviewer_id), now)


async def replace_member(connection: Connection, challenge_id: UUID, reviewer_id: UUID, now: datetime) -> int:
    """The same for the unsent reviews of somebody who leaves one panel, which is held; returns how many."""
    return await _replace_all(connection, await queries.list_unsent_of(connection, reviewer_id, challenge_id), now)


async def _replace_all(connection: Connection, owed: Sequence[Assignment], now: datetime) -> int:
    for one in owed:
        await replace_reviewer(connection, one.challenge_id, one.idea_id, one.reviewer_id, now)
    return len(owed)
