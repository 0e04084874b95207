"""SQL of unsealing authors."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.unsealing import Unsealing, UnsealingRequest
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("unsealing")


async def add_unsealing(
    connection: Connection, unsealing_id: UUID, idea_id: UUID, asked: UnsealingRequest, person_id: UUID, now: datetime
) -> bool:
    """Ask for an author to be opened; False when that is asked or done already."""
    added = await connection.fetchval(
        _SQL["add_unsealing"], unsealing_id, idea_id, asked.reason, person_id, asked.role, now
    )
    return added is not None


async def find_unsealing(connection: Connection, unsealing_id: UUID) -> Unsealing | None:
    """The request, whoever asks."""
    row = await connection.fetchrow(_SQL["find_unsealing"], unsealing_id)
    return None if row is None else row_as(row, Unsealing)


async def approve_unsealing(
    connection: Connection, unsealing_id: UUID, person_id: UUID, role: str, now: datetime
) -> bool:
    """Approve once, by another person in another role; whether that happened."""
    return await connection.fetchval(_SQL["approve_unsealing"], unsealing_id, person_id, role, now) is not None


async def list_unsealings(
    connection: Connection, challenge_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Unsealing]:
    """All requests of a challenge, the latest first."""
    rows = await connection.fetch(_SQL["list_unsealings"], challenge_id, *(after or (None, None)), limit)
    return rows_as(rows, Unsealing)
