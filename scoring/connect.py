"""Can reviewers be compared at all? Connected groups of the reviewer–idea graph, and anchors that join them."""

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from scoring.checks import Bools, Floats, Ints, labels
from scoring.errors import ScoringError

FORMULA_VERSION = "anchors/2"
ANCHOR_COUNT = 3


class Groups(msgspec.Struct, frozen=True, kw_only=True):
    """`count` groups of reviewers without a shared idea between groups.

    `reviewer_group`, `idea_group`: the group's number; −1 for a reviewer without reviews and an idea without any.
    """

    count: int
    reviewer_group: Ints
    idea_group: Ints


def groups(idea_index: npt.ArrayLike, reviewer_index: npt.ArrayLike, idea_count: int, reviewer_count: int) -> Groups:
    """Connected components of the bipartite graph of reviews (linking sets: Linacre, Many-Facet Rasch, 1989).

    One entry a review. Severity is comparable only inside a group. No reviews: 0 groups.

    >>> groups([0, 0, 1], [0, 1, 2], 2, 4)
    Groups(count=2, reviewer_group=array([ 0,  0,  1, -1]), idea_group=array([0, 1]))
    """
    idea = labels(idea_index, "idea_index", idea_count)
    reviewer = labels(reviewer_index, "reviewer_index", reviewer_count, idea.size)
    size = reviewer_count + idea_count
    graph = sparse.csr_matrix((np.ones(idea.size), (reviewer, reviewer_count + idea)), shape=(size, size))
    part = csgraph.connected_components(graph, directed=False)[1]
    active = np.bincount(np.concatenate((reviewer, reviewer_count + idea)), minlength=size) > 0
    numbers = np.full(size, -1, dtype=np.int64)
    found, inverse = np.unique(part[active], return_inverse=True)
    numbers[active] = inverse
    return Groups(count=int(found.size), reviewer_group=numbers[:reviewer_count], idea_group=numbers[reviewer_count:])


def anchors(
    idea_index: npt.ArrayLike,
    reviewer_index: npt.ArrayLike,
    idea_count: int,
    reviewer_count: int,
    count: int = ANCHOR_COUNT,
) -> Ints:
    """Ideas that everyone should review so that severities become comparable: none when the graph is connected.

    Otherwise the `count` ideas with the most reviews, ties by index: they need the fewest further reviews.

    >>> anchors([0, 0, 1], [0, 1, 2], 3, 3, count=2).tolist()
    [0, 1]
    >>> anchors([0, 0], [0, 1], 3, 2).tolist()
    []
    """
    if groups(idea_index, reviewer_index, idea_count, reviewer_count).count < 2:
        return np.zeros(0, dtype=np.int64)
    reviews = np.bincount(labels(idea_index, "idea_index", idea_count), minlength=idea_count)
    return np.argsort(-reviews, kind="stable")[:count].astype(np.int64)


def joined(
    reviewer_group: npt.ArrayLike, idea_group: npt.ArrayLike, reviewer_index: npt.ArrayLike, idea_index: npt.ArrayLike
) -> tuple[Ints, Ints]:
    """The groups of reviewers and of ideas once further reviews are in: each review makes two groups one.

    Groups as in `Groups`; a review of a reviewer or an idea without a group takes it into the other's, and one where
    neither has a group changes nothing.

    >>> reviewers, ideas = joined([0, 1, -1], [0, 1], [1, 2], [0, 1])
    >>> reviewers.tolist(), ideas.tolist()
    ([1, 1, 1], [1, 1])
    """
    of_reviewer, of_idea = np.array(reviewer_group, dtype=np.int64), np.array(idea_group, dtype=np.int64)
    reviewer = labels(reviewer_index, "reviewer_index", of_reviewer.size)
    idea = labels(idea_index, "idea_index", of_idea.size, reviewer.size)
    for person, place in zip(reviewer.tolist(), idea.tolist(), strict=True):
        old, new = of_idea[place], of_reviewer[person]
        if new < 0:
            of_reviewer[person] = old
        elif old < 0:
            of_idea[place] = new
        else:
            of_reviewer[of_reviewer == old] = new
            of_idea[of_idea == old] = new
    return of_reviewer, of_idea


def links(
    *,
    affinity: npt.ArrayLike,
    allowed: npt.ArrayLike,
    reviewer_group: npt.ArrayLike,
    idea_group: npt.ArrayLike,
    room: npt.ArrayLike,
    needed: npt.ArrayLike,
    most: int,
) -> tuple[Ints, Ints]:
    """The reviews that join the groups: for each, the best match that crosses two of them (Kruskal 1956).

    `affinity`, `allowed`: (reviewers × ideas). `reviewer_group`, `idea_group`: as in `Groups`; −1 joins nothing.
    `room`: (reviewers,) reviews each may still take; `needed`: (ideas,) reviews each may still get. At most `most`
    reviews, as no more than groups − 1 are of use. Returns reviewer and idea indices, the best match first, ties by
    index; empty when the groups are one already, or no allowed pair crosses.

    >>> reviewers, ideas = links(affinity=[[0.2, 0.9], [0.5, 0.1]], allowed=[[1, 1], [1, 1]], reviewer_group=[0, 1],
    ...     idea_group=[0, 1], room=[1, 1], needed=[1, 1], most=5)
    >>> reviewers.tolist(), ideas.tolist()
    ([0], [1])
    """
    score = np.asarray(affinity, dtype=np.float64)
    usable = np.asarray(allowed, dtype=np.bool_).copy()
    if score.ndim != 2 or usable.shape != score.shape or not np.isfinite(score).all():
        raise ScoringError("affinity and allowed must be (reviewers × ideas), affinity finite")
    of_reviewer = np.array(reviewer_group, dtype=np.int64)
    of_idea = np.array(idea_group, dtype=np.int64)
    takes, lacks = np.array(room, dtype=np.int64), np.array(needed, dtype=np.int64)
    chosen: list[tuple[int, int]] = []
    while len(chosen) < most:
        pair = _best_crossing(score, usable & (takes > 0)[:, None] & (lacks > 0), of_reviewer, of_idea)
        if pair is None:
            break
        reviewer, idea = pair
        chosen.append(pair)
        usable[pair] = False
        takes[reviewer] -= 1
        lacks[idea] -= 1
        old = of_idea[idea]
        for group in (of_reviewer, of_idea):
            group[group == old] = of_reviewer[reviewer]
    found = np.array(chosen, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _best_crossing(score: Floats, usable: Bools, of_reviewer: Ints, of_idea: Ints) -> tuple[int, int] | None:
    crosses = (of_reviewer[:, None] != of_idea) & (of_reviewer >= 0)[:, None] & (of_idea >= 0)
    candidates = np.flatnonzero(usable & crosses)
    if not candidates.size:
        return None
    best = candidates[np.argmax(score.ravel()[candidates])]
    return int(best // of_idea.size), int(best % of_idea.size)
