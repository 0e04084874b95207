"""Star ratings, ranked by the lower bound of a Dirichlet posterior."""

import numpy as np
import numpy.typing as npt

from scoring.checks import Floats
from scoring.errors import ScoringError

FORMULA_VERSION = "stars-dirichlet/1"


def lower_bound(counts: npt.ArrayLike, values: npt.ArrayLike = (5.0, 4.0, 3.0, 2.0, 1.0), z: float = 1.65) -> Floats:
    """Lower bound of the mean rating under a uniform Dirichlet prior (Miller, "Ranking items with star ratings", 2014).

    `counts` is (ideas × K), ratings received per star value, in the order of `values`. With N ratings in total and
    f(s) = Σ s_k(n_k+1)/(N+K): f(s) − z·sqrt((f(s²) − f(s)²)/(N+K+1)). Unit: stars. Assumes every rating is worth the
    same. An idea without ratings gets the prior's low bound (2.047 for five stars), so newcomers start low but fair.

    >>> lower_bound([[60, 80, 75, 20, 25], [0, 0, 0, 0, 0]]).round(6).tolist()
    [3.368431, 2.047372]
    """
    mean, variance = _moments(counts, values)
    return mean - z * np.sqrt(variance)


def mean(counts: npt.ArrayLike, values: npt.ArrayLike = (5.0, 4.0, 3.0, 2.0, 1.0)) -> Floats:
    """Posterior mean rating in stars under the same prior; the middle of the scale without ratings.

    >>> mean([[10, 0, 0, 0, 0]]).round(6).tolist()
    [4.333333]
    """
    return _moments(counts, values)[0]


def _moments(counts: npt.ArrayLike, values: npt.ArrayLike) -> tuple[Floats, Floats]:
    table = np.asarray(counts, dtype=np.float64)
    stars = np.asarray(values, dtype=np.float64)
    if table.size == 0:
        return np.zeros(0), np.zeros(0)
    if table.ndim != 2 or table.shape[1] != stars.size:
        raise ScoringError(f"counts must have one column for each of the {stars.size} star values")
    if not np.isfinite(table).all() or (table < 0).any():
        raise ScoringError("counts must be finite and not negative")
    total = table.sum(axis=1) + stars.size
    first = ((table + 1) @ stars) / total
    second = ((table + 1) @ stars**2) / total
    return first, np.maximum(second - first**2, 0.0) / (total + 1)
