"""SQL of the board."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.board import DayCount, DepartmentCount, Exposure
from ideation.queries import load_statements, rows_as

_SQL = load_statements("board")


async def list_days(connection: Connection, challenge_id: UUID, now: datetime, days: int) -> list[DayCount]:
    """What happened on each of the last days, today's last."""
    return rows_as(await connection.fetch(_SQL["list_days"], challenge_id, now, days), DayCount)


async def list_departments(connection: Connection, challenge_id: UUID) -> list[DepartmentCount]:
    """Every department as it is, small ones too: a rule decides what is shown of them."""
    return rows_as(await connection.fetch(_SQL["list_departments"], challenge_id), DepartmentCount)


async def measure_exposure(connection: Connection, challenge_id: UUID) -> Exposure | None:
    """How often ideas were dealt; None while there are none in the feed."""
    row = await connection.fetchrow(_SQL["exposure"], challenge_id)
    if row is None or not row["ideas"]:
        return None
    tenth, median, ninth_tenth = row["shares"]
    measured = {name: row[name] for name in ("ideas", "never_shown", "least", "most", "median_answers")}
    return Exposure(**measured, tenth=tenth, median=median, ninth_tenth=ninth_tenth)
