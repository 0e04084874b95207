"""Exposure-corrected Beta-Binomial: the crowd score that is right at once, on each answer."""

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import special

from scoring.checks import Floats, labels, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "beta-binomial-exposure/1"
DEFAULT_POSITION_DECAY = 0.35
STRENGTH_RANGE = (2.0, 500.0)
MIN_VIEWS = 1e-6
MEAN_RANGE = (1e-6, 1 - 1e-6)


class Prior(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Beta(a, b): what a challenge expects of an idea before anyone has answered; a + b is its weight in views.

    >>> Prior(a=1.0, b=3.0)
    Prior(a=1.0, b=3.0)
    """

    a: float
    b: float


class CrowdScore(msgspec.Struct, frozen=True, kw_only=True):
    """Expected yes rate of each idea with a 90 % interval; arrays of one entry an idea, rates in [0, 1]."""

    mean: Floats
    low: Floats
    high: Floats


WEAK_PRIOR = Prior(a=1.0, b=3.0)


def exposure_weight(position: npt.ArrayLike, position_decay: float = DEFAULT_POSITION_DECAY) -> Floats:
    """Chance, relative to the first card, that a card at `position` (1 is first) is examined: e(r) = r^−η.

    Position-based model (Joachims, Swaminathan, Schnabel, WSDM 2017); η is estimated by
    `scoring.position.estimate_decay`. Dimensionless, in (0, 1].

    >>> exposure_weight([1, 4], 0.5).tolist()
    [1.0, 0.5]
    """
    rank = non_negative(position, "position")
    if (rank < 1).any():
        raise ScoringError("position counts from 1")
    if position_decay < 0:
        raise ScoringError("position_decay must not be negative")
    return np.asarray(rank**-position_decay)


def effective_views(
    idea_index: npt.ArrayLike,
    position: npt.ArrayLike,
    idea_count: int,
    position_decay: float = DEFAULT_POSITION_DECAY,
) -> Floats:
    """Sum of exposure weights per idea over its served cards: how often it was really looked at, in views.

    >>> effective_views([0, 0, 1], [1, 4, 1], 3, 0.5).tolist()
    [1.5, 1.0, 0.0]
    """
    weight = exposure_weight(position, position_decay)
    idea = labels(idea_index, "idea_index", idea_count, weight.size)
    return np.bincount(idea, weights=weight, minlength=idea_count).astype(np.float64)


def fit_prior(yes: npt.ArrayLike, views: npt.ArrayLike) -> Prior:
    """Method of moments for Beta(a, b) from a challenge's own ideas (Kleinman, JASA 1973).

    m = Σk/Σn, v = Σn(k/n−m)²/Σn, s = m(1−m)/max(v − m(1−m)·N/Σn, ε) − 1 clipped to [2, 500]; a = m·s, b = (1−m)·s.
    `yes` and `views` (effective, may be fractions) have one entry an idea. Without views, or when everyone says yes or
    no, the mean is pulled to a weak prior of one yes in four, so that a and b stay positive.

    >>> prior = fit_prior([2, 8, 5], [10, 10, 10])
    >>> round(prior.a, 4), round(prior.b, 4)
    (3.0714, 3.0714)
    >>> fit_prior([], [])
    Prior(a=1.0, b=3.0)
    """
    positive, count = _sound_counts(yes, views)
    seen = count > MIN_VIEWS
    if not seen.any():
        return WEAK_PRIOR
    k, n = positive[seen], count[seen]
    total = n.sum()
    mean = (k.sum() + WEAK_PRIOR.a) / (total + WEAK_PRIOR.a + WEAK_PRIOR.b) if _one_sided(k, n) else k.sum() / total
    mean = float(np.clip(mean, *MEAN_RANGE))
    spread = (n * (k / n - mean) ** 2).sum() / total
    binomial = mean * (1 - mean)
    between = max(spread - binomial * n.size / total, 1e-9)
    strength = float(np.clip(binomial / between - 1, *STRENGTH_RANGE))
    return Prior(a=float(mean * strength), b=float((1 - mean) * strength))


def score(yes: npt.ArrayLike, views: npt.ArrayLike, prior: Prior = WEAK_PRIOR) -> CrowdScore:
    """Posterior mean (k+a)/(n+a+b) and its 5 % and 95 % quantiles (Beta-Binomial; "clicks over expected clicks").

    `yes`: answers Yes to served cards; `views`: effective views, see `effective_views`. Views count at least as many as
    the yes votes, so that a rate stays under 1 and one more yes never lowers an idea. An idea without views returns the
    prior's mean and interval.

    >>> result = score([3], [5], Prior(a=2.0, b=8.0))
    >>> result.mean.round(6).tolist(), result.low.round(6).tolist()
    ([0.333333], [0.152718])
    """
    positive, count = _sound_counts(yes, views)
    _check_prior(prior)
    alpha, beta = positive + prior.a, count - positive + prior.b
    return CrowdScore(
        mean=alpha / (alpha + beta),
        low=np.asarray(special.betaincinv(alpha, beta, 0.05)),
        high=np.asarray(special.betaincinv(alpha, beta, 0.95)),
    )


def standard_deviation(yes: npt.ArrayLike, views: npt.ArrayLike, prior: Prior = WEAK_PRIOR) -> Floats:
    """Posterior standard deviation of the yes rate, for Thompson sampling: sqrt(ab/((a+b)²(a+b+1))).

    >>> standard_deviation([0], [0], Prior(a=1.0, b=1.0)).round(6).tolist()
    [0.288675]
    """
    positive, count = _sound_counts(yes, views)
    _check_prior(prior)
    alpha, beta = positive + prior.a, count - positive + prior.b
    total = alpha + beta
    return np.asarray(np.sqrt(alpha * beta / (total * total * (total + 1))))


def _sound_counts(yes: npt.ArrayLike, views: npt.ArrayLike) -> tuple[Floats, Floats]:
    count = non_negative(views, "views")
    positive = non_negative(yes, "yes", count.size)
    return positive, np.maximum(count, positive)


def _one_sided(k: Floats, n: Floats) -> bool:
    return bool(k.sum() <= 0 or k.sum() >= n.sum())


def _check_prior(prior: Prior) -> None:
    if not (prior.a > 0 and prior.b > 0 and np.isfinite(prior.a + prior.b)):
        raise ScoringError("a prior needs positive, finite a and b")
