"""SQL of the map of a challenge's ideas."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.landscape import MapCell, MapPoint
from ideation.queries import load_statements

_SQL = load_statements("landscape")


async def count_placed(connection: Connection, challenge_id: UUID) -> tuple[int, datetime | None]:
    """How many shown ideas have a place, and when the map was last computed."""
    row = await connection.fetchrow(_SQL["count_placed"], challenge_id)
    assert row is not None
    return row["idea_count"], row["computed_at"]


async def list_points(connection: Connection, challenge_id: UUID) -> list[MapPoint]:
    """Every shown idea on the map."""
    return msgspec.convert(await connection.fetch(_SQL["list_points"], challenge_id), list[MapPoint])


async def list_cells(connection: Connection, challenge_id: UUID, cells_to_side: int) -> list[MapCell]:
    """Near ideas of one theme together."""
    return msgspec.convert(await connection.fetch(_SQL["list_cells"], challenge_id, cells_to_side), list[MapCell])
