"""Back-tests: how well the crowd, the panel and the ranking foresaw what was decided."""

from datetime import datetime
from uuid import UUID

import msgspec


class CalibrationBin(msgspec.Struct, frozen=True, kw_only=True):
    """Ideas whose stated chance lay between `low` and `high`: how many, the mean chance, the share that came true."""

    low: float
    high: float
    count: int
    stated: float
    came_true: float


class RankingBacktest(msgspec.Struct, frozen=True, kw_only=True):
    """One ranking against the decisions.

    `auc`: chance that a selected idea stood above one that was not; None when all or none were selected. `brier`: mean
    squared error of P(top k), lower is better; `base_brier`: that of always stating the base rate. `judges_of_both`:
    people who judged a selected idea and one that was not; where there are none, the figures compare people with people
    and tell nothing of how well ideas were told apart.
    """

    ranking_id: UUID
    kind: str
    created_at: datetime
    ideas: int
    selected: int
    judges_of_both: int
    auc: float | None
    brier: float
    base_brier: float
    calibration: list[CalibrationBin]


class BacktestOut(msgspec.Struct, frozen=True, kw_only=True):
    """The latest closing and panel rankings made before the first decision, against the ideas decided so far."""

    challenge_id: UUID
    decided_ideas: int
    rankings: list[RankingBacktest]


class DecidedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """A ranked idea that was decided."""

    score: float
    probability_top: float
    selected: bool


class RankingToTest(msgspec.Struct, frozen=True, kw_only=True):
    """A ranking from before the first decision."""

    id: UUID
    kind: str
    created_at: datetime
