"""The panel's jobs: dealing reviews out, asking for further ones, ranking, and publishing results."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec
import numpy as np

from ideation.actions import assignments_dealing as dealing
from ideation.actions import panel_rankings
from ideation.actions.assignments_dealing import AssignmentWork
from ideation.actions.decisions import publish_results as tell_participants
from ideation.actions.panel_rankings_making import make
from ideation.actions.replacements import replace_hindered
from ideation.actions.review_plans import first_reviews, follow_plan
from ideation.entities.assignments import DirectedRequest, Replacement
from ideation.queries.challenges import find_challenge
from ideation.text.normalise import idea_text
from scoring.matching import match
from workers.clustering.expertise import affinity
from workers.context import JobContext

# Somebody changes the panel while we compute: rare, and each try reads anew.
TRIES = 5


class PanelBusyError(Exception):
    """The panel changed during every try; the job is tried again later."""


async def assign_reviews(context: JobContext) -> None:
    """Deal the best ideas out to the panel; only what is still missing."""
    reviews = context.arguments.get("reviews_per_idea")
    if reviews is None:
        challenge = await find_challenge(context.connection, context.subject_id, context.now)
        if challenge is None:
            return
        reviews = await first_reviews(context.connection, challenge.id, challenge.reviews_per_idea)
    await _deal(
        context,
        context.subject_id,
        lambda: dealing.read_first_round(context.connection, context.subject_id, context.now, reviews),
    )


async def direct_reviews(context: JobContext) -> None:
    """Ask for a further batch of reviews where they tell most, unless enough is known."""
    request = msgspec.convert(context.arguments, DirectedRequest)
    await _deal(
        context,
        context.subject_id,
        lambda: dealing.read_directed_round(context.connection, context.subject_id, context.now, request),
    )


async def replace_reviewer(context: JobContext) -> None:
    """Ask somebody else for a review that its reviewer cannot write."""
    wanted = msgspec.convert(context.arguments, Replacement)
    await _deal(
        context,
        wanted.challenge_id,
        lambda: dealing.read_replacement(context.connection, wanted, context.now),
    )


async def rank_panel(context: JobContext) -> None:
    """Rank all ideas by the sent reviews, then go on with the plan of reviews; the same inputs are stored once."""
    inputs = await panel_rankings.read_inputs(context.connection, context.subject_id, context.now)
    if inputs is None:
        return
    computed = await asyncio.to_thread(make, inputs)
    async with context.connection.transaction():
        await panel_rankings.store(context.connection, inputs, computed, context.now)
        await follow_plan(context.connection, context.subject_id, context.now)


async def publish_results(context: JobContext) -> None:
    """Tell everybody who took part that the results are out."""
    async with context.connection.transaction():
        await tell_participants(context.connection, context.subject_id, context.now)


async def _deal(context: JobContext, challenge_id: UUID, read: Callable[[], Awaitable[AssignmentWork | None]]) -> None:
    async with context.connection.transaction():
        await replace_hindered(context.connection, challenge_id, context.now)
    for _ in range(TRIES):
        work = await read()
        if work is None:
            return
        places = await asyncio.to_thread(_match, work)
        async with context.connection.transaction():
            if await dealing.store_assignments(context.connection, work, places, context.now):
                return
    raise PanelBusyError("The panel kept changing while reviews were dealt out.")


def _match(work: AssignmentWork) -> list[tuple[int, int]]:
    """(reviewer, idea) places of the reviews to ask for."""
    conflict = np.zeros((len(work.panel), len(work.pool)), dtype=np.bool_)
    if work.forbidden:
        conflict[tuple(np.array(work.forbidden).T)] = True
    reviewers, ideas = match(
        affinity=affinity(_texts_by_reviewer(work), [idea_text(idea.title, idea.body) for idea in work.pool]),
        conflict=conflict,
        reviews_needed=work.needed,
        load_limit=[member.room for member in work.panel],
        reviewer_group=work.reviewer_group,
        idea_group=work.idea_group,
    )
    return list(zip(reviewers.tolist(), ideas.tolist(), strict=True))


def _texts_by_reviewer(work: AssignmentWork) -> list[list[str]]:
    texts: dict[UUID, list[str]] = {member.person_id: [] for member in work.panel}
    for written in work.written:
        texts[written.person_id].append(written.text)
    return list(texts.values())
