"""SQL of opening and closing challenges."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.closing import Turned
from ideation.queries import load_statements, row_as

_SQL = load_statements("closing")


async def freeze_challenge(
    connection: Connection, challenge_id: UUID, now: datetime, *, endless: bool
) -> Turned | None:
    """Freeze a challenge whose time has come (or, if `endless`, that has no end); None when somebody else did it."""
    row = await connection.fetchrow(_SQL["freeze_challenge"], challenge_id, now, endless)
    return None if row is None else row_as(row, Turned)


async def mark_opened(connection: Connection, challenge_id: UUID, now: datetime) -> Turned | None:
    """Mark a challenge as opened; None when it is not due, or somebody else did it."""
    row = await connection.fetchrow(_SQL["mark_opened"], challenge_id, now)
    return None if row is None else row_as(row, Turned)


async def list_due_to_close(connection: Connection, now: datetime) -> list[UUID]:
    """Challenges to freeze."""
    return [row["id"] for row in await connection.fetch(_SQL["list_due_to_close"], now)]


async def list_due_to_open(connection: Connection, now: datetime) -> list[UUID]:
    """Challenges to open."""
    return [row["id"] for row in await connection.fetch(_SQL["list_due_to_open"], now)]


async def has_panel(connection: Connection, challenge_id: UUID) -> bool:
    """Whether the challenge has a panel."""
    panel: bool = await connection.fetchval(_SQL["has_panel"], challenge_id)
    return panel
