"""Rankings by the crowd: what they are computed from, and how they are shown."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from ideation.entities.assignments import ReviewCounts
from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.ideas import IdeaState


class RankingKind(StrEnum):
    """While voting runs, at its close, and after the panel's reviews."""

    INTERIM = "interim"
    CLOSING = "closing"
    PANEL = "panel"


class CrowdInputs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a crowd ranking is computed from, without a name: people and departments are numbers.

    The columns of answered cards are little-endian arrays: 32 bits an entry for idea, person, department, position,
    shown_count and against; 8 bits for own_department and value (-1 is a skip). One entry for each person and idea,
    merged ideas under the survivor, in the order of idea and person. On a pairwise challenge one entry for each
    answered pair: `idea` was preferred to `against`, a column that is empty elsewhere. `novelty`: one entry an idea,
    None where it is not known.
    """

    challenge_id: UUID
    kind: RankingKind
    frozen_at: datetime | None
    voting_method: VotingMethod
    token_budget: int
    shortlist_size: int
    seed: int
    draws: int
    ideas: list[UUID]
    supporters: list[int]
    novelty: list[float | None]
    person_count: int
    department_count: int
    idea: bytes
    person: bytes
    department: bytes
    position: bytes
    shown_count: bytes
    own_department: bytes
    value: bytes
    against: bytes


# A place is grey while its chance to be among the best k is neither nearly nil nor nearly certain.
GREY_ZONE = (0.05, 0.95)


class RankedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `ranking_entries`."""

    idea_id: UUID
    position: int
    score: float
    score_low: float
    score_high: float
    rank_low: int
    rank_high: int
    probability_top: float
    band: int
    contributions: dict[str, Any]


class ComputedRanking(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking before it is stored."""

    formula_version: str
    entries: list[RankedIdea]
    summary: dict[str, Any]


class RankingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A dated, immutable snapshot. `inputs_sha256` is the digest of everything it was computed from."""

    id: UUID
    challenge_id: UUID
    kind: RankingKind
    formula_version: str
    shortlist_size: int
    idea_count: int
    inputs_sha256: str
    summary: dict[str, Any]
    created_at: datetime


class RankingSort(StrEnum):
    """In which order places are listed."""

    PLACE = "place"
    GREYEST = "greyest"
    LEAST_CERTAIN = "least_certain"


class RankingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which places to list; None keeps everything. `grey` keeps those that may or may not be among the best k.

    `in_the_running` leaves out what was declined, exists already or was withdrawn.
    """

    grey: bool = False
    in_the_running: bool = False
    state: IdeaState | None = None
    theme_id: UUID | None = None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What decides which rankings a person may see: the challenge, and what the person is to its panel.

    `kind`: of the one ranking asked for; None when all of a challenge are meant.
    """

    challenge: Challenge
    kind: RankingKind | None
    panel_member: bool
    reviews: ReviewCounts


class RankingEntryOut(msgspec.Struct, frozen=True, kw_only=True):
    """An idea's place: score with 90 % interval, 90 % interval of the rank, P(top k), band of ties, and why.

    `contributions` holds what every part added, `grey_zone`, `what_would_change` and `reasons` in words. Where the
    reader may not know the authors, what their department added is part of `voters`.
    """

    idea_id: UUID
    title: str
    state: IdeaState
    theme: str | None
    position: int
    score: float
    score_low: float
    score_high: float
    rank_low: int
    rank_high: int
    probability_top: float
    band: int
    contributions: dict[str, Any]


class AlwaysSeen(msgspec.Struct, frozen=True, kw_only=True):
    """An idea the panel looks at whatever its place, and why."""

    idea_id: UUID
    title: str
    why: str
