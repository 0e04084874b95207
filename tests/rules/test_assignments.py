"""The pool, what it still needs, and each reviewer's order, without a database."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.entities.assignments import Pair, PoolIdea
from ideation.rules.assignments import choose_pool, in_random_order, reviews_needed


def ideas(count: int, themes: int) -> list[PoolIdea]:
    """Ideas best first; themes change slowly, so that the last ones lie behind the cut."""
    return [
        PoolIdea(idea_id=UUID(int=place), place=place + 1, theme_id=UUID(int=10_000 + place * themes // count))
        for place in range(count)
    ]


@settings(max_examples=50)
@given(st.integers(1, 400), st.integers(1, 20), st.integers(1, 10))
def test_the_pool_holds_the_best_tenth_or_ten_times_k_and_every_theme(count: int, themes: int, k: int) -> None:
    field = ideas(count, themes)
    pool = choose_pool(field, k)
    size = min(count, max(10 * k, -(-count // 10)))
    assert pool[:size] == [idea.idea_id for idea in field[:size]]
    by_id = {idea.idea_id: idea.theme_id for idea in field}
    assert {by_id[idea] for idea in pool} == {idea.theme_id for idea in field}
    assert len(set(pool)) == len(pool) <= size + themes


def test_released_reviews_are_needed_again_and_surplus_ones_do_not_count_against_others() -> None:
    first, second, third = [UUID(int=number) for number in (1, 2, 3)]
    pairs = [Pair(idea_id=first, reviewer_id=UUID(int=number), standing=True) for number in range(10, 14)]
    pairs += [Pair(idea_id=second, reviewer_id=UUID(int=10), standing=False)]
    assert reviews_needed([first, second, third], pairs, 3) == [0, 3, 3]


@settings(max_examples=30)
@given(st.sets(st.tuples(st.integers(1, 30), st.integers(100, 104)), max_size=60))
def test_orders_are_repeatable_gapless_and_follow_what_was_there(wanted: set[tuple[int, int]]) -> None:
    pairs = [(UUID(int=idea), UUID(int=reviewer)) for idea, reviewer in wanted]
    before = {UUID(int=100): 7}
    ordered = in_random_order(UUID(int=1), pairs, before)
    assert ordered == in_random_order(UUID(int=1), reversed(pairs), before)
    assert {(one.idea_id, one.reviewer_id) for one in ordered} == set(pairs)
    for reviewer in {pair[1] for pair in pairs}:
        places = sorted(one.position for one in ordered if one.reviewer_id == reviewer)
        start = before.get(reviewer, 0) + 1
        assert places == list(range(start, start + len(places)))
