"""SQL of the feed."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.feed import Candidate, Card, Dealt, OpenFeed, Sitting
from ideation.entities.people import Actor
from ideation.queries import load_statements

_SQL = load_statements("feed")


async def open_feed(connection: Connection, challenge_id: UUID, person_id: UUID, now: datetime) -> OpenFeed | None:
    """The challenge with what decides about its feed; a second request of this person waits until our commit."""
    row = await connection.fetchrow(_SQL["open_feed"], challenge_id, person_id, now)
    if row is None:
        return None
    challenge = msgspec.convert(row, Challenge)
    return OpenFeed(challenge=challenge, panel_member=row["panel_member"], takes_votes=bool(row["takes_votes"]))


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
    sitting_id: UUID,
    *,
    entry: float,
    per_level: int,
    sample: int,
) -> list[Candidate]:
    """Ideas this person may be dealt: some of the least seen and a random sample, each once."""
    rows = await connection.fetch(
        _SQL["list_candidates"], challenge_id, person_id, sitting_id, entry, per_level, sample
    )
    return msgspec.convert(list({row["idea_id"]: row for row in rows}.values()), list[Candidate])


async def list_all_candidates(
    connection: Connection, challenge_id: UUID, person_id: UUID, sitting_id: UUID
) -> list[Candidate]:
    """Every idea this person may still be dealt."""
    rows = await connection.fetch(_SQL["list_all_candidates"], challenge_id, person_id, sitting_id)
    return msgspec.convert(rows, list[Candidate])


async def deal_cards(
    connection: Connection, challenge_id: UUID, actor: Actor, sitting_id: UUID, cards: list[Dealt], now: datetime
) -> list[Card]:
    """Log the cards as dealt and return them; nothing when voting is not open at `now`."""
    rows = await connection.fetch(
        _SQL["deal_cards"],
        challenge_id,
        actor.person_id,
        sitting_id,
        now,
        [card.id for card in cards],
        [card.idea_id for card in cards],
        [card.position for card in cards],
        actor.department,
    )
    return msgspec.convert(rows, list[Card])
