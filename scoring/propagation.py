"""Pairwise comparisons by expectation propagation: a joint posterior of the strengths, for small fields."""

import math
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import linalg, special

from scoring.checks import Floats, Ints, labels
from scoring.errors import ScoringError

FORMULA_VERSION = "expectation-propagation/1"
MAX_SWEEPS = 200
MAX_PRIOR_VARIANCE = 1e5
TOLERANCE = 1e-10
HALF_WIDTH_SD = 9.0
LARGEST_STEP_LOGITS = 0.5
STEPS_PER_SD = 1.5
BISECTIONS = 40
# σ(x) ≈ Σ weight·Φ(scale·x), to 5e-4; the mixture of the GPML toolbox (Rasmussen & Nickisch, JMLR 2010).
MIXTURE_SCALES = np.sqrt(2) * np.array([0.44, 0.41, 0.40, 0.39, 0.36])
MIXTURE_WEIGHTS = np.array(
    [1.146480988574439e02, -1.508871030070582e03, 2.676085036831241e03, -1.356294962039222e03, 7.543285642111850e01]
)
Model = Literal["logit", "logit-mixture", "probit"]
Moments = tuple[float, float]


class Propagation(msgspec.Struct, frozen=True, kw_only=True):
    """Gaussian posterior of the strengths: `mean` (items,) and `covariance` (items × items), in logits or probits.

    `sweeps`: passes over the comparisons; MAX_SWEEPS when the posterior had not settled by then.
    """

    mean: Floats
    covariance: Floats
    sweeps: int


def fit(
    winner: npt.ArrayLike,
    loser: npt.ArrayLike,
    item_count: int,
    *,
    model: Model = "logit",
    prior_variance: float = 4.0,
) -> Propagation:
    """Posterior N(mean, covariance) of P(i beats j) = σ(s_i − s_j), or Φ(s_i − s_j), with prior s ~ N(0, v·I).

    Expectation propagation (Minka, UAI 2001; for preferences Chu & Ghahramani, ICML 2005): each comparison is one
    Gaussian site on s_winner − s_loser, replaced in turn until its moments are those of the true likelihood times the
    other sites. Probit moments are closed; logit ones are sums on a grid, exact to rounding.
    "logit-mixture" takes σ as five probits, as choix does (Maystre 2018): means within some thousandths of "logit".

    `winner`, `loser`: (comparisons,) labels; their order changes nothing. Time comparisons × items² a sweep and
    memory items²: for some hundred items; `scoring.pairwise` is for more. Against its mode, the mean minds that a
    posterior is skewed where answers all point one way. No comparisons return the prior, no items empty arrays; an
    item against itself, or v outside (0, 10⁵], raises ScoringError.

    >>> found = fit([3, 2, 1], [2, 1, 0], 4, prior_variance=8.0)
    >>> found.mean.round(3).tolist()
    [-2.25, -0.543, 0.543, 2.25]
    >>> found.covariance.shape
    (4, 4)
    """
    won = labels(winner, "winner", item_count)
    lost = labels(loser, "loser", item_count, won.size)
    if (won == lost).any():
        raise ScoringError("an item cannot be compared with itself")
    if not 0 < prior_variance <= MAX_PRIOR_VARIANCE:
        raise ScoringError(f"prior_variance must be positive and at most {MAX_PRIOR_VARIANCE:.0f}")
    order = np.lexsort((lost, won))
    sites = _Sites(won[order], lost[order], item_count, model, prior_variance)
    sweeps, moved = 0, np.inf
    while moved > TOLERANCE and sweeps < MAX_SWEEPS:
        moved = sites.sweep()
        sweeps += 1
    return Propagation(mean=sites.mean, covariance=sites.covariance, sweeps=sweeps)


class _Sites:
    """One Gaussian factor exp(shift·d − precision·d²/2) a comparison, and the posterior they make with the prior."""

    def __init__(self, winner: Ints, loser: Ints, item_count: int, model: Model, prior_variance: float) -> None:
        self.winner, self.loser, self.prior_variance = winner, loser, prior_variance
        self.moments = {"logit": _logit_moments, "logit-mixture": _mixture_moments, "probit": _probit_moments}[model]
        self.precision, self.shift = np.zeros(winner.size), np.zeros(winner.size)
        self.mean, self.covariance = np.zeros(item_count), np.eye(item_count) * prior_variance

    def sweep(self) -> float:
        """Replace each site once; the largest change of a mean or a covariance, in units of the prior."""
        mean, covariance = self.mean, self.covariance.copy()
        for site, (won, lost) in enumerate(zip(self.winner.tolist(), self.loser.tolist(), strict=True)):
            self._replace(site, won, lost)
        self._assemble()
        by_mean = np.abs(self.mean - mean).max(initial=0.0) / np.sqrt(self.prior_variance)
        return float(max(by_mean, np.abs(self.covariance - covariance).max(initial=0.0) / self.prior_variance))

    def _replace(self, site: int, won: int, lost: int) -> None:
        column = self.covariance[:, won] - self.covariance[:, lost]
        variance, centre = float(column[won] - column[lost]), float(self.mean[won] - self.mean[lost])
        precision = 1 / variance - self.precision[site]
        shift = centre / variance - self.shift[site]
        tilted_mean, tilted_variance = self.moments(shift / precision, 1 / precision)
        new = max(1 / tilted_variance - precision, 0.0)
        gained = new - self.precision[site]
        pushed = tilted_mean * (precision + new) - shift - self.shift[site]
        scale = 1 + gained * variance
        self.mean = self.mean + column * ((pushed - gained * centre) / scale)
        self.covariance -= np.outer(column, column * (gained / scale))
        self.precision[site], self.shift[site] = new, self.shift[site] + pushed

    def _assemble(self) -> None:
        """The posterior afresh from its sites, so that rounding does not add up over the sweeps."""
        precision = np.eye(self.mean.size) / self.prior_variance
        np.add.at(precision, (self.winner, self.winner), self.precision)
        np.add.at(precision, (self.loser, self.loser), self.precision)
        np.add.at(precision, (self.winner, self.loser), -self.precision)
        np.add.at(precision, (self.loser, self.winner), -self.precision)
        shift = np.zeros(self.mean.size)
        np.add.at(shift, self.winner, self.shift)
        np.add.at(shift, self.loser, -self.shift)
        self.covariance = np.asarray(linalg.inv(precision)) if self.mean.size else precision
        self.mean = self.covariance @ shift


def _probit_moments(mean: float, variance: float) -> Moments:
    """Mean and variance of Φ(x)·N(x; mean, variance), closed (Rasmussen & Williams 2006, section 3.9)."""
    _, slope, bend = _probit_terms(np.array([mean]), np.array([variance]))
    return mean + variance * float(slope[0]), variance + variance**2 * float(bend[0])


def _probit_terms(mean: Floats, variance: Floats) -> tuple[Floats, Floats, Floats]:
    """The logarithm of ∫Φ(x)·N(x; mean, variance)dx, and its first and second derivative by the mean."""
    z = mean / np.sqrt(1 + variance)
    log_mass = special.log_ndtr(z)
    ratio = np.exp(-0.5 * z * z - 0.5 * np.log(2 * np.pi) - log_mass)
    return log_mass, ratio / np.sqrt(1 + variance), -ratio * (z + ratio) / (1 + variance)


def _mixture_moments(mean: float, variance: float) -> Moments:
    """Mean and variance with σ as a mixture of probits; exact ones in the tails, which no mixture of probits has."""
    if abs(mean) > 0.98 * variance + 4:
        return _logit_moments(mean, variance)
    log_mass, slope, bend = _probit_terms(MIXTURE_SCALES * mean, MIXTURE_SCALES**2 * variance)
    share = MIXTURE_WEIGHTS * np.exp(log_mass - log_mass.max())
    share /= share.sum()
    slope, bend = slope * MIXTURE_SCALES, bend * MIXTURE_SCALES**2
    first = float(share @ slope)
    return mean + variance * first, variance + variance**2 * (float(share @ (bend + slope**2)) - first**2)


def _logit_moments(mean: float, variance: float) -> Moments:
    """Mean and variance of σ(x)·N(x; mean, variance): the trapezoid rule around the mode.

    The tails fall at least as fast as the normal's, and the rule converges exponentially for functions that are
    analytic in a strip, here of half-width π (Trefethen & Weideman, SIAM Review 2014).
    """
    sd = float(np.sqrt(variance))
    steps = int(np.ceil(2 * HALF_WIDTH_SD * max(STEPS_PER_SD, sd / LARGEST_STEP_LOGITS)))
    x = _mode(mean, variance) + np.linspace(-HALF_WIDTH_SD * sd, HALF_WIDTH_SD * sd, steps + 1)
    height = special.log_expit(x) - 0.5 * (x - mean) ** 2 / variance
    weight = np.exp(height - height.max())
    weight /= weight.sum()
    centre = float(weight @ x)
    return centre, float(weight @ (x - centre) ** 2)


def _mode(mean: float, variance: float) -> float:
    """Where σ(x)·N(x; mean, variance) is highest: from mean up, at most by variance, as log σ rises by less than 1."""
    low, high = mean, mean + variance
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if variance / (1 + math.exp(min(middle, 700.0))) > middle - mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2
