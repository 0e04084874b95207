"""Comparing ideas two at a time: the server deals the pairs that tell most, and only dealt pairs rank."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.pairs import AnswerPair, DealPairs, Pair, PairedIdea, PairHand, PairRow
from ideation.entities.people import Actor
from ideation.errors import ChallengeClosed, NotFound, OwnIdea, WrongState
from ideation.queries import feed as feed_queries
from ideation.queries import pairs as queries
from ideation.queries import votes as vote_queries
from ideation.rules.access import require_taking_part
from ideation.rules.challenges import require_visible
from ideation.rules.pairs import choose_pairs
from ideation.rules.votes import require_voter
from scoring.feed import seed_for

# So many of the least seen ideas and so many of the best ones compete to be dealt.
_CANDIDATES_PER_SIDE = 250


async def deal(connection: Connection, actor: Actor, challenge_id: UUID, form: DealPairs, now: datetime) -> PairHand:
    """The pairs that wait for this person's answer, or new ones: a reload shows the same and counts no second view."""
    require_taking_part(actor)
    challenge = await _open_challenge(connection, actor, challenge_id, now)
    await queries.hold_person(connection, challenge.id, actor.person_id)
    waiting = await queries.list_waiting_pairs(connection, challenge.id, actor.person_id)
    if not waiting:
        await _deal_new(connection, actor, challenge, form.limit, now)
        waiting = await queries.list_waiting_pairs(connection, challenge.id, actor.person_id)
    return PairHand(challenge_id=challenge.id, pairs=[_pair(row) for row in waiting[: form.limit]])


async def read_pair(connection: Connection, actor: Actor, pair_id: UUID) -> Pair:
    """A pair that was dealt to me, to answer it again."""
    require_taking_part(actor)
    found = await queries.find_pair(connection, pair_id, actor.person_id)
    if found is None:
        raise NotFound("There is no such pair among those dealt to you.")
    return _pair(found[1])


async def answer(connection: Connection, actor: Actor, pair_id: UUID, form: AnswerPair, now: datetime) -> Pair:
    """Answer a dealt pair, or change the answer while voting is open; repeating it changes nothing."""
    require_taking_part(actor)
    found = await queries.find_pair(connection, pair_id, actor.person_id)
    if found is None:
        raise NotFound("There is no such pair among those dealt to you.")
    if not await queries.answer_pair(connection, pair_id, actor, form.answer, now):
        await _open_challenge(connection, actor, found[0], now)
        for idea_id in (found[1].left_id, found[1].right_id):
            if await vote_queries.is_author_of_folded(connection, idea_id, actor.person_id):
                raise OwnIdea
        raise NotFound("One of these ideas is no longer open to you; ask for another pair.")
    answered = await queries.find_pair(connection, pair_id, actor.person_id)
    return _pair((answered or found)[1])


async def _open_challenge(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Challenge:
    found = await feed_queries.open_feed(connection, challenge_id, actor.person_id, now)
    if found is None:
        return require_visible(actor, None)
    challenge = require_visible(actor, found.challenge, panel_member=found.panel_member)
    require_voter(actor, challenge)
    if challenge.voting_method is not VotingMethod.PAIRWISE:
        raise WrongState(
            "This challenge is not voted on by comparing two ideas.",
            voting_method=challenge.voting_method,
            reason="not-in-pairs",
        )
    if not found.takes_votes:
        raise ChallengeClosed(
            "This challenge takes no votes at the moment.",
            vote_opens_at=challenge.vote_opens_at,
            vote_closes_at=challenge.vote_closes_at,
            reason="no-votes-now",
        )
    return challenge


async def _deal_new(connection: Connection, actor: Actor, challenge: Challenge, count: int, now: datetime) -> None:
    candidates = await queries.list_candidates(connection, challenge.id, actor.person_id, _CANDIDATES_PER_SIDE)
    met = await queries.list_met(connection, challenge.id, actor.person_id)
    seed = seed_for(str(challenge.id), str(actor.person_id), "pairs", len(met))
    chosen = choose_pairs(candidates, met, count, seed)
    if chosen:
        await queries.deal_pairs(connection, challenge.id, actor, chosen, now)


def _pair(row: PairRow) -> Pair:
    return Pair(
        id=row.id,
        left=PairedIdea(idea_id=row.left_id, title=row.left_title, body=row.left_body, tags=row.left_tags),
        right=PairedIdea(idea_id=row.right_id, title=row.right_title, body=row.right_body, tags=row.right_tags),
        dealt_at=row.dealt_at,
        answer=row.answer,
    )
