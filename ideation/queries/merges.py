"""SQL of merging ideas and separating them again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.merges import MergeableIdea, MergeOut
from ideation.ids import new_id
from ideation.queries import load_statements, rows_as

_SQL = load_statements("merges")


async def hold_ideas(
    connection: Connection, challenge_id: UUID, ids: Sequence[UUID], person_id: UUID
) -> list[MergeableIdea]:
    """Ideas as merging looks at them, by id; nobody else changes them or merges here until the commit."""
    await connection.execute(_SQL["hold_merging"], challenge_id)
    await connection.execute(_SQL["hold_ideas"], ids)
    return await list_mergeable(connection, ids, person_id)


async def list_mergeable(connection: Connection, ids: Sequence[UUID], person_id: UUID) -> list[MergeableIdea]:
    """Ideas as merging looks at them, by id."""
    return rows_as(await connection.fetch(_SQL["list_mergeable"], ids, person_id), MergeableIdea)


async def merge(
    connection: Connection, idea_id: UUID, canonical_id: UUID, reason: str, person_id: UUID, now: datetime
) -> None:
    """Show an idea, and whatever is shown with it, with another."""
    await connection.execute(_SQL["add_merge"], new_id(), idea_id, canonical_id, reason, person_id, now)
    await connection.execute(_SQL["fold"], idea_id, canonical_id)
    await connection.execute(_SQL["touch"], canonical_id)


async def unmerge(connection: Connection, idea_id: UUID, person_id: UUID, now: datetime) -> UUID | None:
    """Let an idea stand on its own; returns what it was merged into, None when it was not merged."""
    canonical_id: UUID | None = await connection.fetchval(_SQL["end_merge"], idea_id, person_id, now)
    if canonical_id is not None:
        await connection.execute(_SQL["unfold"], idea_id)
        await connection.execute(_SQL["touch"], canonical_id)
    return canonical_id


async def list_merges(
    connection: Connection,
    challenge_id: UUID,
    *,
    standing_only: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[MergeOut]:
    """Merges of a challenge, the latest first."""
    merged_at, merge_id = after or (None, None)
    rows = await connection.fetch(_SQL["list_merges"], challenge_id, standing_only, merged_at, merge_id, limit)
    return rows_as(rows, MergeOut)
