"""SQL of panels."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.panels import CurvePoint, IdeaProgress, PanelMember, PanelProgress
from ideation.queries import load_statements, rows_as

_SQL = load_statements("panels")


async def set_member(
    connection: Connection, challenge_id: UUID, person_id: UUID, max_reviews: int, added_by: UUID, now: datetime
) -> None:
    """Add a member, or change how much they take on."""
    await connection.execute(_SQL["set_member"], challenge_id, person_id, max_reviews, added_by, now)


async def remove_member(connection: Connection, challenge_id: UUID, person_id: UUID) -> bool:
    """Take somebody off the panel; False when they were not on it."""
    return await connection.fetchval(_SQL["remove_member"], challenge_id, person_id) is not None


async def list_members(connection: Connection, challenge_id: UUID, person_id: UUID | None = None) -> list[PanelMember]:
    """The panel by name, or only one person of it."""
    return rows_as(await connection.fetch(_SQL["list_members"], challenge_id, person_id), PanelMember)


async def progress_by_idea(
    connection: Connection, challenge_id: UUID, after: UUID | None, limit: int
) -> list[IdeaProgress]:
    """Ideas with reviews asked for, by id."""
    rows = await connection.fetch(_SQL["progress_by_idea"], challenge_id, after, limit)
    return rows_as(rows, IdeaProgress)


async def progress(connection: Connection, challenge_id: UUID, now: datetime) -> PanelProgress:
    """How far the whole panel is, with the curve of its rankings so far."""
    totals = await connection.fetchrow(_SQL["progress"], challenge_id, now)
    curve = await list_curve(connection, challenge_id)
    return msgspec.convert({**dict(totals or {}), "curve": curve}, PanelProgress)


async def list_curve(connection: Connection, challenge_id: UUID) -> list[CurvePoint]:
    """Expected wrong calls after each panel ranking, oldest first."""
    return rows_as(await connection.fetch(_SQL["curve"], challenge_id), CurvePoint)
