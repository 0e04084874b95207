"""SQL of ideas."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection, encode_vector
from ideation.entities.ideas import Idea, IdeaState, Surroundings, Wording
from ideation.entities.ideas_forms import MergedIdea, MyIdea, Revision
from ideation.entities.vectors import SubmittedIdea
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("ideas")


async def find_idea(connection: Connection, idea_id: UUID) -> Idea | None:
    """The idea, whoever asks; visibility is a rule."""
    row = await connection.fetchrow(_SQL["find_idea"], idea_id)
    return None if row is None else row_as(row, Idea)


async def is_author(connection: Connection, idea_id: UUID, person_id: UUID) -> bool:
    """Whether the person wrote the idea or agreed to be its co-author."""
    author: bool = await connection.fetchval(_SQL["is_author"], idea_id, person_id)
    return author


async def submit_ideas(connection: Connection, encoder: str, given: Sequence[SubmittedIdea]) -> set[UUID]:
    """Store new ideas with their vectors, and stage their comparison; the ids of those whose challenge took ideas."""
    columns = (
        *zip(*(_new(one.idea) for one in given), strict=True),
        [one.idea.created_at for one in given],
        [None if one.vector is None else encode_vector(one.vector) for one in given],
        [new_id() for _ in given],
        [one.request_id for one in given],
    )
    ids, challenges, authors, departments, titles, bodies, tags, *others = columns
    coded = [msgspec.json.encode(some).decode() for some in tags]
    rows = await connection.fetch(
        _SQL["submit_ideas"], ids, challenges, authors, departments, titles, bodies, coded, *others, encoder
    )
    return {row["id"] for row in rows}


async def add_draft(connection: Connection, idea: Idea, now: datetime) -> None:
    """Store a new draft."""
    await connection.execute(_SQL["add_draft"], *_new(idea), now)


def _new(idea: Idea) -> list[object]:
    return [idea.id, idea.challenge_id, idea.author_id, idea.department, idea.title, idea.body, idea.tags]


async def submit_draft(connection: Connection, idea_id: UUID, version: int, now: datetime) -> bool:
    """Turn a draft of this version into an idea if its challenge takes ideas at `now`; whether it did."""
    return await connection.fetchval(_SQL["submit_draft"], idea_id, version, now) is not None


async def edit_idea(connection: Connection, idea: Idea, wording: Wording, editor_id: UUID, now: datetime) -> bool:
    """Store a new wording if the idea still has the version given and, once submitted, its challenge takes ideas."""
    changed = (idea.id, idea.version, wording.title, wording.body, wording.tags, now)
    if idea.state is IdeaState.DRAFT:
        return await connection.fetchval(_SQL["edit_draft"], *changed) is not None
    return await connection.fetchval(_SQL["edit_idea"], *changed, editor_id) is not None


async def list_revisions(connection: Connection, idea_id: UUID) -> list[Revision]:
    """Every wording of an idea, the latest first."""
    return rows_as(await connection.fetch(_SQL["list_revisions"], idea_id), Revision)


async def withdraw_idea(connection: Connection, idea_id: UUID, version: int, now: datetime) -> bool:
    """Take an undecided idea of this version back; False when others are merged into it or it changed meanwhile."""
    return await connection.fetchval(_SQL["withdraw_idea"], idea_id, version, now) is not None


async def restore_idea(connection: Connection, idea_id: UUID, version: int, now: datetime) -> bool:
    """Bring a withdrawn idea of this version back if its challenge takes ideas at `now`; whether it did."""
    return await connection.fetchval(_SQL["restore_idea"], idea_id, version, now) is not None


async def delete_draft(connection: Connection, idea_id: UUID, version: int) -> bool:
    """Delete a draft of this version; whether there was one."""
    return await connection.fetchval(_SQL["delete_draft"], idea_id, version) is not None


async def set_hidden(connection: Connection, idea_id: UUID, hidden_at: datetime | None, now: datetime) -> bool:
    """Hide an idea, or show it again (None); whether that changed anything."""
    return await connection.fetchval(_SQL["set_hidden"], idea_id, hidden_at, now) is not None


async def read_surroundings(connection: Connection, idea_id: UUID, person_id: UUID) -> Surroundings | None:
    """What stands around an idea, and how one person relates to it; None when there is no such idea."""
    row = await connection.fetchrow(_SQL["read_surroundings"], idea_id, person_id)
    return None if row is None else row_as(row, Surroundings)


async def list_my_ideas(
    connection: Connection,
    person_id: UUID,
    *,
    challenge_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[MyIdea]:
    """What a person wrote, agreed to or is invited to, the latest change first."""
    updated_at, last_id = after or (None, None)
    rows = await connection.fetch(_SQL["list_my_ideas"], person_id, challenge_id, updated_at, last_id, limit)
    return rows_as(rows, MyIdea)


async def list_merged(connection: Connection, idea_id: UUID, limit: int) -> list[MergedIdea]:
    """The ideas merged into one, the earliest first; without hidden and withdrawn ones."""
    return rows_as(await connection.fetch(_SQL["list_merged"], idea_id, limit), MergedIdea)
