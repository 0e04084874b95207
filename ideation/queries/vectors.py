"""SQL of idea vectors and of looking for ideas near others."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection
from ideation.entities.vectors import AnalysedIdea, IdeaText
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("vectors")

Vector = NDArray[np.float32]


async def store_vectors(
    connection: Connection, encoder: str, texts: Sequence[IdeaText], vectors: Vector, *, indexed: bool = True
) -> None:
    """Keep the vector of each text unless its idea was edited since; an idea whose vector is zero has none.

    Not `indexed`, it is found by comparing it with what is looked for, until it is stored again.
    """
    pairs = list(zip(texts, vectors, np.any(vectors, axis=1).tolist(), strict=True))
    kept = [(text.id, text.revision, encoder, vector, indexed) for text, vector, known in pairs if known]
    removed = [(text.id,) for text, _, known in pairs if not known]
    # Even without a row to write, executemany asks the database.
    if kept:
        await connection.executemany(_SQL["store_vector"], kept)
    if removed:
        await connection.executemany(_SQL["delete_vector"], removed)


async def index_vector(connection: Connection, idea_id: UUID) -> None:
    """Put the vector of an idea into the index, if it was stored beside it."""
    await connection.execute(_SQL["index_vector"], idea_id)


async def store_refined(connection: Connection, encoder: str, texts: Sequence[IdeaText], vectors: Vector) -> None:
    """Keep the refined vector of each text unless its idea was edited since; a zero one too, which says: done."""
    rows = [(text.id, text.revision, encoder, vector) for text, vector in zip(texts, vectors, strict=True)]
    await connection.executemany(_SQL["store_refined"], rows)


async def list_unrefined(connection: Connection, challenge_id: UUID, encoder: str, *, limit: int) -> list[IdeaText]:
    """Ideas that take part in comparisons and lack a refined vector of their present wording, by id."""
    return rows_as(await connection.fetch(_SQL["list_unrefined"], challenge_id, encoder, limit), IdeaText)


async def list_without_vector(
    connection: Connection, challenge_id: UUID, encoder: str, *, after: UUID | None, limit: int
) -> list[IdeaText]:
    """Submitted ideas that lack a vector of this encoder, by id."""
    rows = await connection.fetch(_SQL["list_without_vector"], challenge_id, encoder, after, limit)
    return rows_as(rows, IdeaText)


async def find_text(connection: Connection, idea_id: UUID) -> IdeaText | None:
    """The wording of an idea that takes part in comparisons: submitted, shown and not merged."""
    row = await connection.fetchrow(_SQL["find_text"], idea_id)
    return None if row is None else row_as(row, IdeaText)


async def list_analysed(
    connection: Connection, challenge_id: UUID, encoder: str, only: Sequence[UUID] | None = None
) -> list[AnalysedIdea]:
    """The ideas of a challenge that take part in comparisons, by id, with vectors of one encoder; `only` some."""
    rows = await connection.fetch(_SQL["list_analysed"], challenge_id, encoder, only)
    return [AnalysedIdea(**row) for row in rows]


async def nearest_by_meaning(
    connection: Connection, challenge_id: UUID, idea_id: UUID, encoder: str, limit: int
) -> list[UUID]:
    """The nearest ideas of the challenge; needs a transaction. Empty when the idea has no vector."""
    await search_around(connection, limit)
    return _ids(await connection.fetch(_SQL["nearest_by_meaning"], challenge_id, idea_id, encoder, limit))


async def sample(connection: Connection, challenge_id: UUID, limit: int) -> list[UUID]:
    """Some ideas of a challenge that stand for all of them."""
    return _ids(await connection.fetch(_SQL["sample"], challenge_id, limit))


async def vectors_of_earlier(connection: Connection, challenge_id: UUID, encoder: str, limit: int) -> list[Vector]:
    """Vectors of ideas of earlier challenges, the latest first."""
    return [row["vector"] for row in await connection.fetch(_SQL["vectors_of_earlier"], challenge_id, encoder, limit)]


async def nearest_of_earlier(
    connection: Connection, challenge_id: UUID, idea_id: UUID, encoder: str, *, found_by: str, limit: int
) -> list[Vector]:
    """Vectors of the ideas of earlier challenges nearest to this one, as the encoder `found_by` sees it.

    Those that lack a vector of `encoder` are left out. Needs a transaction.
    """
    earlier = _ids(await connection.fetch(_SQL["list_earlier"], challenge_id))
    if not earlier:
        return []
    await search_around(connection, limit)
    rows = await connection.fetch(_SQL["nearest_of_earlier"], earlier, idea_id, encoder, found_by, limit)
    return [row["vector"] for row in rows]


async def search_around(connection: Connection, limit: int) -> None:
    """Prepare this transaction for searches by vector that return `limit` rows after filtering."""
    await connection.execute(_SQL["search_around"], str(max(40, min(limit, 1000))))


def _ids(rows: Sequence[Any]) -> list[UUID]:
    return [row[0] for row in rows]
