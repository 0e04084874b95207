"""SQL of the people who wrote ideas."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.idea_authors import CoAuthor, Invitee
from ideation.entities.ideas_forms import IdeaAuthor
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("idea_authors")


async def list_authors(connection: Connection, idea_ids: list[UUID]) -> dict[UUID, list[IdeaAuthor]]:
    """Authors and agreed co-authors by idea, the first author first; what readers may know is a rule."""
    authors: dict[UUID, list[IdeaAuthor]] = {idea_id: [] for idea_id in idea_ids}
    for row in await connection.fetch(_SQL["list_authors"], idea_ids):
        author = IdeaAuthor(person_id=row["person_id"], name=row["name"], department=row["department"])
        authors[row["idea_id"]].append(author)
    return authors


async def list_co_authors(connection: Connection, idea_id: UUID) -> list[CoAuthor]:
    """Everybody who wrote the idea, agreed to, is invited or declined; the first author first."""
    return rows_as(await connection.fetch(_SQL["list_co_authors"], idea_id), CoAuthor)


async def find_invitee(connection: Connection, idea_id: UUID, person_id: UUID) -> Invitee | None:
    """A person as a possible co-author of an existing idea."""
    row = await connection.fetchrow(_SQL["find_invitee"], idea_id, person_id)
    return None if row is None else row_as(row, Invitee)


async def invite(connection: Connection, idea_id: UUID, person_id: UUID, inviter_id: UUID, now: datetime) -> bool:
    """Add an invitation; False when the person has one already."""
    return await connection.fetchval(_SQL["invite"], idea_id, person_id, inviter_id, now) is not None


async def answer_invitation(connection: Connection, idea_id: UUID, person_id: UUID, agree: bool, now: datetime) -> bool:
    """Agree or decline; False when no invitation waits. An own vote on the idea goes while votes are taken."""
    return await connection.fetchval(_SQL["answer_invitation"], idea_id, person_id, agree, now) is not None


async def remove_co_author(connection: Connection, idea_id: UUID, person_id: UUID) -> bool:
    """Remove a co-author or an invitation; False when there is none, or it is the first author."""
    return await connection.fetchval(_SQL["remove_co_author"], idea_id, person_id) is not None


async def author_ids(connection: Connection, idea_id: UUID) -> list[UUID]:
    """Who wrote the idea or agreed to."""
    return [row["person_id"] for row in await connection.fetch(_SQL["author_ids"], idea_id)]
