"""Pairwise comparisons: Bradley-Terry by Newton with conjugate gradient, with home and screen-side terms."""

from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse, special
from scipy.sparse import csgraph

from scoring.checks import Floats, Ints, floats, labels
from scoring.errors import ScoringError

FORMULA_VERSION = "bradley-terry-newton/2"
MAX_ITERATIONS = 50
MAX_STEP = 2.5
LAST_STEP = 3e-4
CG_TOLERANCE = 0.02
CG_LIMIT = 100
ADVANTAGE_PRECISION = 1e-3
Prior = Literal["normal", "logistic", "none"]


class PairwiseFit(msgspec.Struct, frozen=True, kw_only=True):
    """`strength` s and `sd`: (items,), logits, centred on 0 without a prior; P(i beats j) = σ(s_i − s_j).

    `advantages`: logits that each extra term adds (home, left side, …). `iterations`: Newton steps taken.
    """

    strength: Floats
    sd: Floats
    advantages: Floats
    iterations: int


class Comparisons(msgspec.Struct, frozen=True, kw_only=True):
    """Aggregated comparisons: `first` met `second` `count` times and won `wins`, with `terms` in favour of `first`."""

    first: Ints
    second: Ints
    wins: Floats
    count: Floats
    terms: Floats
    item_count: int


def comparisons(
    winner: npt.ArrayLike, loser: npt.ArrayLike, item_count: int, terms: npt.ArrayLike | None = None
) -> Comparisons:
    """Check and add up comparisons (one entry a comparison); their order changes nothing.

    `terms`: (comparisons × m) small whole numbers in favour of the winner, such as h_winner − h_loser for own
    department, or +1 when the winner stood on the left and −1 on the right.

    >>> comparisons([0, 1, 0], [1, 0, 1], 2).wins.tolist()
    [2.0]
    """
    won = labels(winner, "winner", item_count)
    lost = labels(loser, "loser", item_count, won.size)
    if (won == lost).any():
        raise ScoringError("an item cannot be compared with itself")
    table = np.zeros((won.size, 0), dtype=np.int64) if terms is None else _terms(terms, won.size)
    flip = won > lost
    sign = np.where(flip, -1, 1)
    first, second = np.where(flip, lost, won), np.where(flip, won, lost)
    oriented = table * sign[:, None]
    key = _pack(first, second, oriented, item_count)
    unique, start, inverse = np.unique(key, return_index=True, return_inverse=True)
    return Comparisons(
        first=first[start],
        second=second[start],
        wins=np.bincount(inverse, weights=~flip, minlength=unique.size).astype(np.float64),
        count=np.bincount(inverse, minlength=unique.size).astype(np.float64),
        terms=oriented[start].astype(np.float64),
        item_count=item_count,
    )


def fit(
    data: Comparisons,
    prior: Prior = "normal",
    prior_variance: float = 4.0,
    start: npt.ArrayLike | None = None,
) -> PairwiseFit:
    """MAP (or ML, prior "none") strengths of P(i beats j) = σ(s_i − s_j + Σ_m β_m·term_m) (Bradley & Terry 1952).

    Newton on the weighted graph Laplacian + prior, inner conjugate gradient with Jacobi preconditioner; variances
    1/H_ii. Priors: s ~ N(0, prior_variance), or logistic (one virtual win and one loss against strength 0; Newman,
    JMLR 2023). `start`: strengths of an earlier fit for a warm start. A million comparisons of 10,000 items take about
    a second. No comparisons: zeros with the prior's sd. Perfect cycles: zeros. ML of a set that is not strongly
    connected has no finite answer and raises ScoringError.

    >>> fit(comparisons([0, 0, 1, 2], [1, 1, 2, 0], 3), prior="none").strength.round(6).tolist()
    [0.419618, -0.419618, 0.0]
    """
    if prior == "none":
        _require_strong_connection(data)
    if not prior_variance > 0:
        raise ScoringError("prior_variance must be positive")
    system = _System(data, prior, prior_variance)
    theta = np.zeros(system.size)
    if start is not None:
        theta[: data.item_count] = floats(start, "start", data.item_count)
    iterations = 0
    while iterations < MAX_ITERATIONS:
        iterations += 1
        step = system.newton_step(theta)
        largest = float(np.abs(step).max(initial=0.0))
        theta = theta + step * min(1.0, MAX_STEP / max(largest, 1e-300))
        if largest < LAST_STEP:
            break
    return _result(data, system, theta, iterations)


def active_pairs(
    strength: npt.ArrayLike,
    sd: npt.ArrayLike,
    count: int,
    seed: int,
    *,
    random_share: float = 0.25,
    top_share: float = 0.15,
) -> npt.NDArray[np.int64]:
    """Choose the next (count × 2) pairs to ask: a quarter at random, the rest neighbours in a sampled top 15 %.

    Draw one posterior sample of the strengths, take its top share, pair neighbours (in the spirit of "Just sort it",
    Maystre & Grossglauser, ICML 2017). Random pairs keep the graph connected: neighbours alone carry almost no order.
    Fewer than two items give no pairs. Same seed, same pairs.

    >>> active_pairs([0.0, 1.0, 2.0, 3.0], [1.0] * 4, 3, seed=1).shape
    (3, 2)
    """
    mean = floats(strength, "strength")
    spread = floats(sd, "sd", mean.size)
    if mean.size < 2 or count < 1:
        return np.zeros((0, 2), dtype=np.int64)
    random = np.random.default_rng(seed)
    at_random = int(np.ceil(random_share * count))
    pairs = [_random_pairs(mean.size, at_random, random)]
    left = count - at_random
    while left > 0:
        sample = mean + spread * random.standard_normal(mean.size)
        top = np.argsort(-sample, kind="stable")[: max(2, int(np.ceil(top_share * mean.size)))]
        neighbours = np.column_stack((top[:-1], top[1:]))
        pairs.append(random.permutation(neighbours)[:left])
        left -= pairs[-1].shape[0]
    result = np.concatenate(pairs).astype(np.int64)
    return np.asarray(random.permuted(result, axis=1))


def _random_pairs(items: int, count: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    first = random.integers(0, items, count)
    second = (first + random.integers(1, items, count)) % items
    return np.column_stack((first, second))


def _terms(terms: npt.ArrayLike, size: int) -> npt.NDArray[np.int64]:
    table = np.asarray(terms)
    if table.ndim != 2 or table.shape[0] != size:
        raise ScoringError("terms must be (comparisons × m)")
    if not np.isin(table, (-1, 0, 1)).all():
        raise ScoringError("terms must be -1, 0 or 1")
    return table.astype(np.int64)


def _pack(first: Ints, second: Ints, terms: npt.NDArray[np.int64], items: int) -> npt.NDArray[np.int64]:
    key = first * items + second
    for column in terms.T:
        key = key * 3 + column + 1
    return key


class _System:
    """Gradient, curvature and Newton step of the log posterior of [strengths | advantages]."""

    def __init__(self, data: Comparisons, prior: Prior, prior_variance: float) -> None:
        self.data, self.prior, self.prior_variance = data, prior, prior_variance
        self.size = data.item_count + data.terms.shape[1]
        # Comparisons are sorted by first and second: a matrix of pairs only needs its weights.
        self.starts = np.concatenate(([0], np.cumsum(np.bincount(data.first, minlength=data.item_count))))

    def newton_step(self, theta: Floats) -> Floats:
        chance = self._chances(theta)
        pull, precision = self._prior_terms(theta)
        gradient = self.by_column(self.data.wins - self.data.count * chance) + pull
        return self._solve(_Curvature(self, self.data.count * chance * (1 - chance), precision), gradient)

    def curvature_diagonal(self, theta: Floats) -> Floats:
        chance = self._chances(theta)
        return _Curvature(self, self.data.count * chance * (1 - chance), self._prior_terms(theta)[1]).diagonal

    def _chances(self, theta: Floats) -> Floats:
        data = self.data
        ahead = theta[data.first] - theta[data.second] + data.terms @ theta[data.item_count :]
        return np.asarray(special.expit(ahead))

    def by_column(self, residual: Floats) -> Floats:
        data = self.data
        items = np.bincount(data.first, residual, data.item_count) - np.bincount(data.second, residual, data.item_count)
        return np.concatenate((items, residual @ data.terms))

    def _prior_terms(self, theta: Floats) -> tuple[Floats, Floats]:
        """Gradient and curvature of the log prior; advantages always have a weak normal prior."""
        items = self.data.item_count
        pull, precision = -ADVANTAGE_PRECISION * theta, np.full(theta.size, ADVANTAGE_PRECISION)
        s = theta[:items]
        if self.prior == "normal":
            pull[:items], precision[:items] = -s / self.prior_variance, 1 / self.prior_variance
        elif self.prior == "logistic":
            chance = special.expit(s)
            pull[:items], precision[:items] = 1 - 2 * chance, 2 * chance * (1 - chance)
        else:
            pull[:items], precision[:items] = 0.0, 0.0
        return pull, precision

    def _solve(self, curvature: "_Curvature", gradient: Floats) -> Floats:
        """Conjugate gradient with a Jacobi preconditioner, more exact as the gradient shrinks."""
        diagonal = curvature.diagonal
        step, residual = np.zeros_like(gradient), gradient.copy()
        scaled = residual / diagonal
        direction, power = scaled.copy(), float(residual @ scaled)
        goal = power * min(CG_TOLERANCE, power) ** 2
        for _ in range(CG_LIMIT):
            if power <= goal or power < 1e-30:
                break
            product = curvature @ direction
            length = power / float(direction @ product)
            step += length * direction
            residual -= length * product
            scaled = residual / diagonal
            power, previous = float(residual @ scaled), power
            direction = scaled + (power / previous) * direction
        return step


class _Curvature:
    """The negative Hessian: the weighted graph Laplacian of the pairs, bordered by the advantages, and the prior."""

    def __init__(self, system: _System, weight: Floats, precision: Floats) -> None:
        data = system.data
        items, terms = data.item_count, data.terms
        degree = np.bincount(data.first, weight, items) + np.bincount(data.second, weight, items)
        self.items = items
        self.diagonal = np.maximum(np.concatenate((degree, weight @ terms**2)) + precision, 1e-300)
        self.pairs = sparse.csr_matrix((weight, data.second, system.starts), shape=(items, items))
        weighted = weight[:, None] * terms
        self.border = np.zeros((items, terms.shape[1]))
        for place, column in enumerate(weighted.T):
            self.border[:, place] = system.by_column(column)[:items]
        self.corner = weighted.T @ terms - np.diag(weight @ terms**2)

    def __matmul__(self, direction: Floats) -> Floats:
        s, advantage = direction[: self.items], direction[self.items :]
        product = self.diagonal * direction
        product[: self.items] += self.border @ advantage - self.pairs @ s - self.pairs.T @ s
        product[self.items :] += s @ self.border + self.corner @ advantage
        return product


def _require_strong_connection(data: Comparisons) -> None:
    won, lost = data.wins > 0, data.wins < data.count
    rows = np.concatenate((data.first[won], data.second[lost]))
    columns = np.concatenate((data.second[won], data.first[lost]))
    graph = sparse.csr_matrix((np.ones(rows.size), (rows, columns)), shape=(data.item_count, data.item_count))
    parts = csgraph.connected_components(graph, directed=True, connection="strong", return_labels=False)
    if parts > 1:
        raise ScoringError("without a prior, every item must be linked to every other by wins and by losses")


def _result(data: Comparisons, system: _System, theta: Floats, iterations: int) -> PairwiseFit:
    strength = theta[: data.item_count]
    return PairwiseFit(
        strength=strength - strength.mean() if system.prior == "none" and strength.size else strength,
        sd=1.0 / np.sqrt(system.curvature_diagonal(theta)[: data.item_count]),
        advantages=theta[data.item_count :],
        iterations=iterations,
    )
