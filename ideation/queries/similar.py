"""SQL of ideas near a text, over all challenges a person may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection
from ideation.entities.people import Actor, Role
from ideation.entities.similar import Candidate, NearIdea
from ideation.queries import load_statements
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


async def nearest_by_words(connection: Connection, words: str, challenges: Sequence[UUID], limit: int) -> list[UUID]:
    """Ideas of these challenges that share the words of a tsquery."""
    return _ids(await connection.fetch(_SQL["nearest_by_words"], words, challenges, limit))


async def list_candidates(
    connection: Connection, ids: Sequence[UUID], vector: NDArray[np.float32], encoder: str
) -> list[Candidate]:
    """What orders these ideas, in the order given."""
    rows = await connection.fetch(_SQL["list_candidates"], ids, vector, encoder)
    return [Candidate(**row) for row in rows]


async def list_near(
    connection: Connection,
    ids: Sequence[UUID],
    vector: NDArray[np.float32],
    encoder: str,
    *,
    without: Sequence[UUID],
    limit: int,
) -> list[NearIdea]:
    """The ideas shown for these, in this order, with how near each is and its latest decision."""
    rows = await connection.fetch(_SQL["list_near"], ids, vector, encoder, without, limit)
    return msgspec.convert(rows, list[NearIdea])


def _ids(rows: Sequence[Any]) -> list[UUID]:
    return [row[0] for row in rows]
