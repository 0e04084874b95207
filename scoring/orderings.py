"""Short rankings ("put these four in order"): Plackett-Luce, one choice from the rest at a time."""

from collections.abc import Sequence

import msgspec
import numpy as np

from scoring.checks import Floats, Ints
from scoring.errors import ScoringError

FORMULA_VERSION = "plackett-luce-newton/1"
MAX_ITERATIONS = 200
TOLERANCE = 1e-10
MAX_STEP = 2.0


class OrderingFit(msgspec.Struct, frozen=True, kw_only=True):
    """`strength`, `sd`: (items,), logits; P(i chosen from a set A) = exp(s_i)/Σ_A exp(s_j)."""

    strength: Floats
    sd: Floats


def fit(rankings: Sequence[Sequence[int]], item_count: int, prior_variance: float = 4.0) -> OrderingFit:
    """MAP strengths of the Plackett-Luce model (Luce 1959; Plackett 1975), s ~ N(0, prior_variance), by Newton.

    `rankings`: item labels best first, each a ranking of two or more different items. `prior_variance` may be infinite:
    maximum likelihood, defined when every item is linked to every other by choices for and against it; the result is
    then centred. No rankings give zeros. Dense curvature (items × items): for up to a few thousand items.

    >>> ranks = [[0, 1, 2], [3, 2, 0], [1, 3]]
    >>> fit(ranks, 4, float("inf")).strength.round(6).tolist()
    [-0.443308, 0.695068, -0.67061, 0.41885]
    """
    stages = [(ranking[place:], ranking[place]) for ranking in rankings for place in range(len(ranking) - 1)]
    for ranking in rankings:
        _check(ranking, item_count)
    return _fit_choices(stages, item_count, prior_variance)


def fit_choices(
    choices: Sequence[tuple[int, Sequence[int]]], item_count: int, prior_variance: float = 4.0
) -> OrderingFit:
    """The same from single choices: (chosen item, the items it was preferred to).

    >>> choices = [(0, [1]), (1, [2]), (2, [0])]
    >>> fit_choices(choices, 3).strength.round(6).tolist()
    [0.0, 0.0, 0.0]
    """
    for chosen, others in choices:
        _check([chosen, *others], item_count)
    return _fit_choices([([chosen, *others], chosen) for chosen, others in choices], item_count, prior_variance)


def _fit_choices(stages: list[tuple[Sequence[int], int]], item_count: int, prior_variance: float) -> OrderingFit:
    if not prior_variance > 0:
        raise ScoringError("prior_variance must be positive")
    stage, item = _flat(stages)
    chosen = np.bincount([pick for _, pick in stages], minlength=item_count).astype(np.float64)
    precision = 1.0 / prior_variance
    s = np.zeros(item_count)
    curvature = np.eye(item_count)
    for _ in range(MAX_ITERATIONS):
        share = _shares(s, stage, item, len(stages))
        curvature = _curvature(share, stage, item, len(stages), item_count) + precision * np.eye(item_count)
        gradient = chosen - np.bincount(item, weights=share, minlength=item_count) - precision * s
        step = np.linalg.lstsq(curvature, gradient)[0]
        largest = float(np.abs(step).max(initial=0.0))
        s = s + step * min(1.0, MAX_STEP / max(largest, 1e-300))
        if largest < TOLERANCE:
            return OrderingFit(strength=s, sd=np.sqrt(np.diag(np.linalg.pinv(curvature))))
    raise ScoringError("without a prior, every item must be chosen and passed over in one linked set")


def _flat(stages: list[tuple[Sequence[int], int]]) -> tuple[Ints, Ints]:
    sizes = [len(items) for items, _ in stages]
    stage = np.repeat(np.arange(len(stages)), sizes)
    item = np.array([item for items, _ in stages for item in items], dtype=np.int64)
    return stage.astype(np.int64), item


def _shares(s: Floats, stage: Ints, item: Ints, stages: int) -> Floats:
    weight = np.exp(s[item] - s.max(initial=0.0))
    total = np.bincount(stage, weights=weight, minlength=stages)
    return np.asarray(weight / total[stage])


def _curvature(share: Floats, stage: Ints, item: Ints, stages: int, items: int) -> Floats:
    table = np.zeros((stages, items))
    table[stage, item] = share
    return np.asarray(np.diag(table.sum(axis=0)) - table.T @ table)


def _check(ranking: Sequence[int], item_count: int) -> None:
    if len(ranking) < 2 or len(set(ranking)) != len(ranking):
        raise ScoringError("a ranking needs two or more different items")
    if min(ranking) < 0 or max(ranking) >= item_count:
        raise ScoringError(f"items must lie between 0 and {item_count - 1}")
