"""Theme identity between runs: a theme keeps its id, its name and its history when its ideas mostly stay together."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import msgspec
import numpy as np
from scipy.optimize import linear_sum_assignment

SMALLEST_OVERLAP = 0.3

ThemeId = TypeVar("ThemeId", bound=Hashable)


class ThemeMatch(msgspec.Struct, frozen=True, kw_only=True):
    """For one new theme: the earlier id it continues, or None for a theme that is new; overlap is the Jaccard share."""

    new: int
    previous: Hashable | None
    overlap: float


def match_themes(
    previous: Mapping[ThemeId, Sequence[Hashable]],
    new: Sequence[Sequence[Hashable]],
    *,
    smallest_overlap: float = SMALLEST_OVERLAP,
) -> list[ThemeMatch]:
    """Which earlier theme each new one continues, one to one; earlier ids that nobody continues have ended.

    previous: theme id to its ideas; new: the ideas of each new theme. Only ideas known to both runs count. The match
    maximises the summed Jaccard overlap (Hungarian method, Kuhn 1955); pairs under `smallest_overlap` do not match, so
    that a name never moves to a theme about something else.
    """
    ids = sorted(previous, key=str)
    known = {idea for ideas in previous.values() for idea in ideas}
    present = {idea for ideas in new for idea in ideas}
    before = [set(previous[key]) & present for key in ids]
    after = [set(ideas) & known for ideas in new]
    overlap = np.array([[_jaccard(one, other) for other in before] for one in after]).reshape(len(after), len(before))
    matched = dict(zip(*linear_sum_assignment(-overlap), strict=True)) if overlap.size else {}
    return [_match(position, matched.get(position), overlap, ids, smallest_overlap) for position in range(len(new))]


def _match(
    position: int, column: int | None, overlap: np.ndarray, ids: Sequence[Hashable], smallest_overlap: float
) -> ThemeMatch:
    share = 0.0 if column is None else float(overlap[position, column])
    continues = column is not None and share >= smallest_overlap
    return ThemeMatch(new=position, previous=ids[column] if column is not None and continues else None, overlap=share)


def _jaccard(one: set[Hashable], other: set[Hashable]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
