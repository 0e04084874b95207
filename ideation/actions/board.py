"""What those who run a challenge watch while it runs."""

from datetime import datetime
from uuid import UUID

from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.board import Board
from ideation.entities.people import Actor
from ideation.queries import board as queries
from ideation.rules.board import suppress_small

DAYS = 28


async def read_board(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Board:
    """Participation by day and department, and how evenly ideas were shown; for those who run the challenge."""
    await challenge_run_by(connection, actor, challenge_id, now)
    return Board(
        days=await queries.list_days(connection, challenge_id, now, DAYS),
        departments=suppress_small(await queries.list_departments(connection, challenge_id)),
        exposure=await queries.measure_exposure(connection, challenge_id),
    )
