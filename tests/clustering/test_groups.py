"""Groups of duplicates do not chain."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.clustering.groups import group_pairs, not_implied

PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=12)


def parts(pairs: list[tuple[int, int]]) -> set[frozenset[int]]:
    """What these pairs connect, by joining sets until nothing changes."""
    sets = [{position} for position in range(9)]
    for first, second in pairs:
        one, other = (next(part for part in sets if position in part) for position in (first, second))
        if one is not other:
            sets.remove(other)
            one |= other
    return {frozenset(part) for part in sets}


def test_group_pairs_joins_what_is_alike_throughout() -> None:
    assert group_pairs([(0, 1, 0.9), (1, 2, 0.8), (0, 2, 0.7), (5, 6, 0.6)]) == [[0, 1, 2], [5, 6]]


def test_group_pairs_does_not_chain() -> None:
    assert group_pairs([(0, 1, 0.9), (1, 2, 0.8)]) == [[0, 1]]


def test_group_pairs_keeps_apart_what_people_said_differs() -> None:
    assert group_pairs([(0, 1, 0.9), (1, 2, 0.9), (0, 2, 0.9)], apart=[(2, 0)]) == [[0, 1]]


def test_group_pairs_of_nothing_is_nothing() -> None:
    assert group_pairs([]) == []


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(9, 17), st.floats(0, 1)), max_size=30))
@settings(max_examples=50)
def test_groups_are_disjoint_and_independent_of_order(pairs: list[tuple[int, int, float]]) -> None:
    distinct = list({(one, other): (one, other, value) for one, other, value in pairs}.values())
    groups = group_pairs(distinct)
    members = [member for group in groups for member in group]
    assert len(members) == len(set(members))
    assert group_pairs(distinct[::-1]) == groups


@given(PAIRS, PAIRS)
def test_pairs_that_are_kept_connect_what_all_connect_and_none_follows_from_the_others(
    pairs: list[tuple[int, int]], joined: list[tuple[int, int]]
) -> None:
    kept = [pair for pair, needed in zip(pairs, not_implied(pairs, joined), strict=True) if needed]
    assert parts([*joined, *kept]) == parts([*joined, *pairs])
    for place, pair in enumerate(kept):
        assert parts([*joined, *kept[:place]]) != parts([*joined, *kept[:place], pair])
