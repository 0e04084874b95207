"""The next batch of reviews: matched by expertise, and so that the reviewers become comparable."""

import numpy as np
import numpy.typing as npt

from scoring import assignment, connect
from scoring.checks import Ints

FORMULA_VERSION = "linked-transport/1"


def match(
    *,
    affinity: npt.ArrayLike,
    conflict: npt.ArrayLike,
    reviews_needed: npt.ArrayLike,
    load_limit: npt.ArrayLike,
    reviewer_group: npt.ArrayLike,
    idea_group: npt.ArrayLike,
) -> tuple[Ints, Ints]:
    """Reviewer and idea indices: first pairs that join groups (`connect.links`), then the best (`assignment.assign`).

    `affinity`, `conflict`: (reviewers × ideas). `reviews_needed`: (ideas,), 0 for an anchor, which is read only where
    no idea of the batch joins a group. `load_limit`: (reviewers,). Groups as in `connect.Groups`. The batch keeps its
    size: the weakest matches give way to anchors. Without groups to join this is the plain assignment.

    >>> reviewers, ideas = match(affinity=[[0.9, 0.8], [0.1, 0.7]], conflict=[[1, 0], [0, 1]], reviews_needed=[0, 1],
    ...     load_limit=[1, 0], reviewer_group=[0, 1], idea_group=[0, 1])
    >>> list(zip(reviewers.tolist(), ideas.tolist()))
    [(0, 1)]
    """
    score, forbidden = np.asarray(affinity, dtype=np.float64), np.asarray(conflict, dtype=np.bool_)
    wanted, free = np.array(reviews_needed, dtype=np.int64), np.array(load_limit, dtype=np.int64)
    reviewer, idea = connect.links(
        affinity=score + (1.0 + score.max(initial=0.0)) * (wanted > 0),
        allowed=~forbidden,
        reviewer_group=reviewer_group,
        idea_group=idea_group,
        room=free,
        needed=np.maximum(wanted, 1),
        most=int(wanted.sum()),
    )
    taken = forbidden.copy()
    taken[reviewer, idea] = True
    rest = assignment.assign(
        affinity=score,
        conflict=taken,
        reviews_needed=np.maximum(wanted - np.bincount(idea, minlength=wanted.size), 0),
        load_limit=free - np.bincount(reviewer, minlength=free.size),
    )
    best_first = np.argsort(-score[rest.reviewer_index, rest.idea_index], kind="stable")
    kept = np.sort(best_first[: int(wanted.sum()) - idea.size])
    return np.concatenate((reviewer, rest.reviewer_index[kept])), np.concatenate((idea, rest.idea_index[kept]))
