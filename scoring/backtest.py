"""Back-test: how well did crowd, panel and ranking predict the decisions and outcomes?"""

import msgspec
import numpy as np
import numpy.typing as npt

from scoring.checks import flags, floats
from scoring.errors import ScoringError

FORMULA_VERSION = "backtest/1"
BIN_EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Forecasts from `low` up to `high`: how many, what they stated on average, what share came true."""

    low: float
    high: float
    count: int
    stated: float
    came_true: float


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """`brier`: mean squared error of the chances; `base_brier`: of stating the base rate; `bins`: calibration."""

    count: int
    base_rate: float
    brier: float
    base_brier: float
    bins: list[Bin]


def forecast(chance: npt.ArrayLike, came_true: npt.ArrayLike) -> Backtest | None:
    """Brier score and calibration of P(top k) against what was decided (Brier, Monthly Weather Review 1950).

    (ideas,) each: `chance` in [0, 1], `came_true` booleans. Brier = mean (P − outcome)², lower is better. Bins without
    forecasts are left out. None without ideas.

    >>> result = forecast([0.9, 0.8, 0.2], [True, True, False])
    >>> round(result.brier, 6), [(bin.count, round(bin.stated, 2), bin.came_true) for bin in result.bins]
    (0.03, [(1, 0.2, 0.0), (1, 0.8, 1.0), (1, 0.9, 1.0)])
    """
    p = floats(chance, "chance")
    outcome = flags(came_true, "came_true", p.size).astype(np.float64)
    if (p < 0).any() or (p > 1).any():
        raise ScoringError("chance must lie between 0 and 1")
    if not p.size:
        return None
    base = float(outcome.mean())
    return Backtest(
        count=p.size,
        base_rate=base,
        brier=float(((p - outcome) ** 2).mean()),
        base_brier=base * (1 - base),
        bins=_bins(p, outcome),
    )


def auc(score: npt.ArrayLike, came_true: npt.ArrayLike) -> float | None:
    """Chance that an idea that came true was scored above one that did not; ties count half (Mann & Whitney 1947).

    None when all or none came true.

    >>> auc([3, 1, 2, 1], [True, False, True, True])
    0.8333333333333334
    """
    value = floats(score, "score")
    outcome = flags(came_true, "came_true", value.size)
    positive, negative = int(outcome.sum()), int((~outcome).sum())
    if not positive or not negative:
        return None
    _, place, ties = np.unique(value, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    return float((ranks[outcome].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _bins(p: npt.NDArray[np.float64], outcome: npt.NDArray[np.float64]) -> list[Bin]:
    place = np.clip(np.searchsorted(BIN_EDGES, p, side="right") - 1, 0, len(BIN_EDGES) - 2)
    return [
        Bin(
            low=BIN_EDGES[number],
            high=BIN_EDGES[number + 1],
            count=int((place == number).sum()),
            stated=float(p[place == number].mean()),
            came_true=float(outcome[place == number].mean()),
        )
        for number in np.unique(place)
    ]
