"""The feed: the server decides which ideas a person judges, so that every idea gets a fair look."""

import secrets
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.feed import Candidate, Card, DealInput, Dealt, Hand
from ideation.entities.people import Actor
from ideation.errors import ChallengeClosed, WrongState
from ideation.ids import new_id
from ideation.queries import feed as feed_queries
from ideation.rules import feed as feed_rules
from ideation.rules.access import require_taking_part
from ideation.rules.challenges import require_visible
from ideation.rules.votes import require_voter
from scoring.feed import seed_for

_SAMPLE = 64


async def deal(connection: Connection, actor: Actor, challenge_id: UUID, form: DealInput, now: datetime) -> Hand:
    """The cards that wait in this sitting, or a new hand: a reload shows the same cards and counts no second view."""
    require_taking_part(actor)
    challenge = await _open_challenge(connection, actor, challenge_id, now)
    sitting = await feed_queries.find_sitting(connection, challenge_id, actor.person_id)
    if sitting is None or not feed_rules.continues(sitting, now):
        sitting_id, last_position, waiting = new_id(), 0, []
    else:
        sitting_id, last_position = sitting.id, sitting.last_position
        waiting = await feed_queries.list_waiting_cards(connection, challenge_id, actor.person_id, sitting_id)
    cards = waiting or await _new_hand(connection, actor, challenge, sitting_id, last_position, form.limit, now)
    return Hand(sitting_id=sitting_id, voting_method=challenge.voting_method, cards=cards)


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


async def _new_hand(
    connection: Connection,
    actor: Actor,
    challenge: Challenge,
    sitting_id: UUID,
    last_position: int,
    count: int,
    now: datetime,
) -> list[Card]:
    candidates = await _candidates(connection, actor, challenge.id, sitting_id, count)
    seed = seed_for(str(challenge.id), str(actor.person_id), str(sitting_id), last_position)
    hand = feed_rules.choose(candidates, challenge.voting_method, count, seed)
    cards = [_card(candidate, position) for position, candidate in enumerate(hand, start=last_position + 1)]
    return await feed_queries.deal_cards(connection, challenge.id, actor, sitting_id, cards, now)


async def _candidates(
    connection: Connection, actor: Actor, challenge_id: UUID, sitting_id: UUID, count: int
) -> list[Candidate]:
    found = await feed_queries.list_candidates(
        connection,
        challenge_id,
        actor.person_id,
        sitting_id,
        entry=secrets.SystemRandom().random(),
        per_level=count,
        sample=max(_SAMPLE, 4 * count),
    )
    if len(found) >= count:
        return found
    # Few are left, or only few beyond the entry: look through the whole challenge.
    return await feed_queries.list_all_candidates(connection, challenge_id, actor.person_id, sitting_id)


def _card(candidate: Candidate, position: int) -> Dealt:
    return Dealt(id=new_id(), idea_id=candidate.idea_id, position=position)
