"""The map of a challenge's ideas."""

from datetime import datetime
from uuid import UUID

from ideation.actions.challenges import find_visible_challenge
from ideation.database import Connection
from ideation.entities.landscape import Landscape
from ideation.entities.people import Actor
from ideation.queries import landscape as queries

MOST_POINTS = 2_000
CELLS_TO_SIDE = 40


async def read_landscape(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Landscape:
    """Where the ideas lie; ideas that no run has seen yet have no place."""
    await find_visible_challenge(connection, actor, challenge_id, now)
    idea_count, computed_at = await queries.count_placed(connection, challenge_id)
    many = idea_count > MOST_POINTS
    return Landscape(
        idea_count=idea_count,
        points=None if many else await queries.list_points(connection, challenge_id),
        cells=await queries.list_cells(connection, challenge_id, CELLS_TO_SIDE) if many else None,
        computed_at=computed_at,
    )
