"""SQL of the map of a challenge's ideas."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.landscape import MapCell, MapFilter, MapPoint, MapRegion
from ideation.queries import load_statements, rows_as

_SQL = load_statements("landscape")


async def find_computed_at(connection: Connection, challenge_id: UUID) -> datetime | None:
    """When the map was last computed; None before the first time."""
    computed_at: datetime | None = await connection.fetchval(_SQL["computed_at"], challenge_id)
    return computed_at


async def list_regions(
    connection: Connection, challenge_id: UUID, ranking_id: UUID | None, kept: MapFilter
) -> list[MapRegion]:
    """Where the shown ideas of each theme lie, the largest first."""
    rows = await connection.fetch(_SQL["list_regions"], challenge_id, ranking_id, *_arguments(kept))
    return rows_as(rows, MapRegion)


async def list_points(
    connection: Connection,
    challenge_id: UUID,
    ranking_id: UUID | None,
    kept: MapFilter,
    *,
    after: UUID | None,
    limit: int,
) -> list[MapPoint]:
    """Shown ideas on the map, by id."""
    # Prepared anew, so planned for this filter: a plan for any filter expects few ideas, and sorts all of them.
    statement = await connection.prepare(_SQL["list_points"])
    rows = await statement.fetch(challenge_id, ranking_id, *_arguments(kept), after, limit)
    return rows_as(rows, MapPoint)


async def list_cells(
    connection: Connection, challenge_id: UUID, ranking_id: UUID | None, kept: MapFilter, *, cells_to_side: int
) -> list[MapCell]:
    """Near ideas together, on a grid over the window."""
    rows = await connection.fetch(_SQL["list_cells"], challenge_id, ranking_id, *_arguments(kept), cells_to_side)
    return rows_as(rows, MapCell)


def _arguments(kept: MapFilter) -> list[object]:
    window = kept.window
    return [kept.states, kept.department, kept.theme_id, window.left, window.right, window.top, window.bottom]
