"""SQL of pairs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.pairs import PairAnswer, PairCandidate, PairRow
from ideation.entities.people import Actor
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("pairs")


async def hold_person(connection: Connection, challenge_id: UUID, person_id: UUID) -> None:
    """Hold off another request of this person for pairs of this challenge until the commit."""
    await connection.execute(_SQL["hold_person"], challenge_id, person_id)


async def list_waiting_pairs(connection: Connection, challenge_id: UUID, person_id: UUID) -> list[PairRow]:
    """Pairs that wait for the person's answer, in the order they were dealt."""
    rows = await connection.fetch(_SQL["list_waiting_pairs"], challenge_id, person_id)
    return rows_as(rows, PairRow)


async def list_candidates(
    connection: Connection, challenge_id: UUID, person_id: UUID, per_side: int
) -> list[PairCandidate]:
    """Up to `per_side` of the least seen ideas and as many of the best ranked, in the order of their ids."""
    rows = await connection.fetch(_SQL["list_candidates"], challenge_id, person_id, per_side)
    return rows_as(rows, PairCandidate)


async def list_met(connection: Connection, challenge_id: UUID, person_id: UUID) -> set[frozenset[UUID]]:
    """Pairs the person was dealt before, whichever idea stood left."""
    rows = await connection.fetch(_SQL["list_met"], challenge_id, person_id)
    return {frozenset((row["left_id"], row["right_id"])) for row in rows}


async def deal_pairs(
    connection: Connection, challenge_id: UUID, actor: Actor, pairs: Sequence[tuple[UUID, UUID]], now: datetime
) -> None:
    """Log dealt pairs (left, right); nothing when voting is not open."""
    ids = [new_id() for _ in pairs]
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    await connection.execute(_SQL["deal_pairs"], challenge_id, actor.person_id, now, ids, left, right, actor.department)


async def answer_pair(connection: Connection, pair_id: UUID, actor: Actor, answer: PairAnswer, now: datetime) -> bool:
    """Write the answer; False when the pair, an idea, the person or the moment does not allow it."""
    values = (pair_id, actor.person_id, answer, now, actor.department, actor.site)
    return await connection.fetchval(_SQL["answer_pair"], *values) is not None


async def find_pair(connection: Connection, pair_id: UUID, person_id: UUID) -> tuple[UUID, PairRow] | None:
    """The challenge and the pair, if it was dealt to this person."""
    row = await connection.fetchrow(_SQL["find_pair"], pair_id, person_id)
    return None if row is None else (row["challenge_id"], row_as(row, PairRow))
