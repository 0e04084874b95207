"""SQL of duplicate pairs: what the worker proposes and people decide."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.duplicates import (
    ComparedIdea,
    FoundPair,
    HeldPair,
    KnownPair,
    PairEvidence,
    PairState,
    QueuedPair,
    StoredModel,
)
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("duplicates")


async def list_known_pairs(connection: Connection, challenge_id: UUID, idea_id: UUID | None = None) -> list[KnownPair]:
    """Pairs proposed before, of a whole challenge or of one idea."""
    rows = await connection.fetch(_SQL["list_known_pairs"], challenge_id, idea_id)
    return rows_as(rows, KnownPair)


async def list_pairs_among(connection: Connection, ideas: Sequence[UUID]) -> list[KnownPair]:
    """Pairs of these ideas that were proposed or confirmed."""
    return rows_as(await connection.fetch(_SQL["list_pairs_among"], ideas), KnownPair)


async def list_unchanged(connection: Connection, ids: Sequence[UUID], revisions: Sequence[int]) -> set[UUID]:
    """Which ideas still have the revision that was read and still take part in comparisons."""
    return {row["id"] for row in await connection.fetch(_SQL["list_unchanged"], ids, revisions)}


async def add_pairs(connection: Connection, challenge_id: UUID, pairs: Iterable[FoundPair], now: datetime) -> None:
    """Propose pairs; verdicts and people's own proposals stay as they are. In one order, so that no two runs block."""
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
            for pair in sorted(pairs, key=lambda pair: (pair.idea_a, pair.idea_b))
        ],
    )


async def remove_pairs(connection: Connection, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Take back proposals of the worker that nobody has decided."""
    if pairs:
        await connection.execute(_SQL["remove_pairs"], *(list(side) for side in zip(*pairs, strict=True)))


async def newest_model(connection: Connection, encoder: str | None) -> StoredModel | None:
    """The model of this installation's own verdicts, for an encoder or of all; None while the shipped one is used."""
    row = await connection.fetchrow(_SQL["newest_model"], encoder)
    return None if row is None else row_as(row, StoredModel)


async def list_queue(
    connection: Connection, challenge_id: UUID, state: PairState, *, after: tuple[float, UUID] | None, limit: int
) -> list[QueuedPair]:
    """Pairs in one state whose ideas are both shown and not merged, the likeliest first."""
    probability, pair_id = after or (None, None)
    rows = await connection.fetch(_SQL["list_queue"], challenge_id, state, probability, pair_id, limit)
    return rows_as(rows, QueuedPair)


async def list_compared(connection: Connection, ids: Sequence[UUID], person_id: UUID) -> dict[UUID, ComparedIdea]:
    """The sides of pairs, by id."""
    rows = await connection.fetch(_SQL["list_compared"], ids, person_id)
    return {idea.id: idea for idea in rows_as(rows, ComparedIdea)}


async def hold_pairs(connection: Connection, challenge_id: UUID, ids: Sequence[UUID]) -> list[HeldPair]:
    """Pairs of a challenge, held until the commit."""
    return rows_as(await connection.fetch(_SQL["hold_pairs"], challenge_id, ids), HeldPair)


async def decide_pairs(
    connection: Connection, ids: Sequence[UUID], state: PairState, person_id: UUID, now: datetime
) -> None:
    """Remember a verdict."""
    await connection.execute(_SQL["decide_pairs"], ids, state, person_id, now)


async def find_pair(connection: Connection, idea_a: UUID, idea_b: UUID) -> HeldPair | None:
    """A pair by its ideas, in order of their ids."""
    row = await connection.fetchrow(_SQL["find_pair"], idea_a, idea_b)
    return None if row is None else row_as(row, HeldPair)


async def propose_pair(
    connection: Connection,
    challenge_id: UUID,
    pair: tuple[UUID, UUID],
    evidence: PairEvidence,
    person_id: UUID,
    now: datetime,
) -> UUID | None:
    """Keep a person's proposal; None when the pair was proposed before."""
    pair_id: UUID | None = await connection.fetchval(
        _SQL["propose_pair"], new_id(), *pair, challenge_id, msgspec.to_builtins(evidence), person_id, now
    )
    return pair_id


async def list_verdicts(connection: Connection, challenge_id: UUID) -> list[KnownPair]:
    """Decided pairs between ideas that are shown and not merged, the likeliest first."""
    return rows_as(await connection.fetch(_SQL["list_verdicts"], challenge_id), KnownPair)


async def count_verdicts(connection: Connection) -> tuple[int, int]:
    """How many of the worker's suggestions people confirmed and dismissed, in the whole installation."""
    row = await connection.fetchrow(_SQL["count_verdicts"])
    assert row is not None
    return row["confirmed"], row["dismissed"]


async def latest_used_model(connection: Connection) -> dict[str, Any] | None:
    """What the last run said of the model it used."""
    model: dict[str, Any] | None = await connection.fetchval(_SQL["latest_used_model"])
    return model


async def list_training(connection: Connection, encoder: str) -> list[tuple[list[dict[str, Any]], bool]]:
    """The measured parts of decided suggestions by vectors of an encoder, and whether they were confirmed."""
    return [(row["parts"], row["confirmed"]) for row in await connection.fetch(_SQL["list_training"], encoder)]


async def add_model(connection: Connection, encoder: str, model: StoredModel) -> None:
    """Keep a model fitted on this installation's verdicts."""
    await connection.execute(
        _SQL["add_model"],
        new_id(),
        encoder,
        model.model,
        model.curve,
        model.confirmed,
        model.dismissed,
        model.fitted_at,
    )


async def count_waiting(connection: Connection, challenge_id: UUID) -> int:
    """How many pairs wait for a verdict."""
    waiting: int = await connection.fetchval(_SQL["count_waiting"], challenge_id)
    return waiting
