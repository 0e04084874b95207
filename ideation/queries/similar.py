"""SQL of ideas near a text, over all challenges a person may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection
from ideation.entities.people import Actor, Role
from ideation.entities.similar import Candidate, IdeaVectors, Likely, NearIdea
from ideation.queries import load_statements, rows_as
from ideation.queries.vectors import search_around

_SQL = load_statements("similar")


async def list_visible(connection: Connection, actor: Actor) -> list[UUID]:
    """The challenges this person may look for ideas in."""
    rows = await connection.fetch(
        _SQL["list_visible"],
        actor.person_id,
        actor.department,
        actor.site,
        actor.has(Role.ADMINISTRATOR),
        actor.has(Role.MODERATOR),
    )
    return _ids(rows)


async def nearest_by_meaning(
    connection: Connection, vector: NDArray[np.float32], encoder: str, challenges: Sequence[UUID], limit: int
) -> list[UUID]:
    """The nearest ideas of these challenges; needs a transaction."""
    await search_around(connection, limit)
    return _ids(await connection.fetch(_SQL["nearest_by_meaning"], vector, encoder, challenges, limit))


async def find_vectors(connection: Connection, idea_id: UUID, encoder: str) -> IdeaVectors:
    """The vectors of an idea's present wording, as far as it has them."""
    row = await connection.fetchrow(_SQL["find_vectors"], idea_id, encoder)
    return IdeaVectors() if row is None else IdeaVectors(**row)


async def list_candidates(
    connection: Connection, ids: Sequence[UUID], vectors: IdeaVectors, encoder: str
) -> list[Candidate]:
    """What orders these ideas beside one with these vectors, in the order given."""
    rows = await connection.fetch(
        _SQL["list_candidates"], ids, vectors.vector, encoder, vectors.refined, vectors.refined_by
    )
    return [Candidate(**row) for row in rows]


async def list_near(
    connection: Connection, actor: Actor, ordered: Sequence[Likely], *, without: Sequence[UUID], limit: int
) -> list[NearIdea]:
    """The ideas shown for these, in this order, with their latest decision.

    Before a challenge is decided, decisions are for the idea's authors and for those who run the challenge.
    """
    ids, similarities = [one.id for one in ordered], [one.similarity for one in ordered]
    administrator = actor.has(Role.ADMINISTRATOR)
    rows = await connection.fetch(_SQL["list_near"], ids, similarities, without, limit, actor.person_id, administrator)
    return rows_as(rows, NearIdea)


def _ids(rows: Sequence[Any]) -> list[UUID]:
    return [row[0] for row in rows]
