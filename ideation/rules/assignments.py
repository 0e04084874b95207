"""Which ideas the panel reads, and in which order each reviewer reads them."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from ideation.entities.assignments import NewAssignment, Pair, PoolIdea
from ideation.entities.challenges import Challenge, ChallengeState
from ideation.errors import WrongState
from scoring.directed import POOL_FACTOR, POOL_SHARE
from scoring.feed import seed_for

_AT_WORK = (ChallengeState.RUNNING, ChallengeState.IN_REVIEW)


def panel_is_at_work(challenge: Challenge) -> bool:
    """Reviews are asked for once people can submit, and until the challenge is decided."""
    return challenge.state in _AT_WORK


def require_panel_at_work(challenge: Challenge) -> None:
    """Refuse to ask for reviews before people can submit, and after the challenge was decided."""
    if not panel_is_at_work(challenge):
        raise WrongState(
            "Reviews are asked for while a challenge is running or in review.",
            state=challenge.state,
            reason="reviews-wrong-time",
        )


def due_at(challenge: Challenge, now: datetime) -> datetime | None:
    """A review is due when reviewing closes; None without such a date, or when it has passed."""
    closes_at = challenge.review_closes_at
    return closes_at if closes_at is not None and closes_at > now else None


def choose_pool(ideas: Sequence[PoolIdea], shortlist_size: int) -> list[UUID]:
    """The best max(10·k, 10 %), and of each theme without an idea among them its best one; `ideas` come best first."""
    size = max(POOL_FACTOR * shortlist_size, math.ceil(POOL_SHARE * len(ideas)))
    pool = list(ideas[:size])
    themes = {idea.theme_id for idea in pool}
    for idea in ideas[size:]:
        if idea.theme_id is not None and idea.theme_id not in themes:
            themes.add(idea.theme_id)
            pool.append(idea)
    return [idea.idea_id for idea in pool]


def reviews_needed(pool: Sequence[UUID], pairs: Iterable[Pair], reviews_per_idea: int) -> list[int]:
    """How many further reviews each idea of the pool needs, given those asked for already."""
    asked = dict.fromkeys(pool, 0)
    for pair in pairs:
        if pair.standing and pair.idea_id in asked:
            asked[pair.idea_id] += 1
    return [max(0, reviews_per_idea - asked[idea_id]) for idea_id in pool]


def in_random_order(
    challenge_id: UUID, wanted: Iterable[tuple[UUID, UUID]], last_positions: dict[UUID, int]
) -> list[NewAssignment]:
    """Give each (idea, reviewer) a place behind the reviewer's earlier ones, in an order of that reviewer's own."""
    ordered = sorted(wanted, key=lambda pair: seed_for(str(challenge_id), str(pair[1]), str(pair[0])))
    ends = dict(last_positions)
    result = []
    for idea_id, reviewer_id in ordered:
        ends[reviewer_id] = ends.get(reviewer_id, 0) + 1
        result.append(NewAssignment(idea_id=idea_id, reviewer_id=reviewer_id, position=ends[reviewer_id]))
    return result
