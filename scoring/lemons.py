"""Bag of lemons: a facilitator's tool in which people spend tokens on the worst ideas."""

import numpy as np
import numpy.typing as npt

from scoring.checks import Floats, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "lemons/1"


def score(lemons: npt.ArrayLike, views: npt.ArrayLike, a: float = 1.0, b: float = 9.0) -> Floats:
    """Minus the smoothed share of viewers who gave a lemon: −(lemons + a)/(views + a + b) (Klein & Garcia, DSS 2015).

    (ideas,) counts each; the result lies in (−1, 0), higher is better. Good at cutting a field in half, poor at finding
    winners. Lemons beyond the views count as views. Without views: −a/(a+b).

    >>> score([0, 5], [10, 10]).tolist()
    [-0.05, -0.3]
    """
    if not (a > 0 and b > 0):
        raise ScoringError("a and b must be positive")
    seen = non_negative(views, "views")
    given = non_negative(lemons, "lemons", seen.size)
    return -(given + a) / (np.maximum(seen, given) + a + b)
