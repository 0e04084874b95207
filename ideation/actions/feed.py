"""The feed: the server decides which ideas a person judges, so that every idea gets a fair look."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.feed import (
    AskedHand,
    Candidates,
    Card,
    DealInput,
    Dealt,
    Hand,
    NewHand,
    OpenHand,
    Sitting,
)
from ideation.entities.people import Actor, Scope
from ideation.errors import ChallengeClosed, WrongState
from ideation.ids import new_id
from ideation.queries import feed as feed_queries
from ideation.rules import feed as feed_rules
from ideation.rules.access import require_scope, require_taking_part
from ideation.rules.challenges import require_visible
from ideation.rules.votes import require_voter
from scoring.feed import seed_for

_SAMPLE = 64


def ask(actor: Actor, challenge_id: UUID, form: DealInput, now: datetime) -> AskedHand:
    """What `deal_together` takes, once this person may take part."""
    require_taking_part(actor)
    require_scope(actor, Scope.READ)
    return AskedHand(actor=actor, challenge_id=challenge_id, count=form.limit, at=now)


async def deal(connection: Connection, actor: Actor, challenge_id: UUID, form: DealInput, now: datetime) -> Hand:
    """The cards that wait in this sitting, or a new hand: a reload shows the same cards and counts no second view."""
    asked = ask(actor, challenge_id, form, now)
    challenge = await _open_challenge(connection, actor, challenge_id, now)
    sitting = await feed_queries.find_sitting(connection, challenge_id, actor.person_id)
    hand = _next_hand(asked, challenge.voting_method, sitting)
    cards: list[Card] = []
    if sitting is not None and hand.sitting_id == sitting.id:
        cards = await feed_queries.list_waiting_cards(connection, challenge_id, actor.person_id, sitting.id)
    if not cards:
        cards = await _new_cards(connection, hand)
    return _hand(hand, cards)


async def deal_together(connection: Connection, asked: Sequence[AskedHand]) -> list[Hand | None]:
    """New hands, in this transaction; None for whoever needs `deal`, which knows waiting cards and says why not.

    No two may be of the same person in the same challenge.
    """
    await feed_queries.hold_feeds(connection, asked)
    found = await feed_queries.open_hands(connection, asked)
    hands = [_hand_of(one, feed) for one, feed in zip(asked, found, strict=True)]
    new = [hand for hand in hands if hand is not None]
    dealt = {hand.sitting_id: hand for hand in await _deal_new(connection, new)} if new else {}
    return [None if hand is None else dealt.get(hand.sitting_id) for hand in hands]


async def _deal_new(connection: Connection, hands: Sequence[NewHand]) -> list[Hand]:
    """Those of the hands for which a sample of the challenge holds enough, and whose challenge still takes votes."""
    candidates = await _sample(connection, hands)
    pairs = [(hand, some) for hand, some in zip(hands, candidates, strict=True) if _is_enough(hand, some)]
    cards = await _log(connection, pairs) if pairs else []
    return [_hand(hand, theirs) for (hand, _), theirs in zip(pairs, cards, strict=True) if theirs]


def _hand_of(asked: AskedHand, feed: OpenHand | None) -> NewHand | None:
    if feed is None or (feed.waits and feed_rules.continues(feed.sitting, asked.at)):
        return None
    return _next_hand(asked, feed.voting_method, feed.sitting)


def _next_hand(asked: AskedHand, method: VotingMethod, sitting: Sitting | None) -> NewHand:
    """In the latest sitting if it goes on, otherwise in a new one."""
    if sitting is None or not feed_rules.continues(sitting, asked.at):
        return NewHand(asked=asked, voting_method=method, sitting_id=new_id(), last_position=0)
    return NewHand(asked=asked, voting_method=method, sitting_id=sitting.id, last_position=sitting.last_position)


async def _open_challenge(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Challenge:
    found = await feed_queries.open_feed(connection, challenge_id, actor.person_id, now)
    if found is None:
        return require_visible(actor, None)
    challenge = require_visible(actor, found.challenge, panel_member=found.panel_member)
    require_voter(actor, challenge)
    if challenge.voting_method is VotingMethod.PAIRWISE:
        raise WrongState(
            "This challenge compares two ideas at a time; ask for pairs instead of cards.", reason="asks-in-pairs"
        )
    if not found.takes_votes:
        raise ChallengeClosed(
            "This challenge takes no votes at the moment.",
            vote_opens_at=challenge.vote_opens_at,
            vote_closes_at=challenge.vote_closes_at,
            reason="no-votes-now",
        )
    return challenge


async def _new_cards(connection: Connection, hand: NewHand) -> list[Card]:
    candidates = (await _sample(connection, [hand]))[0]
    if not _is_enough(hand, candidates):
        # Few are left, or only few beyond the entry: look through the whole challenge.
        candidates = await feed_queries.list_all_candidates(connection, hand)
    return (await _log(connection, [(hand, candidates)]))[0]


async def _sample(connection: Connection, hands: Sequence[NewHand]) -> list[Candidates]:
    entries = [secrets.SystemRandom().random() for _ in hands]
    return await feed_queries.list_candidates(connection, hands, entries=entries, sample=_SAMPLE)


def _is_enough(hand: NewHand, candidates: Candidates) -> bool:
    return len(candidates.idea_ids) >= hand.asked.count


async def _log(connection: Connection, pairs: Sequence[tuple[NewHand, Candidates]]) -> list[list[Card]]:
    cards = [_choose(hand, candidates) for hand, candidates in pairs]
    return await feed_queries.deal_cards(connection, [hand for hand, _ in pairs], cards)


def _hand(hand: NewHand, cards: list[Card]) -> Hand:
    return Hand(sitting_id=hand.sitting_id, voting_method=hand.voting_method, cards=cards)


def _choose(hand: NewHand, candidates: Candidates) -> list[Dealt]:
    asked = hand.asked
    seed = seed_for(str(asked.challenge_id), str(asked.actor.person_id), str(hand.sitting_id), hand.last_position)
    chosen = feed_rules.choose(candidates, hand.voting_method, asked.count, seed)
    return [
        Dealt(id=new_id(), idea_id=idea_id, position=position)
        for position, idea_id in enumerate(chosen, start=hand.last_position + 1)
    ]
