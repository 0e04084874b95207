"""Voting: answers to dealt cards, which rank, and votes from anywhere else, which support."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from ideation.database import Connection
from ideation.entities.challenges import TOKEN_METHODS, Challenge, VotingMethod
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.ideas import Idea
from ideation.entities.people import Actor, Scope
from ideation.entities.votes import Answer, AnswerInput, CountRow, GivenVote, Vote, VoteCounts, VoteRow
from ideation.errors import ChallengeClosed, Forbidden, Invalid, NotFound, OwnIdea
from ideation.queries import challenges as challenge_queries
from ideation.queries import ideas as idea_queries
from ideation.queries import votes as vote_queries
from ideation.rules.access import require_scope, require_taking_part
from ideation.rules.challenges import require_visible
from ideation.rules.ideas import require_visible_idea
from ideation.rules.votes import (
    answer_of,
    may_see_counts,
    methods_of,
    require_answer_of_method,
    require_voter,
    value_of,
)


def answer_to_card(actor: Actor, card_id: UUID, form: AnswerInput, now: datetime) -> GivenVote:
    """An answer as `queries.votes.answer_cards` writes it, once this person may take part."""
    require_taking_part(actor)
    return _given(actor, card_id, form, now)


def support_of_idea(actor: Actor, idea_id: UUID, form: AnswerInput, now: datetime) -> GivenVote:
    """A vote through a link as `queries.votes.put_votes` writes it, once this person may take part."""
    require_taking_part(actor)
    require_scope(actor, Scope.READ)
    return _given(actor, idea_id, form, now)


async def answer_card(connection: Connection, actor: Actor, card_id: UUID, form: AnswerInput, now: datetime) -> Vote:
    """Answer a dealt card, or change the answer while voting is open; repeating it changes nothing."""
    row = (await vote_queries.answer_cards(connection, [answer_to_card(actor, card_id, form, now)]))[0]
    if row is None:
        await _refuse_card(connection, actor, card_id, form.answer, now)
        raise ChallengeClosed
    return vote_of(row)


async def put_vote(connection: Connection, actor: Actor, idea_id: UUID, form: AnswerInput, now: datetime) -> Vote:
    """Support an idea through its link. It never ranks; after an answered card it changes that answer instead.

    A vote on a merged idea goes to the idea that is shown in its place; an answered card of a merged idea changes too.
    """
    given = support_of_idea(actor, idea_id, form, now)
    # The statement checks everything itself, visibility too; the way round is for merged ideas, and to say why not.
    row = (await vote_queries.put_votes(connection, [given]))[0]
    if row is not None:
        return vote_of(row)
    idea, challenge = await _visible(connection, actor, idea_id, now)
    survivor_id = await _survivor(connection, actor, idea, challenge)
    row = (await vote_queries.put_votes(connection, [replace(given, target_id=survivor_id)]))[0]
    row = row or await _change_merged_answer(connection, given, survivor_id)
    if row is None:
        await _refuse(connection, actor, challenge, survivor_id, form.answer, now)
        raise Invalid(
            "Through its link you can only support an idea; answer its card in the feed to say no or skip.",
            reason="support-only",
        )
    return vote_of(row)


async def _change_merged_answer(connection: Connection, given: GivenVote, survivor_id: UUID) -> VoteRow | None:
    card_id = await vote_queries.find_merged_card(connection, survivor_id, given.actor.person_id)
    if card_id is None:
        return None
    return (await vote_queries.answer_cards(connection, [replace(given, target_id=card_id)]))[0]


def vote_of(row: VoteRow) -> Vote:
    """A written vote as people see it."""
    answer = answer_of(row.value, VotingMethod(row.voting_method))
    return Vote(idea_id=row.idea_id, answer=answer, ranks=row.dealt, updated_at=row.updated_at)


async def remove_vote(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> None:
    """Take one's vote back while voting is open, also one that was given to what was merged into the idea.

    Without one nothing happens.
    """
    require_taking_part(actor)
    idea, challenge = await _visible(connection, actor, idea_id, now)
    require_voter(actor, challenge)
    survivor_id = await _survivor(connection, actor, idea, challenge)
    if not await vote_queries.remove_vote(connection, survivor_id, actor.person_id, now):
        raise _closed(challenge)


async def tokens_left(connection: Connection, actor: Actor, challenge: ChallengeOut, on: UUID | None) -> int | None:
    """Tokens or lemons I may still give, those I gave this idea among them; None where votes are not tokens."""
    if challenge.voting_method not in TOKEN_METHODS:
        return None
    spent = await vote_queries.spent_tokens(connection, challenge.id, actor.person_id, on)
    return max(0, challenge.token_budget - spent)


async def read_counts(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> VoteCounts:
    """The counts of an idea, for those who may see them; merged ideas are counted with the one shown in their place."""
    idea, challenge = await _visible(connection, actor, idea_id, now)
    survivor_id = await _survivor(connection, actor, idea, challenge)
    own = await vote_queries.find_vote(connection, survivor_id, actor.person_id)
    owes_review = await vote_queries.owes_review(connection, survivor_id, actor.person_id)
    if not may_see_counts(actor, challenge, answered=own is not None, owes_review=owes_review):
        raise Forbidden("The counts of this idea are shown once you have answered it.", reason="counts-after-answer")
    counts = await vote_queries.count_votes(connection, [survivor_id])
    return _counts(survivor_id, challenge.voting_method, counts[survivor_id], own)


async def _visible(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> tuple[Idea, Challenge]:
    idea = await idea_queries.find_idea(connection, idea_id)
    # As much is asked for an idea that is not there as for one that is hidden.
    challenge, panel_member = await challenge_queries.find_challenge_for(
        connection, idea_id if idea is None else idea.challenge_id, actor.person_id, now
    )
    author = await idea_queries.is_author(connection, idea_id, actor.person_id)
    visible = require_visible(actor, challenge, panel_member=panel_member, asked_for="idea")
    return require_visible_idea(actor, visible, idea, author=author), visible


async def _survivor(connection: Connection, actor: Actor, idea: Idea, challenge: Challenge) -> UUID:
    """The idea shown in place of a merged one; it must be visible like any other."""
    if idea.canonical_id is None:
        return idea.id
    survivor_id = await vote_queries.survivor_of(connection, idea.id) or idea.id
    author = await idea_queries.is_author(connection, survivor_id, actor.person_id)
    survivor = await idea_queries.find_idea(connection, survivor_id)
    return require_visible_idea(actor, challenge, survivor, author=author).id


async def _refuse_card(connection: Connection, actor: Actor, card_id: UUID, answer: Answer, now: datetime) -> None:
    """Find out why a card could not be answered, and say it."""
    card = await vote_queries.find_card(connection, card_id, actor.person_id)
    if card is None:
        raise NotFound("There is no such card in your feed.")
    _, challenge = await _visible(connection, actor, card[1], now)
    await _refuse(connection, actor, challenge, card[1], answer, now)


async def _refuse(
    connection: Connection, actor: Actor, challenge: Challenge, idea_id: UUID, answer: Answer, now: datetime
) -> None:
    require_voter(actor, challenge)
    require_answer_of_method(answer, challenge.voting_method)
    if await vote_queries.is_author_of_folded(connection, idea_id, actor.person_id):
        raise OwnIdea
    if not await vote_queries.takes_votes(connection, challenge.id, now):
        raise _closed(challenge)


def _closed(challenge: Challenge) -> ChallengeClosed:
    return ChallengeClosed(
        "This challenge takes no votes at the moment.",
        vote_opens_at=challenge.vote_opens_at,
        vote_closes_at=challenge.vote_closes_at,
        reason="no-votes-now",
    )


def _given(actor: Actor, target_id: UUID, form: AnswerInput, now: datetime) -> GivenVote:
    methods = methods_of(form.answer)
    return GivenVote(
        target_id=target_id,
        actor=actor,
        value=value_of(form.answer),
        methods=None if methods is None else [str(method) for method in methods],
        at=now,
    )


def _counts(idea_id: UUID, method: VotingMethod, counts: CountRow, own: VoteRow | None) -> VoteCounts:
    stars = method is VotingMethod.STARS
    return VoteCounts(
        idea_id=idea_id,
        views=counts.views,
        yes=0 if stars else counts.positive,
        no=counts.no,
        skips=counts.skips,
        ratings=counts.positive if stars else 0,
        mean_stars=counts.mean_stars if stars else None,
        supporters=counts.supporters,
        own_answer=None if own is None else answer_of(own.value, method),
    )
