"""What the jobs that deal reviews out read before they compute, and what they write afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import numpy as np

from ideation.actions.notifications import notify_all
from ideation.actions.panel_rankings import unpack
from ideation.actions.replacements import replace_conflicted
from ideation.database import Connection
from ideation.entities.assignments import (
    Capacity,
    Chance,
    DirectedRequest,
    LatestRanking,
    Pair,
    PersonText,
    PoolText,
    Replacement,
)
from ideation.entities.challenges import Challenge
from ideation.entities.rankings import RankingKind
from ideation.queries import assignments as queries
from ideation.queries import audit
from ideation.queries.challenges import find_challenge
from ideation.queries.conflicts import list_conflicts
from ideation.queries.rankings import read_inputs
from ideation.rules.assignments import choose_pool, due_at, in_random_order, panel_is_at_work, reviews_needed
from ideation.rules.assignments_linking import Linking, choose_anchors, linking
from ideation.rules.panel_rankings import chances_to_settle
from ideation.rules.reviews import reviewing_is_over
from scoring.directed import next_batch

TEXTS_PER_REVIEWER = 200


class AssignmentWork(msgspec.Struct, frozen=True, kw_only=True):
    """Ideas that need reviews and the panel that could write them.

    `needed`: further reviews for each idea of `pool`, 0 for an anchor. `forbidden`: (reviewer, idea) places in `panel`
    and `pool` that must not meet, or met before. `reviewer_group`, `idea_group`: who shares ideas with whom so far, −1
    where that does not matter. `before`: the assignments and loads this was read from. `requested_at`: which directed
    round this is, None for other dealings.
    """

    challenge: Challenge
    pool: list[PoolText]
    needed: list[int]
    panel: list[Capacity]
    forbidden: list[tuple[int, int]]
    reviewer_group: list[int]
    idea_group: list[int]
    written: list[PersonText]
    before: tuple[list[Pair], list[Capacity]]
    requested_at: datetime | None = None


async def read_first_round(
    connection: Connection, challenge_id: UUID, now: datetime, reviews_per_idea: int
) -> AssignmentWork | None:
    """The pool and what each of its ideas still lacks; None when nothing is missing or the time is over."""
    challenge = await find_challenge(connection, challenge_id, now)
    if challenge is None or not panel_is_at_work(challenge):
        return None
    pool = await _read_pool(connection, challenge)
    pairs = await queries.list_pairs(connection, challenge_id)
    needed = dict(zip(pool, reviews_needed(pool, pairs, reviews_per_idea), strict=True))
    missing = {idea: count for idea, count in needed.items() if count}
    # A first review each joins nobody yet: the batches that follow do.
    return await _work(connection, challenge, missing, pairs, linking([]))


async def read_directed_round(
    connection: Connection, challenge_id: UUID, now: datetime, request: DirectedRequest
) -> AssignmentWork | None:
    """One further review for each of the ideas where it tells most, by people who join the groups of reviewers that
    share no idea yet; None once the target is reached, or when this request was served before (a job may run twice)."""
    challenge = await find_challenge(connection, challenge_id, now)
    ranking = await queries.latest_ranking(connection, challenge_id)
    if challenge is None or ranking is None or not panel_is_at_work(challenge):
        return None
    if await queries.is_round_dealt(connection, challenge_id, request.requested_at):
        return None
    if ranking.expected_wrong_calls is not None and ranking.expected_wrong_calls <= request.target_wrong_calls:
        return None
    pool = await _read_pool(connection, challenge)
    batch = await _choose_batch(connection, challenge, pool, ranking, request.batch_size)
    pairs = await queries.list_pairs(connection, challenge_id)
    needed = dict.fromkeys(choose_anchors(pool, pairs), 0) | dict.fromkeys(batch, 1)
    work = await _work(connection, challenge, needed, pairs, linking(pairs))
    return None if work is None else msgspec.structs.replace(work, requested_at=request.requested_at)


async def read_replacement(connection: Connection, replacement: Replacement, now: datetime) -> AssignmentWork | None:
    """What one idea lacks of the reviews it had been asked for; None when it lacks none, or needs none any more."""
    challenge = await find_challenge(connection, replacement.challenge_id, now)
    if challenge is None or not panel_is_at_work(challenge) or reviewing_is_over(challenge, now):
        return None
    if not await queries.is_reviewable(connection, replacement.idea_id):
        return None
    pairs = await queries.list_pairs(connection, challenge.id)
    needed = reviews_needed([replacement.idea_id], pairs, replacement.reviews)[0]
    return await _work(connection, challenge, {replacement.idea_id: needed}, pairs, linking([]))


async def store_assignments(
    connection: Connection, work: AssignmentWork, places: Sequence[tuple[int, int]], now: datetime
) -> bool:
    """Ask for these reviews, (reviewer, idea) places of `work`; False when the panel changed since it was read."""
    challenge = work.challenge
    await queries.hold_panel(connection, challenge.id)
    if await _read_state(connection, challenge.id) != work.before:
        return False
    wanted = [(work.pool[idea].idea_id, work.panel[reviewer].person_id) for reviewer, idea in places]
    ordered = in_random_order(challenge.id, wanted, await queries.last_positions(connection, challenge.id))
    due = due_at(challenge, now)
    reviewers = await queries.add_assignments(connection, challenge.id, ordered, due, None, now)
    # Conflicts may have come up since the work was read.
    await replace_conflicted(connection, challenge.id, now)
    await _tell(connection, challenge, sorted(set(reviewers)), due, now)
    dealt: dict[str, object] = {"reviews": len(reviewers), "without_reviewer": sum(work.needed) - len(reviewers)}
    if work.requested_at is not None:
        dealt["requested_at"] = work.requested_at.isoformat()
    await audit.record(
        connection,
        action="panel.assigned",
        subject_kind="challenge",
        subject_id=challenge.id,
        now=now,
        actor_id=None,
        challenge_id=challenge.id,
        details=dealt,
    )
    return True


async def _read_pool(connection: Connection, challenge: Challenge) -> list[UUID]:
    ranking_id = await queries.latest_crowd_ranking(connection, challenge.id)
    ideas = await queries.list_reviewable(connection, challenge.id, ranking_id)
    return choose_pool(ideas, challenge.shortlist_size)


async def _choose_batch(
    connection: Connection, challenge: Challenge, pool: list[UUID], ranking: LatestRanking, batch_size: int
) -> list[UUID]:
    """The pool's most telling ideas; one that came in after the ranking is as uncertain as can be."""
    known = {chance.idea_id: chance for chance in await _read_chances(connection, ranking)}
    asked = await queries.review_counts(connection, challenge.id)
    chosen = next_batch(
        top_k=[known[idea].probability_top if idea in known else 0.5 for idea in pool],
        sd=[known[idea].score_sd if idea in known else 1.0 for idea in pool],
        review_count=[asked.get(idea, 0) for idea in pool],
        open_ideas=np.ones(len(pool), dtype=np.bool_),
        batch_size=batch_size,
    )
    return [pool[place] for place in chosen.tolist()]


async def _read_chances(connection: Connection, ranking: LatestRanking) -> list[Chance]:
    """Of a panel ranking, without the bias that all reviewers share: what they cannot settle must not attract them."""
    stored = await read_inputs(connection, ranking.id) if ranking.kind == RankingKind.PANEL else None
    if stored is None:
        return await queries.list_chances(connection, ranking.id)
    return chances_to_settle(unpack(stored.inputs))


async def _work(
    connection: Connection, challenge: Challenge, needed: dict[UUID, int], pairs: list[Pair], groups: Linking
) -> AssignmentWork | None:
    capacity = await queries.list_capacity(connection, challenge.id)
    panel = [member for member in capacity if member.room]
    if not any(needed.values()) or not panel:
        return None
    people = [member.person_id for member in panel]
    pool = await queries.list_texts(connection, list(needed))
    conflicts = await list_conflicts(connection, list(needed), people)
    met = {(pair.reviewer_id, pair.idea_id) for pair in pairs}
    met |= {(conflict.person_id, conflict.idea_id) for conflict in conflicts}
    reviewer_place = {person: place for place, person in enumerate(people)}
    idea_place = {idea.idea_id: place for place, idea in enumerate(pool)}
    return AssignmentWork(
        challenge=challenge,
        pool=pool,
        needed=[needed[idea.idea_id] for idea in pool],
        panel=panel,
        forbidden=sorted(
            (reviewer_place[person], idea_place[idea])
            for person, idea in met
            if person in reviewer_place and idea in idea_place
        ),
        reviewer_group=[groups.of_reviewer.get(person, -1) for person in people],
        idea_group=[groups.of_idea.get(idea.idea_id, -1) for idea in pool],
        written=await queries.list_person_texts(connection, people, TEXTS_PER_REVIEWER),
        before=(pairs, capacity),
    )


async def _read_state(connection: Connection, challenge_id: UUID) -> tuple[list[Pair], list[Capacity]]:
    pairs = await queries.list_pairs(connection, challenge_id)
    return pairs, await queries.list_capacity(connection, challenge_id)


async def _tell(
    connection: Connection, challenge: Challenge, reviewers: Sequence[UUID], due: datetime | None, now: datetime
) -> None:
    until = f", please by {due:%d %B %Y}" if due else ""
    await notify_all(
        connection,
        reviewers,
        "reviews_assigned",
        f"There are ideas for you to review in “{challenge.question}”{until}.",
        f"reviews-assigned:{challenge.id}:{now:%Y-%m-%d}",
        now=now,
        challenge_id=challenge.id,
    )
