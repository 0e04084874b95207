"""Other published methods, to compare with and to check against; none of them is the default here."""

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from scoring.checks import Floats, labels, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "alternatives/1"
TRUESKILL_BETA = 25 / 6
TRUESKILL_TAU = 25 / 300


def group_consensus(agrees: npt.ArrayLike, seen: npt.ArrayLike) -> Floats:
    """Polis group-aware consensus as a geometric mean: (Π_g (A_g + 1)/(S_g + 2))^(1/G) (Small et al. 2021).

    `agrees`, `seen`: (groups × ideas) counts. High only where every group agrees. In (0, 1); no groups is an error.

    >>> group_consensus([[8], [2]], [[10], [3]]).round(6).tolist()
    [0.67082]
    """
    yes, views = np.asarray(agrees, dtype=np.float64), np.asarray(seen, dtype=np.float64)
    if yes.ndim != 2 or yes.shape != views.shape or not yes.shape[0]:
        raise ScoringError("agrees and seen must be (groups × ideas) with at least one group")
    if (yes < 0).any() or (yes > views).any():
        raise ScoringError("agrees must lie between 0 and seen")
    return np.asarray(np.exp(np.log((yes + 1) / (views + 2)).mean(axis=0)))


def wiki_survey(wins: npt.ArrayLike, losses: npt.ArrayLike) -> Floats:
    """All Our Ideas: 100·(w + 1)/(w + l + 2), the chance in percent to beat a random idea (Salganik & Levy 2015).

    >>> wiki_survey([3, 0], [1, 0]).round(3).tolist()
    [66.667, 50.0]
    """
    won = non_negative(wins, "wins")
    lost = non_negative(losses, "losses", won.size)
    return 100 * (won + 1) / (won + lost + 2)


def colley(winner: npt.ArrayLike, loser: npt.ArrayLike, item_count: int) -> Floats:
    """Colley's matrix method (2002): (2 + n_i)·r_i − Σ_j n_ij·r_j = 1 + (w_i − l_i)/2; mean rating 1/2.

    >>> colley([0, 0, 1, 2], [1, 1, 2, 0], 3).round(6).tolist()
    [0.571429, 0.428571, 0.5]
    """
    wins = _win_table(winner, loser, item_count)
    met = wins + wins.T
    right = 1 + (wins.sum(axis=1) - wins.sum(axis=0)) / 2
    return np.asarray(np.linalg.solve(np.diag(2 + met.sum(axis=1)) - met, right))


def spectral(winner: npt.ArrayLike, loser: npt.ArrayLike, item_count: int) -> Floats:
    """Luce spectral ranking (Maystre & Grossglauser, NeurIPS 2015): log stationary distribution of loser → winner.

    Centred logits. Every item must be reachable from every other, or ScoringError.

    >>> spectral([0, 0, 1, 2], [1, 1, 2, 0], 3).round(6).tolist()
    [0.231049, -0.462098, 0.231049]
    """
    rates = _win_table(winner, loser, item_count).T / 2
    chain = rates - np.diag(rates.sum(axis=1))
    system = np.vstack([chain.T, np.ones(item_count)])
    share = np.linalg.lstsq(system, np.append(np.zeros(item_count), 1.0))[0]
    if np.linalg.matrix_rank(chain) < item_count - 1 or (share <= 1e-14).any():
        raise ScoringError("every item must be reachable from every other")
    return np.asarray(np.log(share) - np.log(share).mean())


def eigen_trust(trust: npt.ArrayLike, restart: float = 0.15) -> Floats:
    """EigenTrust (Kamvar, Schlosser & Garcia-Molina, WWW 2003): t = (1−a)·Cᵀt + a/n; rows of C sum to 1, t sums to 1.

    >>> eigen_trust([[0, 0.5, 0.5], [1, 0, 0], [0.5, 0.5, 0]]).round(6).tolist()
    [0.432749, 0.333333, 0.233918]
    """
    c = np.asarray(trust, dtype=np.float64)
    if c.ndim != 2 or c.shape[0] != c.shape[1] or (c < 0).any() or not np.allclose(c.sum(axis=1), 1):
        raise ScoringError("trust must be square, not negative, with rows that sum to 1")
    n = c.shape[0]
    return np.asarray(np.linalg.solve(np.eye(n) - (1 - restart) * c.T, np.full(n, restart / n)))


def trueskill(
    winner: tuple[float, float], loser: tuple[float, float], draw_probability: float = 0.1, drawn: bool = False
) -> tuple[tuple[float, float], tuple[float, float]]:
    """One TrueSkill update of two (mean, sd) ratings (Herbrich, Minka & Graepel, NeurIPS 2006); β 25/6, τ 25/300.

    >>> new = trueskill((25.0, 25 / 3), (25.0, 25 / 3))
    >>> [round(x, 4) for rating in new for x in rating]
    [29.3958, 7.1715, 20.6042, 7.1715]
    """
    first, second = winner[1] ** 2 + TRUESKILL_TAU**2, loser[1] ** 2 + TRUESKILL_TAU**2
    c = math.sqrt(2 * TRUESKILL_BETA**2 + first + second)
    margin = _normal_quantile((draw_probability + 1) / 2) * math.sqrt(2) * TRUESKILL_BETA / c
    gap = (winner[0] - loser[0]) / c
    v, w = _draw_terms(gap, margin) if drawn else _win_terms(gap, margin)
    return (
        (winner[0] + first / c * v, math.sqrt(first * (1 - first / c**2 * w))),
        (loser[0] - second / c * v, math.sqrt(second * (1 - second / c**2 * w))),
    )


def _win_terms(gap: float, margin: float) -> tuple[float, float]:
    v = _density(gap - margin) / max(_normal(gap - margin), 1e-300)
    return v, v * (v + gap - margin)


def _draw_terms(gap: float, margin: float) -> tuple[float, float]:
    low, high = -margin - gap, margin - gap
    mass = max(_normal(high) - _normal(low), 1e-300)
    v = (_density(low) - _density(high)) / mass
    return v, v * v + (high * _density(high) - low * _density(low)) / mass


def _density(x: float) -> float:
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def _normal_quantile(chance: float) -> float:
    return NormalDist().inv_cdf(chance)


def _win_table(winner: npt.ArrayLike, loser: npt.ArrayLike, item_count: int) -> Floats:
    won = labels(winner, "winner", item_count)
    lost = labels(loser, "loser", item_count, won.size)
    table = np.zeros((item_count, item_count))
    np.add.at(table, (won, lost), 1.0)
    return table
