"""SQL of challenges."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.queries import load_statements

_SQL = load_statements("challenges")


async def find_challenge(connection: Connection, challenge_id: UUID, now: datetime) -> Challenge | None:
    """The challenge and its state at `now`, whoever asks; visibility is a rule."""
    row = await connection.fetchrow(_SQL["find_challenge"], challenge_id, now)
    return None if row is None else msgspec.convert(row, Challenge)


async def lock_challenge(connection: Connection, challenge_id: UUID, now: datetime) -> Challenge | None:
    """The challenge, locked FOR UPDATE: votes and submissions under way finish first, later ones see the change."""
    row = await connection.fetchrow(_SQL["lock_challenge"], challenge_id, now)
    return None if row is None else msgspec.convert(row, Challenge)


async def is_panel_member(connection: Connection, challenge_id: UUID, person_id: UUID) -> bool:
    """Whether the person sits on the panel of this challenge."""
    member: bool = await connection.fetchval(_SQL["is_panel_member"], challenge_id, person_id)
    return member
