"""What is certain about a rank: P(top k), 90 % rank interval, bands of ties, grey zone."""

from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from scoring.checks import Bools, Floats, Ints, floats, non_negative, ranking
from scoring.errors import ScoringError

FORMULA_VERSION = "rank-draws/1"
GREY_ZONE = (0.1, 0.9)
BAND_Z = 1.2815515655446004
BLOCK = 2048


class RankChances(msgspec.Struct, frozen=True, kw_only=True):
    """Arrays of one entry an idea.

    `rank`: place by mean, 1 is best. `top_k`: P(the idea is among the best k). `rank_low`, `rank_high`: 90 % interval
    of the true rank, widened where needed to hold `rank` itself. `band`: 1 for the first group of ideas that cannot be
    told apart from its leader, then 2, …
    `grey`: P between 0.1 and 0.9, worth a discussion. `expected_wrong_calls`: Σ min(P, 1−P), a number of ideas.
    """

    rank: Ints
    top_k: Floats
    rank_low: Ints
    rank_high: Ints
    band: Ints
    grey: Bools
    expected_wrong_calls: float


def chances(
    mean: npt.ArrayLike,
    sd: npt.ArrayLike,
    k: int,
    *,
    seed: int,
    draws: int = 2000,
    factor: npt.NDArray[np.float64] | None = None,
) -> RankChances:
    """Draw the scores, rank each draw, count (NeurIPS 2014 experiment, Lawrence 2015; `draws` joint draws).

    `mean`, `sd`: (ideas,), any unit; every idea of the challenge belongs in, reviewed or not, or the chances are
    overstated. `factor`: (ideas × m), shared uncertainty such as reviewer severity: covariance = diag(sd²) + F·Fᵀ.
    Gaussian posterior assumed. `k` above the number of ideas means all of them; no ideas give empty arrays. Ideas with
    sd 0 and no factor rank for certain, ties by index. The draws do not depend on the order in which ideas are given.

    >>> result = chances([2.0, 0.0, 1.9], [0.1, 0.1, 0.1], 1, seed=1)
    >>> result.rank.tolist(), result.band.tolist(), bool(0.6 < result.top_k[0] < 0.9)
    ([1, 3, 2], [1, 2, 1], True)
    """
    centre = floats(mean, "mean")
    spread = non_negative(sd, "sd", centre.size)
    shared = np.zeros((centre.size, 0)) if factor is None else np.asarray(factor, dtype=np.float64)
    _check(centre, shared, k, draws)
    canonical = np.lexsort((spread, -centre))
    sampled = _sampled_ranks(centre[canonical], spread[canonical], shared[canonical], seed, draws)
    back = np.argsort(canonical)
    top_k = (sampled <= min(k, centre.size)).mean(axis=0)[back] if centre.size else np.zeros(0)
    low, high = _interval(sampled)
    order = ranking(centre)
    rank = np.empty_like(order)
    rank[order] = np.arange(1, centre.size + 1)
    total_sd = np.sqrt(spread**2 + (shared**2).sum(axis=1))
    return RankChances(
        rank=rank,
        top_k=top_k,
        rank_low=np.minimum(low[back], rank),
        rank_high=np.maximum(high[back], rank),
        band=bands(centre, total_sd),
        grey=(top_k > GREY_ZONE[0]) & (top_k < GREY_ZONE[1]),
        expected_wrong_calls=expected_wrong_calls(top_k),
    )


def expected_wrong_calls(top_k: npt.ArrayLike) -> float:
    """Σ min(P, 1−P) over all ideas: wrong ins and wrong outs to expect if the panel decided now.

    >>> expected_wrong_calls([1.0, 0.75, 0.25, 0.0])
    0.5
    """
    chance = floats(top_k, "top_k")
    return float(np.minimum(chance, 1 - chance).sum())


def bands(mean: npt.ArrayLike, sd: npt.ArrayLike) -> Ints:
    """Group the ranking into bands of ties, 1 first.

    Walking down, a new band starts where the band's leader is better with a chance of at least 90 %:
    (m_leader − m_i) / sqrt(sd_leader² + sd_i²) ≥ 1.2816 (one-sided normal test). Equal scores share a band.

    >>> bands([3.0, 2.9, 1.0, 1.0], [0.1, 0.1, 0.1, 0.0]).tolist()
    [1, 1, 2, 2]
    """
    centre = floats(mean, "mean")
    spread = non_negative(sd, "sd", centre.size)
    result = np.zeros(centre.size, dtype=np.int64)
    band, leader = 0, -1
    for idea in ranking(centre):
        if leader < 0 or _is_below(centre, spread, leader, int(idea)):
            band, leader = band + 1, int(idea)
        result[idea] = band
    return result


def _is_below(mean: Floats, sd: Floats, leader: int, idea: int) -> bool:
    gap = mean[leader] - mean[idea]
    return bool(gap > 0 and gap >= BAND_Z * np.hypot(sd[leader], sd[idea]))


def _check(mean: Floats, factor: Floats, k: int, draws: int) -> None:
    if k < 1 or draws < 1:
        raise ScoringError("k and draws must be at least 1")
    if factor.ndim != 2 or factor.shape[0] != mean.size or not np.isfinite(factor).all():
        raise ScoringError("factor must be finite, with one row an idea")


def _sampled_ranks(mean: Floats, sd: Floats, factor: Floats, seed: int, draws: int) -> npt.NDArray[np.int32]:
    random = np.random.default_rng(seed)
    result = np.empty((draws, mean.size), dtype=np.int32)
    places = np.arange(1, mean.size + 1, dtype=np.int32)
    # Only certain scores can tie; the order that keeps ties takes twice as long.
    kind: Literal["stable", "quicksort"] = "quicksort" if (sd > 0).all() else "stable"
    for draw in range(draws):
        value = mean + sd * random.standard_normal(mean.size) + factor @ random.standard_normal(factor.shape[1])
        result[draw, np.argsort(-value, kind=kind)] = places
    return result


def _interval(sampled: npt.NDArray[np.int32]) -> tuple[Ints, Ints]:
    """5 % and 95 % quantiles of each column, in blocks of columns to keep the copy small."""
    draws, ideas = sampled.shape
    low, high = int(0.05 * (draws - 1)), int(np.ceil(0.95 * (draws - 1)))
    result = np.empty((2, ideas), dtype=np.int64)
    for start in range(0, ideas, BLOCK):
        block = np.partition(sampled[:, start : start + BLOCK].T.copy(), (low, high), axis=1)
        result[:, start : start + BLOCK] = block[:, [low, high]].T
    return result[0], result[1]
