"""How two lists of near ideas become one."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)

_DAMPING = 60


def fuse(*lists: Sequence[Item]) -> list[Item]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): 1 / (60 + rank) summed over the lists.

    Best first; equal sums stay in the order of the first list. Empty lists give an empty one.
    """
    scores: dict[Item, float] = {}
    for ranked in lists:
        for rank, item in enumerate(ranked, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (_DAMPING + rank)
    return sorted(scores, key=lambda item: -scores[item])
