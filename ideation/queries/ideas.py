"""SQL of ideas."""

from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.ideas import Idea
from ideation.queries import load_statements

_SQL = load_statements("ideas")


async def find_idea(connection: Connection, idea_id: UUID) -> Idea | None:
    """The idea, whoever asks; visibility is a rule."""
    row = await connection.fetchrow(_SQL["find_idea"], idea_id)
    return None if row is None else msgspec.convert(row, Idea)


async def is_author(connection: Connection, idea_id: UUID, person_id: UUID) -> bool:
    """Whether the person wrote the idea or agreed to be its co-author."""
    author: bool = await connection.fetchval(_SQL["is_author"], idea_id, person_id)
    return author
