"""Opening and closing a challenge by date."""

from ideation.actions import closing
from workers.context import JobContext


async def close_challenge(context: JobContext) -> None:
    """Freeze the challenge if its time has come."""
    async with context.connection.transaction():
        await closing.freeze(context.connection, context.subject_id, context.now)


async def open_challenge(context: JobContext) -> None:
    """Open the challenge if its time has come."""
    async with context.connection.transaction():
        await closing.open_by_date(context.connection, context.subject_id, context.now)
