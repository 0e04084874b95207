"""The next batch of reviews: matched by expertise, and so that the reviewers become comparable."""

import numpy as np
import numpy.typing as npt

from scoring import assignment, connect
from scoring.checks import Ints

FORMULA_VERSION = "linked-transport/2"
# Most groups join by themselves as reviews come in; steering costs matches, so it is a small part of a batch.
LINK_SHARE = 0.125


def match(
    *,
    affinity: npt.ArrayLike,
    conflict: npt.ArrayLike,
    reviews_needed: npt.ArrayLike,
    load_limit: npt.ArrayLike,
    reviewer_group: npt.ArrayLike,
    idea_group: npt.ArrayLike,
) -> tuple[Ints, Ints]:
    """Reviewer and idea indices of the best matches (`assignment.assign`), some steered so that groups join.

    Where the best matches would leave several groups, up to an eighth of the batch (at least one review) goes to pairs
    that join them (`connect.links`), and the rest is matched anew. `affinity`, `conflict`: (reviewers × ideas).
    `reviews_needed`: (ideas,), 0 for an anchor, which is read only where no idea of the batch joins a group.
    `load_limit`: (reviewers,). Groups as in `connect.Groups`. The batch keeps its size: the weakest matches give way to
    anchors. Without groups to join this is the plain assignment.

    >>> reviewers, ideas = match(affinity=[[0.9, 0.8], [0.1, 0.7]], conflict=[[1, 0], [0, 1]], reviews_needed=[0, 1],
    ...     load_limit=[1, 0], reviewer_group=[0, 1], idea_group=[0, 1])
    >>> list(zip(reviewers.tolist(), ideas.tolist()))
    [(0, 1)]
    """
    score, forbidden = np.asarray(affinity, dtype=np.float64), np.asarray(conflict, dtype=np.bool_)
    wanted, free = np.array(reviews_needed, dtype=np.int64), np.array(load_limit, dtype=np.int64)
    plain = assignment.assign(affinity=score, conflict=forbidden, reviews_needed=wanted, load_limit=free)
    of_reviewer, of_idea = connect.joined(reviewer_group, idea_group, plain.reviewer_index, plain.idea_index)
    reviewer, idea = connect.links(
        affinity=score + (1.0 + score.max(initial=0.0)) * (wanted > 0),
        allowed=~forbidden,
        reviewer_group=of_reviewer,
        idea_group=of_idea,
        room=free,
        needed=np.maximum(wanted, 1),
        most=int(np.ceil(LINK_SHARE * wanted.sum())),
    )
    if not idea.size:
        return plain.reviewer_index, plain.idea_index
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
