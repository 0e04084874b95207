"""Making a shortlist, showing it, changing it by hand."""

import asyncio
import zlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.actions.panel_rankings import refuse_open_reviews
from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.challenges import Challenge, ChallengeState
from ideation.entities.ideas import Idea, IdeaState
from ideation.entities.people import Actor
from ideation.entities.rankings import CrowdInputs
from ideation.entities.shortlists import (
    MakeShortlist,
    Price,
    RankedCandidate,
    ShortlistChange,
    ShortlistMethod,
    ShortlistOut,
    StoredShortlist,
)
from ideation.errors import Invalid, NotFound, PreconditionFailed, WrongState
from ideation.queries import audit
from ideation.queries import shortlists as queries
from ideation.queries.assignments import count_reviews, latest_crowd_ranking
from ideation.queries.challenges import find_challenge, is_panel_member
from ideation.queries.ideas import find_idea
from ideation.queries.rankings import read_inputs
from ideation.rules.challenges import require_visible, runs_challenge
from ideation.rules.reviews import panel_may_see_ranks
from ideation.rules.shortlists import changed_order, choose
from ideation.rules.shortlists_budget import choose_for_crowd, choose_for_sponsor

# Only the best so many ideas a place compete for the list: further down, no diversity is worth the score.
CANDIDATES_PER_PLACE = 20
LEAST_CANDIDATES = 500


async def make_shortlist(
    connection: Connection, actor: Actor, challenge_id: UUID, input: MakeShortlist, now: datetime
) -> ShortlistOut:
    """A new shortlist from the latest ranking; an earlier one, with its changes, stays in the record."""
    challenge = await _challenge_to_change(connection, actor, challenge_id, now)
    if (input.budget is None) != (input.method is ShortlistMethod.DIVERSE):
        raise Invalid(
            "A budget goes with the methods knapsack and equal_shares, and those with a budget.",
            reason="budget-and-method",
        )
    size = input.size or challenge.shortlist_size
    ranking_id = await queries.latest_ranking(connection, challenge.id)
    if ranking_id is None:
        raise WrongState("There is no ranking yet to make a shortlist from.", reason="shortlist-no-ranking")
    limit = max(LEAST_CANDIDATES, CANDIDATES_PER_PLACE * size)
    # What is approved has its money: a budget is for the others.
    candidates = await queries.list_candidates(connection, ranking_id, limit, unapproved=input.budget is not None)
    if not candidates:
        raise WrongState("No ranked idea is waiting for a decision.", reason="shortlist-no-idea")
    chosen, price = await _choose(connection, challenge, input, candidates, size)
    shortlist_id = await queries.add_shortlist(
        connection, challenge.id, ranking_id, chosen, size, price, actor.person_id, now
    )
    await audit.record(
        connection,
        action="shortlist.make",
        subject_kind="shortlist",
        subject_id=shortlist_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge.id,
        details={"size": size, "ranking_id": str(ranking_id), "method": input.method, "price": price.text},
    )
    return await _out(connection, await _latest(connection, challenge.id))


async def _choose(
    connection: Connection,
    challenge: Challenge,
    input: MakeShortlist,
    candidates: Sequence[RankedCandidate],
    size: int,
) -> tuple[list[UUID], Price]:
    if input.budget is None:
        return await asyncio.to_thread(choose, candidates, size)
    if input.method is ShortlistMethod.KNAPSACK:
        return await asyncio.to_thread(choose_for_sponsor, candidates, size, input.budget)
    votes = await _read_votes(connection, challenge.id)
    return await asyncio.to_thread(choose_for_crowd, candidates, size, input.budget, votes)


async def _read_votes(connection: Connection, challenge_id: UUID) -> CrowdInputs:
    """The answers behind the latest ranking by the crowd, so that the list can be recomputed from what is stored."""
    ranking_id = await latest_crowd_ranking(connection, challenge_id)
    stored = None if ranking_id is None else await read_inputs(connection, ranking_id)
    if stored is None:
        raise WrongState(
            "There is no ranking by the crowd yet whose voters could share a budget.", reason="shortlist-no-voters"
        )
    return msgspec.msgpack.decode(zlib.decompress(stored.inputs), type=CrowdInputs)


async def read_shortlist(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ShortlistOut:
    """The latest shortlist, for those who run the challenge and owe no review, and for its panel after reviewing."""
    challenge = await find_challenge(connection, challenge_id, now)
    member = await is_panel_member(connection, challenge_id, actor.person_id)
    visible = require_visible(actor, challenge, panel_member=member)
    await refuse_open_reviews(connection, actor, visible, now)
    if not runs_challenge(actor, visible):
        counts = await count_reviews(connection, challenge_id, actor.person_id)
        if not member or not panel_may_see_ranks(visible, now, counts):
            raise NotFound("There is no shortlist here that you can see.")
    return await _out(connection, await _latest(connection, challenge_id))


async def change_shortlist(
    connection: Connection, actor: Actor, challenge_id: UUID, change: ShortlistChange, version: int, now: datetime
) -> ShortlistOut:
    """Add, remove or move one idea by hand; the reason stays with it."""
    challenge = await _challenge_to_change(connection, actor, challenge_id, now)
    stored = await _latest(connection, challenge_id)
    if not await queries.bump_version(connection, stored.id, version):
        raise PreconditionFailed(current_version=stored.version)
    order = changed_order(await queries.list_order(connection, stored.id), change)
    if change.idea_id in order:
        _require_choosable(await find_idea(connection, change.idea_id), challenge)
        await queries.put_entry(connection, stored.id, change.idea_id, actor.person_id, change.reason)
    else:
        await queries.remove_entry(connection, stored.id, change.idea_id)
    await queries.number_entries(connection, stored.id, order)
    await _record_change(connection, actor, stored, change, now)
    return await _out(connection, await _latest(connection, challenge_id))


async def _challenge_to_change(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> Challenge:
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    if challenge.state not in (ChallengeState.RUNNING, ChallengeState.IN_REVIEW):
        raise WrongState(
            "A shortlist is made while a challenge is running or in review.",
            state=challenge.state,
            reason="shortlist-wrong-time",
        )
    await refuse_open_reviews(connection, actor, challenge, now)
    return challenge


def _require_choosable(idea: Idea | None, challenge: Challenge) -> None:
    if idea is None or idea.challenge_id != challenge.id or idea.submitted_at is None:
        raise NotFound("There is no such idea in this challenge.")
    if idea.canonical_id is not None:
        raise WrongState("This idea was merged into another one; put that one on the list.", reason="shortlist-merged")
    if idea.hidden_at is not None or idea.state is IdeaState.WITHDRAWN:
        raise WrongState("This idea was hidden or withdrawn.", state=idea.state, reason="idea-gone")


async def _latest(connection: Connection, challenge_id: UUID) -> StoredShortlist:
    stored = await queries.latest(connection, challenge_id)
    if stored is None:
        raise NotFound("There is no shortlist yet.")
    return stored


async def _out(connection: Connection, stored: StoredShortlist) -> ShortlistOut:
    entries = await queries.list_entries(connection, stored.id, stored.ranking_id)
    return ShortlistOut(
        id=stored.id,
        challenge_id=stored.challenge_id,
        ranking_id=stored.ranking_id,
        ranking_kind=await queries.ranking_kind(connection, stored.ranking_id),
        size=stored.size,
        price=stored.price,
        cost=sum(entry.cost or 0.0 for entry in entries),
        entries=entries,
        changes=await queries.list_changes(connection, stored.id),
        created_at=stored.created_at,
        version=stored.version,
    )


async def _record_change(
    connection: Connection, actor: Actor, stored: StoredShortlist, change: ShortlistChange, now: datetime
) -> None:
    kind = type(change).__struct_config__.tag
    await audit.record(
        connection,
        action="shortlist.change",
        subject_kind="shortlist",
        subject_id=stored.id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=stored.challenge_id,
        details={"change": kind, "idea_id": str(change.idea_id), "reason": change.reason},
    )
