"""How good a ranking is against the truth."""

import numpy as np

from scoring.checks import Floats, Ints, ranking

SMALL_DEPARTMENTS_FROM = 2


def precision(score: Floats, quality: Floats, k: int) -> float:
    """Share of the true top k among the k best by score.

    >>> precision(np.array([3.0, 2.0, 1.0]), np.array([3.0, 1.0, 2.0]), 2)
    0.5
    """
    return float(np.isin(ranking(score)[:k], ranking(quality)[:k]).mean())


def regret(score: Floats, quality: Floats, k: int) -> float:
    """Mean quality of the true top k minus that of the chosen k, in standard deviations of quality; 0 is perfect.

    >>> regret(np.array([1.0, 2.0]), np.array([2.0, 1.0]), 1)
    1.0
    """
    return float(quality[ranking(quality)[:k]].mean() - quality[ranking(score)[:k]].mean())


def recall(score: Floats, quality: Floats, wanted: int, kept: int) -> float:
    """Share of the truly best `wanted` ideas that are among the `kept` best by score.

    >>> recall(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]), wanted=1, kept=2)
    1.0
    """
    return float(np.isin(ranking(quality)[:wanted], ranking(score)[:kept]).mean())


def small_department_share(score: Floats, department: Ints, kept: int) -> float:
    """Share of ideas by authors of departments 2, 3, … (the small ones) among the `kept` best.

    >>> small_department_share(np.array([3.0, 2.0]), np.array([0, 2]), 2)
    0.5
    """
    return float((department[ranking(score)[:kept]] >= SMALL_DEPARTMENTS_FROM).mean())


def gini(views: Floats) -> float:
    """Gini coefficient of views over ideas: 0 is perfectly even, 1 is all on one idea; 0 without views.

    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 1.0]))
    (0.0, 0.5)
    """
    ordered, n = np.sort(views), views.size
    total = float(ordered.sum())
    if total == 0:
        return 0.0
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))
