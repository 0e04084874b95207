"""SQL of the words of texts: how common each is, and the ideas that share the rare ones."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from ideation.database import Connection
from ideation.entities.words import AskedWords, WordStatistics
from ideation.queries import load_statements

_SQL = load_statements("words")


class _Kept:
    """What this process read of PostgreSQL's statistics; `mark` tells when they were renewed."""

    mark: str | None = None
    shares: Mapping[str, float] = MappingProxyType({})
    rarest: float | None = None


_kept = _Kept()


async def ask_words(connection: Connection, text: str) -> AskedWords:
    """The words of a text and the installation's statistics, which this process keeps until PostgreSQL renews them."""
    row = await connection.fetchrow(_SQL["asked_words"], text)
    assert row is not None
    if _kept.mark != row["mark"]:
        _kept.shares = {known["word"]: known["share"] for known in await connection.fetch(_SQL["word_shares"])}
        _kept.rarest = min(_kept.shares.values(), default=None)
        _kept.mark = row["mark"]
    return AskedWords(
        words=row["words"],
        statistics=WordStatistics(ideas=row["ideas"], shares=_kept.shares, rarest=_kept.rarest),
    )


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
