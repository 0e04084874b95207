"""SQL of conflicts of interest."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.conflicts import ConflictKind, PairConflict
from ideation.queries import load_statements, rows_as

_SQL = load_statements("conflicts")


async def list_conflicts(
    connection: Connection, idea_ids: Sequence[UUID], person_ids: Sequence[UUID]
) -> list[PairConflict]:
    """Every pair of these ideas and people that must not meet, with its strongest reason."""
    rows = await connection.fetch(_SQL["list_conflicts"], idea_ids, person_ids)
    return rows_as(rows, PairConflict)


async def find_conflict(connection: Connection, idea_id: UUID, person_id: UUID) -> ConflictKind | None:
    """Why this person must not review this idea, or None."""
    found = await list_conflicts(connection, [idea_id], [person_id])
    return found[0].kind if found else None


async def declare_conflict(connection: Connection, idea_id: UUID, person_id: UUID, reason: str, now: datetime) -> None:
    """Remember a declared conflict for ever."""
    await connection.execute(_SQL["declare_conflict"], idea_id, person_id, reason, now)
