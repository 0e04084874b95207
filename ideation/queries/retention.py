"""SQL that forgets what has ended."""

from datetime import datetime

from ideation.database import Connection
from ideation.queries import load_statements

_SQL = load_statements("retention")


async def sweep_ended(connection: Connection, ended_before: datetime) -> int:
    """Delete sessions, links and tokens that ended, and messages that were read, before then; returns how many."""
    count: int = await connection.fetchval(_SQL["sweep_ended"], ended_before)
    return count
