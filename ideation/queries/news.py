"""SQL of what is new for a person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.news import News
from ideation.queries import load_statements, rows_as

_SQL = load_statements("news")


async def list_news(
    connection: Connection, person_id: UUID, challenge_ids: Sequence[UUID], since: datetime
) -> list[News]:
    """What happened since then in these challenges and to this person's ideas."""
    return rows_as(await connection.fetch(_SQL["news"], person_id, challenge_ids, since), News)
