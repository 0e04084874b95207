"""SQL of the words of texts: how common each is, and the ideas that share the rare ones."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from ideation.database import Connection
from ideation.entities.words import AskedWords, WordStatistics
from ideation.queries import load_statements

_SQL = load_statements("words")


async def ask_words(connection: Connection, text: str) -> AskedWords:
    """The words of a text and the installation's statistics, which this process keeps until PostgreSQL renews them."""
    row = await connection.fetchrow(_SQL["asked_words"], text)
    assert row is not None
    kept = _kept_shares(row["mark"])
    if not kept:
        kept.update({known["word"]: known["share"] for known in await connection.fetch(_SQL["word_shares"])})
    return AskedWords(words=row["words"], statistics=WordStatistics(ideas=row["ideas"], shares=kept))


@lru_cache(maxsize=2)
def _kept_shares(_mark: str) -> dict[str, float]:
    """The shares under this mark: empty before they were read."""
    return {}


async def nearest_by_words(
    connection: Connection, weights: Mapping[str, float], challenges: Sequence[UUID], limit: int
) -> list[UUID]:
    """Ideas of these challenges that hold some of these words, by the sum of the words' weights."""
    if not weights:
        return []
    rows = await connection.fetch(
        _SQL["nearest_by_words"], list(weights), list(weights.values()), list(challenges), limit
    )
    return [row["id"] for row in rows]
