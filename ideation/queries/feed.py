"""SQL of the feed."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.feed import Candidate, Card, Dealt, Sitting
from ideation.queries import load_statements

_SQL = load_statements("feed")


async def lock_feed(connection: Connection, challenge_id: UUID, person_id: UUID) -> None:
    """Wait until no other request deals to this person in this challenge; held until the commit."""
    await connection.execute(_SQL["lock_feed"], challenge_id, person_id)


async def find_sitting(connection: Connection, challenge_id: UUID, person_id: UUID) -> Sitting | None:
    """The person's latest sitting."""
    row = await connection.fetchrow(_SQL["find_sitting"], person_id, challenge_id)
    return None if row is None else msgspec.convert(row, Sitting)


async def list_waiting_cards(
    connection: Connection, challenge_id: UUID, person_id: UUID, sitting_id: UUID
) -> list[Card]:
    """Cards of the sitting without an answer, in the order they were dealt."""
    rows = await connection.fetch(_SQL["list_waiting_cards"], person_id, challenge_id, sitting_id)
    return msgspec.convert(rows, list[Card])


async def list_candidates(
    connection: Connection,
    challenge_id: UUID,
    person_id: UUID,
    *,
    department: str,
    sitting_id: UUID,
    entry: float,
    per_level: int,
    sample: int,
) -> list[Candidate]:
    """Ideas this person may be dealt: some of the least seen and a random sample, in the order of their ids."""
    rows = await connection.fetch(
        _SQL["list_candidates"], challenge_id, person_id, department, sitting_id, entry, per_level, sample
    )
    return msgspec.convert(rows, list[Candidate])


async def deal_cards(
    connection: Connection, challenge_id: UUID, person_id: UUID, sitting_id: UUID, cards: list[Dealt], now: datetime
) -> list[Card]:
    """Log the cards as dealt and return them; nothing when voting is not open at `now`."""
    rows = await connection.fetch(
        _SQL["deal_cards"],
        challenge_id,
        person_id,
        sitting_id,
        now,
        [card.id for card in cards],
        [card.idea_id for card in cards],
        [card.position for card in cards],
        [card.own_department for card in cards],
    )
    return msgspec.convert(rows, list[Card])
