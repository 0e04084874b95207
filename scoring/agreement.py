"""How far reviewers agree: Krippendorff's α, intraclass correlations, and disagreement in words."""

from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from scoring.checks import Bools, Floats, floats, labels
from scoring.errors import ScoringError

FORMULA_VERSION = "agreement/1"
OUTLIER_SD = 2.2
SPLIT_POINTS = 2.0
SPLIT_REVIEWS = 3
Level = Literal["nominal", "ordinal", "interval", "ratio"]


class Intraclass(msgspec.Struct, frozen=True, kw_only=True):
    """Intraclass correlations of Shrout & Fleiss: one rater (1,1), (2,1), (3,1) and the mean of k raters."""

    one_random: float
    two_way_random: float
    two_way_mixed: float
    one_random_mean: float
    two_way_random_mean: float
    two_way_mixed_mean: float


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """The widest split of an idea: the criterion, its lowest and highest score, and a sentence for the panel."""

    criterion: str
    lowest: float
    highest: float
    text: str


def krippendorff_alpha(ratings: npt.ArrayLike, level: Level = "interval") -> float | None:
    """α = 1 − Do/De over a coincidence matrix (Krippendorff, Content Analysis, 2004).

    `ratings`: (observers × units), NaN where an observer did not rate. 1 is perfect agreement, 0 is chance. Units with
    one rating do not count. None when nothing can be compared (no unit with two ratings, or only one value occurs).

    >>> nan = float("nan")
    >>> krippendorff_alpha([[1, 2, 3, nan], [1, 2, 3, 4]])
    1.0
    >>> krippendorff_alpha([[3, 3], [3, 3]]) is None
    True
    """
    table = np.asarray(ratings, dtype=np.float64)
    if table.ndim != 2 or np.isinf(table).any():
        raise ScoringError("ratings must be (observers × units), with NaN for a missing rating")
    pairable = table[:, (~np.isnan(table)).sum(axis=0) > 1]
    values = np.unique(pairable[~np.isnan(pairable)])
    if values.size < 2:
        return None
    coincidence = _coincidence(pairable, values)
    margin = coincidence.sum(axis=1)
    distance = _distance(values, margin, level)
    observed = (coincidence * distance).sum() / margin.sum()
    expected = (np.outer(margin, margin) * distance).sum() / (margin.sum() * (margin.sum() - 1))
    return float(1 - observed / expected)


def intraclass(ratings: npt.ArrayLike) -> Intraclass | None:
    """Intraclass correlations from mean squares (Shrout & Fleiss, Psychological Bulletin 1979).

    `ratings`: (ideas × raters), complete. None with fewer than two ideas or two raters, or when all scores are equal.

    >>> round(intraclass([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    ...     .two_way_random, 4)
    0.2898
    """
    table = np.asarray(ratings, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ScoringError("ratings must be (ideas × raters) without gaps")
    n, k = table.shape
    if n < 2 or k < 2 or np.ptp(table) == 0:
        return None
    total = ((table - table.mean()) ** 2).sum()
    between = k * ((table.mean(axis=1) - table.mean()) ** 2).sum()
    raters = n * ((table.mean(axis=0) - table.mean()) ** 2).sum()
    b, w = between / (n - 1), (total - between) / (n * (k - 1))
    j, e = raters / (k - 1), (total - between - raters) / ((n - 1) * (k - 1))
    return Intraclass(
        one_random=_ratio(b - w, b + (k - 1) * w),
        two_way_random=_ratio(b - e, b + (k - 1) * e + k * (j - e) / n),
        two_way_mixed=_ratio(b - e, b + (k - 1) * e),
        one_random_mean=_ratio(b - w, b),
        two_way_random_mean=_ratio(b - e, b + (j - e) / n),
        two_way_mixed_mean=_ratio(b - e, b),
    )


def disputed(idea_index: npt.ArrayLike, calibrated: npt.ArrayLike, residual: npt.ArrayLike, idea_count: int) -> Bools:
    """Flag ideas on which reviewers disagree after severity is taken out.

    One entry a review: `calibrated` = score − severity in points, `residual` in standard deviations of a single score
    (`scoring.panel.PanelFit.residual`). Flag: a residual beyond 2.2 with at least two reviews, or three or more reviews
    of which two lie 2 or more points apart. Returns (ideas,) booleans, False without reviews.

    >>> disputed([0, 0, 0, 1], [1, 3, 5, 2], [0, 0, 0, 0], 3).tolist()
    [True, False, False]
    """
    idea = labels(idea_index, "idea_index", idea_count)
    value = floats(calibrated, "calibrated", idea.size)
    outlier = np.abs(floats(residual, "residual", idea.size)) > OUTLIER_SD
    count = np.bincount(idea, minlength=idea_count)
    high, low = np.full(idea_count, -np.inf), np.full(idea_count, np.inf)
    np.maximum.at(high, idea, value)
    np.minimum.at(low, idea, value)
    split = (count >= SPLIT_REVIEWS) & (high - low >= SPLIT_POINTS)
    odd = (count >= 2) & (np.bincount(idea, weights=outlier, minlength=idea_count) > 0)
    return np.asarray(split | odd)


def disagreement(scores: npt.ArrayLike, criteria: list[str], least_points: float = SPLIT_POINTS) -> Disagreement | None:
    """Say where the reviewers of one idea differ most: (reviews × criteria) scores, NaN where left empty.

    None when no criterion is split by `least_points` or more. Equal splits: the criterion named first.

    >>> disagreement([[2, 4], [5, 4]], ["feasibility", "value"]).text
    'reviewers disagree on feasibility: 2 against 5'
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != len(criteria):
        raise ScoringError("scores must have one column for each criterion")
    best: Disagreement | None = None
    for name, column in zip(criteria, table.T, strict=True):
        given = column[~np.isnan(column)]
        gap = float(np.ptp(given)) if given.size else 0.0
        if gap >= least_points and (best is None or gap > best.highest - best.lowest):
            best = _in_words(name, float(given.min()), float(given.max()))
    return best


def _in_words(name: str, lowest: float, highest: float) -> Disagreement:
    text = f"reviewers disagree on {name}: {lowest:g} against {highest:g}"
    return Disagreement(criterion=name, lowest=lowest, highest=highest, text=text)


def _coincidence(table: Floats, values: Floats) -> Floats:
    counts = np.stack([(table == value).sum(axis=0) for value in values]).astype(np.float64)
    raters = counts.sum(axis=0)
    pairs = (counts / (raters - 1)) @ counts.T
    return np.asarray(pairs - np.diag((counts / (raters - 1)).sum(axis=1)))


def _distance(values: Floats, margin: Floats, level: Level) -> Floats:
    if level == "nominal":
        return 1.0 - np.eye(values.size)
    if level == "ordinal":
        middle = np.cumsum(margin) - margin / 2
        return np.asarray((middle[:, None] - middle[None, :]) ** 2)
    gap = values[:, None] - values[None, :]
    if level == "interval":
        return np.asarray(gap**2)
    total = values[:, None] + values[None, :]
    return np.asarray((gap / np.where(total != 0, total, 1.0)) ** 2)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole != 0 else 0.0
