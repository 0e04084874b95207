"""Groups of duplicates do not chain."""

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.clustering.groups import group_pairs


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
