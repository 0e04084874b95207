"""The panel's ranking: what it is computed from, what it says, and what is shown of it."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.entities.panels import CurvePoint
from ideation.entities.rankings import AlwaysSeen, RankingKind


class CriterionInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion with its weight and scale."""

    key: str
    label: str
    weight: float
    scale_min: int
    scale_max: int


class ReviewInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, array_like=True):
    """A sent review: places in `ideas` and `reviewers`, a score for each criterion (None where imported without)."""

    idea: int
    reviewer: int
    scores: list[int | None]
    wildcard: bool


class PanelInputs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a panel ranking is computed from. `crowd`, `novelty`: one entry an idea, None where not known."""

    challenge_id: UUID
    kind: RankingKind
    shortlist_size: int
    seed: int
    crowd_ranking_id: UUID | None
    criteria: list[CriterionInput]
    ideas: list[UUID]
    crowd: list[float | None]
    novelty: list[float | None]
    reviewers: list[UUID]
    reviews: list[ReviewInput]


class ReviewerSeverity(msgspec.Struct, frozen=True, kw_only=True):
    """How strict a reviewer is, in points of the scale: below 0 scores lower than colleagues do. By criterion too."""

    reviewer_id: UUID
    name: str
    reviews: int
    severity: float
    severity_sd: float
    by_criterion: dict[str, float]


class PanelRankingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the latest panel ranking says as a whole. `agreement`: Krippendorff's alpha, None when nothing compares.

    `unconnected_groups`: above 1, reviewers share no ideas across groups; the next batch of reviews joins them. Where
    none is to come, let everyone review `anchor_ideas`.
    """

    id: UUID
    created_at: datetime
    formula_version: str
    idea_count: int
    review_count: int
    reviewed_ideas: int
    expected_wrong_calls: float
    grey_zone: int
    agreement: float | None
    unconnected_groups: int
    anchor_ideas: list[UUID]
    always_see: list[AlwaysSeen]
    curve: list[CurvePoint]
