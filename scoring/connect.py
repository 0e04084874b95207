"""Can reviewers be compared at all? Connected groups of the reviewer–idea graph, and anchors that join them."""

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from scoring.checks import Ints, labels

FORMULA_VERSION = "anchors/1"
ANCHOR_COUNT = 3


class Groups(msgspec.Struct, frozen=True, kw_only=True):
    """`count` groups of reviewers without a shared idea between groups; `reviewer_group` −1 for one without reviews."""

    count: int
    reviewer_group: Ints


def groups(idea_index: npt.ArrayLike, reviewer_index: npt.ArrayLike, idea_count: int, reviewer_count: int) -> Groups:
    """Connected components of the bipartite graph of reviews (linking sets: Linacre, Many-Facet Rasch, 1989).

    One entry a review. Severity is comparable only inside a group. No reviews: 0 groups.

    >>> groups([0, 0, 1], [0, 1, 2], 2, 4)
    Groups(count=2, reviewer_group=array([ 0,  0,  1, -1]))
    """
    idea = labels(idea_index, "idea_index", idea_count)
    reviewer = labels(reviewer_index, "reviewer_index", reviewer_count, idea.size)
    size = reviewer_count + idea_count
    graph = sparse.csr_matrix((np.ones(idea.size), (reviewer, reviewer_count + idea)), shape=(size, size))
    part = csgraph.connected_components(graph, directed=False)[1][:reviewer_count]
    active = np.bincount(reviewer, minlength=reviewer_count) > 0
    numbers = np.full(reviewer_count, -1, dtype=np.int64)
    found, inverse = np.unique(part[active], return_inverse=True)
    numbers[active] = inverse
    return Groups(count=int(found.size), reviewer_group=numbers)


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
