"""SQL of duplicate pairs: what the worker proposes and people decide."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.duplicates import FoundPair, KnownPair, StoredModel
from ideation.ids import new_id
from ideation.queries import load_statements

_SQL = load_statements("duplicates")


async def list_known_pairs(connection: Connection, challenge_id: UUID, idea_id: UUID | None = None) -> list[KnownPair]:
    """Pairs proposed before, of a whole challenge or of one idea."""
    rows = await connection.fetch(_SQL["list_known_pairs"], challenge_id, idea_id)
    return msgspec.convert(rows, list[KnownPair])


async def list_unchanged(connection: Connection, ids: Sequence[UUID], revisions: Sequence[int]) -> set[UUID]:
    """Which ideas still have the revision that was read and still take part in comparisons."""
    return {row["id"] for row in await connection.fetch(_SQL["list_unchanged"], ids, revisions)}


async def add_pairs(connection: Connection, challenge_id: UUID, pairs: Iterable[FoundPair], now: datetime) -> None:
    """Propose pairs; verdicts and people's own proposals stay as they are."""
    await connection.executemany(
        _SQL["add_pair"],
        [
            (
                new_id(),
                pair.idea_a,
                pair.idea_b,
                challenge_id,
                pair.probability,
                pair.evidence,
                pair.model_version,
                now,
            )
            for pair in pairs
        ],
    )


async def remove_pairs(connection: Connection, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Take back proposals of the worker that nobody has decided."""
    if pairs:
        await connection.execute(_SQL["remove_pairs"], *(list(side) for side in zip(*pairs, strict=True)))


async def newest_model(connection: Connection) -> StoredModel | None:
    """The model of this installation's own verdicts; None while the shipped one is used."""
    row = await connection.fetchrow(_SQL["newest_model"])
    return None if row is None else msgspec.convert(row, StoredModel)
