"""Marks: short texts that change when what a page shows has changed, so that nobody need read it to find out."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.queries import load_statements

_SQL = load_statements("live")


async def mark_challenge(connection: Connection, challenge_id: UUID, now: datetime) -> str:
    """Changes with what the board of a challenge shows, and every four seconds while an analysis runs."""
    mark: str = await connection.fetchval(_SQL["challenge_mark"], challenge_id, now)
    return mark


async def mark_shown(connection: Connection, challenge_id: UUID) -> str:
    """Changes with what everybody sees who may see the challenge; nobody's answers and reviews show in it."""
    mark: str = await connection.fetchval(_SQL["shown_mark"], challenge_id)
    return mark


async def mark_reviews(connection: Connection, person_id: UUID) -> str:
    """Changes with the queue of a reviewer."""
    mark: str = await connection.fetchval(_SQL["reviews_mark"], person_id)
    return mark


async def mark_jobs(connection: Connection) -> str:
    """Changes with what the list of jobs shows."""
    mark: str = await connection.fetchval(_SQL["jobs_mark"])
    return mark


async def is_large(connection: Connection, challenge_id: UUID, ideas: int) -> bool:
    """Whether a challenge has at least so many ideas, drafts too."""
    large: bool = await connection.fetchval(_SQL["is_large"], challenge_id, ideas)
    return large
