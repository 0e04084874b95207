"""Groups of confirmed duplicates, and when verdicts suffice for a model of one's own."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from ideation.entities.duplicates import KnownPair, PairState

FEWEST_VERDICTS = 40
# A new model is fitted once there are a fifth more verdicts than the last one saw.
GROWTH_FOR_NEW_MODEL = 1.2


def groups_of(verdicts: Sequence[KnownPair]) -> list[list[UUID]]:
    """Ideas that confirmed pairs connect, unless a dismissed pair stands between two of them; the likeliest first."""
    apart = {frozenset((pair.idea_a, pair.idea_b)) for pair in verdicts if pair.state is PairState.DISMISSED}
    group_of: dict[UUID, list[UUID]] = {}
    for pair in verdicts:
        if pair.state is PairState.CONFIRMED:
            left = group_of.setdefault(pair.idea_a, [pair.idea_a])
            right = group_of.setdefault(pair.idea_b, [pair.idea_b])
            if left is not right and not _divided(left, right, apart):
                left.extend(right)
                group_of.update(dict.fromkeys(right, left))
    distinct = {id(group): group for group in group_of.values() if len(group) > 1}
    return list(distinct.values())


def _divided(left: Iterable[UUID], right: Sequence[UUID], apart: set[frozenset[UUID]]) -> bool:
    return any(frozenset((one, other)) in apart for one in left for other in right)


def model_is_due(confirmed: int, dismissed: int, seen: int) -> bool:
    """Whether there are 40 verdicts of either kind, and a fifth more than the last model saw."""
    enough = min(confirmed, dismissed) >= FEWEST_VERDICTS
    return enough and confirmed + dismissed >= GROWTH_FOR_NEW_MODEL * seen
