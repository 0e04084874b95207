"""Who reviews what: the best match of expertise under conflicts and load limits, as a transport problem."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from scipy.sparse import csgraph

from scoring.checks import Floats, Ints, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "assignment-transport/1"


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """`reviewer_index`, `idea_index`: one entry a review to ask for. `missing`: (ideas,) reviews nobody could take.

    `affinity`: sum of the affinities of the pairs; `worst_affinity`: the weakest single match.
    """

    reviewer_index: Ints
    idea_index: Ints
    missing: Ints
    affinity: float
    worst_affinity: float


def assign(
    *,
    affinity: npt.ArrayLike,
    conflict: npt.ArrayLike,
    reviews_needed: npt.ArrayLike,
    load_limit: npt.ArrayLike,
    fair: bool = False,
) -> Assignment:
    """Maximise Σ s_ri·x_ri with Σ_r x_ri = needed_i, Σ_i x_ri ≤ load_r, x = 0 on conflicts, x in {0, 1}.

    Transport problem as in TPMS (Charlin & Zemel 2013), solved by linear programming: the vertex is integral.
    `affinity`: (reviewers × ideas), 0 or more, any unit; `conflict`: same shape, True forbids the pair (own idea,
    co-author, own department, already reviewed); `reviews_needed`: (ideas,); `load_limit`: (reviewers,), reviews.
    As many reviews as possible are placed first, then affinity decides; what cannot be placed is counted in `missing`.
    `fair=True` first raises the worst single match as far as possible (bottleneck assignment by maximum flow; the aim
    of PeerReview4All, Stelmakh et al., JMLR 2021), then the total. No reviewers or no ideas give an empty assignment.

    >>> result = assign(affinity=[[0.9, 0.8], [0.7, 0.1]], conflict=[[0, 0], [0, 0]], reviews_needed=[1, 1],
    ...     load_limit=[1, 1])
    >>> list(zip(result.reviewer_index.tolist(), result.idea_index.tolist())), round(result.affinity, 2)
    ([(0, 1), (1, 0)], 1.5)
    """
    score, allowed, needed, load = _checked(affinity, conflict, reviews_needed, load_limit)
    if fair and allowed.any():
        allowed = _fairest(score, allowed, needed, load)
    reviewer, idea = np.nonzero(allowed)
    if not reviewer.size:
        return _result(score, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), needed)
    taken = _transport(score, reviewer, idea, needed, load)
    return _result(score, reviewer[taken].astype(np.int64), idea[taken].astype(np.int64), needed)


def _checked(
    affinity: npt.ArrayLike, conflict: npt.ArrayLike, needed: npt.ArrayLike, load: npt.ArrayLike
) -> tuple[Floats, npt.NDArray[np.bool_], Floats, Floats]:
    score = np.asarray(affinity, dtype=np.float64)
    forbidden = np.asarray(conflict, dtype=np.bool_)
    if score.ndim != 2 or forbidden.shape != score.shape:
        raise ScoringError("affinity and conflict must be (reviewers × ideas)")
    if not np.isfinite(score).all() or (score < 0).any():
        raise ScoringError("affinity must be finite and not negative")
    wanted = np.floor(non_negative(needed, "reviews_needed", score.shape[1]))
    limit = np.floor(non_negative(load, "load_limit", score.shape[0]))
    return score, ~forbidden & (limit > 0)[:, None] & (wanted > 0)[None, :], wanted, limit


def _transport(score: Floats, reviewer: Ints, idea: Ints, needed: Floats, load: Floats) -> npt.NDArray[np.bool_]:
    """Place the most reviews, then the most affinity: one more review outweighs any exchange of pairs."""
    value = score[reviewer, idea]
    # On a scale of its own, so that no unit of affinity falls under the solver's tolerance; all zero is allowed.
    value = value / value.max() if value.max() > 0 else value
    bonus = (min(score.shape) + 1.0) * 2.0
    limits = _limits(reviewer, idea, score.shape)
    solution = _solve(-(value + bonus), limits, np.concatenate((load, needed)), np.ones(value.size))
    return np.asarray(solution > 0.5)


def _fairest(score: Floats, allowed: npt.NDArray[np.bool_], needed: Floats, load: Floats) -> npt.NDArray[np.bool_]:
    """Keep only pairs above the highest threshold at which still as many reviews can be placed (binary search)."""
    levels = np.unique(score[allowed])
    most = _placeable(allowed, needed, load)
    low, high = 0, levels.size - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _placeable(allowed & (score >= levels[middle]), needed, load) == most:
            low = middle
        else:
            high = middle - 1
    return np.asarray(allowed & (score >= levels[low]))


def _placeable(allowed: npt.NDArray[np.bool_], needed: Floats, load: Floats) -> int:
    """Largest number of reviews that the pairs can carry: maximum flow source → reviewer → idea → sink."""
    reviewers, ideas = allowed.shape
    reviewer, idea = np.nonzero(allowed)
    sink = reviewers + ideas + 1
    start = np.concatenate((np.zeros(reviewers), 1 + reviewer, 1 + reviewers + np.arange(ideas)))
    end = np.concatenate((1 + np.arange(reviewers), 1 + reviewers + idea, np.full(ideas, sink)))
    capacity = np.concatenate((load, np.ones(reviewer.size), needed)).astype(np.int32)
    graph = sparse.csr_matrix((capacity, (start.astype(np.int32), end.astype(np.int32))), shape=(sink + 1, sink + 1))
    return int(csgraph.maximum_flow(graph, 0, sink).flow_value)


def _limits(reviewer: Ints, idea: Ints, shape: tuple[int, ...]) -> Any:
    pairs = np.arange(reviewer.size)
    ones = np.ones(2 * reviewer.size)
    rows = np.concatenate((reviewer, shape[0] + idea))
    return sparse.csr_matrix((ones, (rows, np.concatenate((pairs, pairs)))), shape=(sum(shape), reviewer.size))


def _solve(objective: Floats, matrix: Any, limit: Floats, upper: Floats) -> Floats:
    bounds = np.column_stack((np.zeros(upper.size), upper))
    result = optimize.linprog(objective, A_ub=matrix, b_ub=limit, bounds=bounds, method="highs-ds")
    if result.x is None:
        raise ScoringError("the assignment could not be solved: check that all numbers are of a usual size")
    return np.asarray(result.x, dtype=np.float64)


def _result(score: Floats, reviewer: Ints, idea: Ints, needed: Floats) -> Assignment:
    placed = np.bincount(idea, minlength=needed.size)
    matches = score[reviewer, idea]
    return Assignment(
        reviewer_index=reviewer,
        idea_index=idea,
        missing=(needed - placed).astype(np.int64),
        affinity=float(matches.sum()),
        worst_affinity=float(matches.min()) if matches.size else 0.0,
    )
