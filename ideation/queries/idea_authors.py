"""SQL of the people who wrote ideas."""

from uuid import UUID

from ideation.database import Connection
from ideation.entities.ideas_forms import IdeaAuthor
from ideation.queries import load_statements

_SQL = load_statements("idea_authors")


async def list_authors(connection: Connection, idea_ids: list[UUID]) -> dict[UUID, list[IdeaAuthor]]:
    """Authors and agreed co-authors by idea, the first author first; what readers may know is a rule."""
    authors: dict[UUID, list[IdeaAuthor]] = {idea_id: [] for idea_id in idea_ids}
    for row in await connection.fetch(_SQL["list_authors"], idea_ids):
        author = IdeaAuthor(person_id=row["person_id"], name=row["name"], department=row["department"])
        authors[row["idea_id"]].append(author)
    return authors
