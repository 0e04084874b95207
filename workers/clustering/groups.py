"""Pairs become groups of duplicates without chaining unrelated ideas together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

SMALLEST_MEAN = 0.5


def group_pairs(
    pairs: Sequence[tuple[int, int, float]],
    *,
    apart: Collection[tuple[int, int]] = (),
    smallest_mean: float = SMALLEST_MEAN,
) -> list[list[int]]:
    """Groups of at least two positions from (first, second, probability); each sorted, in the order of positions.

    Average linkage over the whole group (UPGMA, Sokal and Michener 1958): two groups join when the mean probability
    over all pairs between them, unknown pairs counting 0, reaches `smallest_mean`. So A-B and B-C alone never put A
    and C together. Pairs in `apart` (people said: not the same) keep their groups apart whatever the rest says.
    """
    known: dict[int, dict[int, float]] = defaultdict(dict)
    for first, second, probability in pairs:
        known[first][second] = known[second][first] = probability
    divided = {frozenset(pair) for pair in apart}
    group_of = {position: [position] for position in known}
    for first, second, _ in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
        left, right = group_of[first], group_of[second]
        if left is not right and _may_join(left, right, known, divided, smallest_mean):
            left.extend(right)
            group_of.update(dict.fromkeys(right, left))
    distinct = {id(group): sorted(group) for group in group_of.values() if len(group) > 1}
    return sorted(distinct.values())


def not_implied(pairs: Iterable[tuple[int, int]], joined: Iterable[tuple[int, int]] = ()) -> Iterator[bool]:
    """Of each pair in turn whether it connects ideas that the pairs before it, and the `joined` ones, leave apart.

    Of n ideas that all say the same these are n - 1 pairs instead of n (n - 1) / 2: who judges them has judged all.
    """
    above: dict[int, int] = {}

    def top(position: int) -> int:
        while (higher := above.get(position, position)) != position:
            above[position] = position = above.get(higher, higher)
        return position

    for first, second in joined:
        above[top(first)] = top(second)
    for first, second in pairs:
        one, other = top(first), top(second)
        above[one] = other
        yield one != other


def _may_join(
    left: Sequence[int],
    right: Sequence[int],
    known: dict[int, dict[int, float]],
    divided: set[frozenset[int]],
    smallest_mean: float,
) -> bool:
    between = [(one, other) for one in left for other in right]
    if any(frozenset(pair) in divided for pair in between):
        return False
    return sum(known[one].get(other, 0.0) for one, other in between) / len(between) >= smallest_mean
