"""SQL of the feed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from ideation.database import Connection
from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.feed import AskedHand, Candidates, Card, Dealt, NewHand, OpenFeed, OpenHand, Sitting
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("feed")
_NO_CANDIDATES = Candidates(idea_ids=[], views=[], effective_views=[], yes=[], stars_sum=[], stars_count=[])


async def open_feed(connection: Connection, challenge_id: UUID, person_id: UUID, now: datetime) -> OpenFeed | None:
    """The challenge with what decides about its feed; a second request of this person waits until our commit."""
    row = await connection.fetchrow(_SQL["open_feed"], challenge_id, person_id, now)
    if row is None:
        return None
    challenge = row_as(row, Challenge)
    return OpenFeed(challenge=challenge, panel_member=row["panel_member"], takes_votes=bool(row["takes_votes"]))


async def find_sitting(connection: Connection, challenge_id: UUID, person_id: UUID) -> Sitting | None:
    """The person's latest sitting."""
    row = await connection.fetchrow(_SQL["find_sitting"], person_id, challenge_id)
    return None if row is None else row_as(row, Sitting)


async def list_waiting_cards(
    connection: Connection, challenge_id: UUID, person_id: UUID, sitting_id: UUID
) -> list[Card]:
    """Cards of the sitting without an answer, in the order they were dealt."""
    rows = await connection.fetch(_SQL["list_waiting_cards"], person_id, challenge_id, sitting_id)
    return rows_as(rows, Card)


async def hold_feeds(connection: Connection, asked: Sequence[AskedHand]) -> None:
    """Make other requests of these people for the same cards wait until our commit."""
    await connection.execute(
        _SQL["hold_feeds"], [one.challenge_id for one in asked], [one.actor.person_id for one in asked]
    )


async def open_hands(connection: Connection, asked: Sequence[AskedHand]) -> list[OpenHand | None]:
    """How the feed of each of these people stands; None for whoever may not be dealt cards."""
    rows = await connection.fetch(
        _SQL["open_hands"],
        [one.challenge_id for one in asked],
        [one.actor.person_id for one in asked],
        [one.at for one in asked],
        [one.actor.department for one in asked],
        [one.actor.site for one in asked],
    )
    found: dict[int, OpenHand] = {row["place"]: _open_hand(row) for row in rows}
    return [found.get(place) for place in range(1, len(asked) + 1)]


def _open_hand(row: asyncpg.Record) -> OpenHand:
    return OpenHand(
        voting_method=VotingMethod(row["voting_method"]),
        sitting=None if row["id"] is None else row_as(row, Sitting),
        waits=row["waits"],
    )


async def list_candidates(
    connection: Connection, hands: Sequence[NewHand], *, entries: list[float], sample: int
) -> list[Candidates]:
    """Ideas that may be dealt in each hand: some of the least seen and at least `sample` at random, each once.

    `entries`: for each hand where among the shuffled ideas to begin, 0 to 1.
    """
    rows = await connection.fetch(
        _SQL["list_candidates"],
        [hand.asked.challenge_id for hand in hands],
        [hand.asked.actor.person_id for hand in hands],
        [hand.sitting_id for hand in hands],
        entries,
        [hand.asked.count for hand in hands],
        [max(sample, 4 * hand.asked.count) for hand in hands],
    )
    found = {row["place"]: _candidates(row) for row in rows}
    return [found.get(place, _NO_CANDIDATES) for place in range(1, len(hands) + 1)]


async def list_all_candidates(connection: Connection, hand: NewHand) -> Candidates:
    """Every idea that may still be dealt in a hand."""
    asked = hand.asked
    row = await connection.fetchrow(
        _SQL["list_all_candidates"], asked.challenge_id, asked.actor.person_id, hand.sitting_id
    )
    assert row is not None
    return _candidates(row)


def _candidates(row: asyncpg.Record) -> Candidates:
    return Candidates(**{name: row[name] for name in Candidates.__struct_fields__})


async def deal_cards(
    connection: Connection, hands: Sequence[NewHand], cards: Sequence[Sequence[Dealt]]
) -> list[list[Card]]:
    """Log the cards of each hand as dealt and return them; none of a hand whose challenge takes no votes by then."""
    flat = [(hand.sitting_id, card) for hand, theirs in zip(hands, cards, strict=True) for card in theirs]
    rows = await connection.fetch(
        _SQL["deal_cards"],
        [hand.asked.challenge_id for hand in hands],
        [hand.asked.actor.person_id for hand in hands],
        [hand.sitting_id for hand in hands],
        [hand.asked.at for hand in hands],
        [hand.asked.actor.department for hand in hands],
        [sitting_id for sitting_id, _ in flat],
        [card.id for _, card in flat],
        [card.idea_id for _, card in flat],
        [card.position for _, card in flat],
    )
    dealt: dict[UUID, list[Card]] = {hand.sitting_id: [] for hand in hands}
    for row in rows:
        dealt[row["sitting_id"]].append(Card(**{name: row[name] for name in Card.__struct_fields__}))
    return [dealt[hand.sitting_id] for hand in hands]
