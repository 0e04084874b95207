"""Wilson score interval for a share of yes votes."""

import numpy as np
import numpy.typing as npt

from scoring.checks import Floats, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "wilson/1"
Z_95 = 1.959963984540054


def interval(yes: npt.ArrayLike, views: npt.ArrayLike, z: float = Z_95) -> tuple[Floats, Floats]:
    """Wilson interval (Wilson, JASA 1927): centre and half width of the score test, inverted.

    (p + z²/2n ± z·sqrt((p(1−p) + z²/4n)/n)) / (1 + z²/n) with p = yes/n. Arguments are arrays of counts of one length;
    returns lower and upper bounds in [0, 1]. Assumes independent votes on an equal footing: it solves small n, not
    position, herding or blocs. With n = 0 the interval is (0, 1).

    >>> lower, upper = interval([1, 0], [2, 0])
    >>> lower.round(6).tolist(), upper.round(6).tolist()
    ([0.094531, 0.0], [0.905469, 1.0])
    """
    count = non_negative(views, "views")
    positive = non_negative(yes, "yes", count.size)
    if (positive > count).any():
        raise ScoringError("yes must not exceed views")
    n = np.maximum(count, 1.0)
    share = positive / n
    centre = share + z * z / (2 * n)
    half = z * np.sqrt((share * (1 - share) + z * z / (4 * n)) / n)
    scale = 1 + z * z / n
    empty = count == 0
    lower = np.where(empty, 0.0, np.clip((centre - half) / scale, 0.0, 1.0))
    upper = np.where(empty, 1.0, np.clip((centre + half) / scale, 0.0, 1.0))
    return lower, upper


def lower_bound(yes: npt.ArrayLike, views: npt.ArrayLike, z: float = Z_95) -> Floats:
    """Lower end of `interval`, the usual sort key for up-votes (Miller 2009); 0 without views.

    >>> lower_bound([60], [100]).round(6).tolist()
    [0.502003]
    """
    return interval(yes, views, z)[0]
