"""Choosing a shortlist and changing its order, without a database."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.entities.shortlists import (
    AddToShortlist,
    MoveOnShortlist,
    RankedCandidate,
    RemoveFromShortlist,
    ShortlistChange,
)
from ideation.errors import AlreadyExists, NotFound
from ideation.rules.shortlists import changed_order, choose


def candidate(number: int, score: float, *, theme: int | None = None, direction: int | None = None) -> RankedCandidate:
    vector = None if direction is None else np.eye(8)[direction]
    return RankedCandidate(
        idea_id=UUID(int=number), score=score, theme_id=None if theme is None else UUID(int=theme), vector=vector
    )


def test_near_duplicates_are_folded_into_the_better_one() -> None:
    ideas = [candidate(1, 3, direction=0), candidate(2, 2.9, direction=0), candidate(3, 1, direction=1)]
    chosen, price = choose(ideas, 2)
    assert chosen == [UUID(int=1), UUID(int=3)]
    assert price.folded == {UUID(int=2): UUID(int=1)}


def test_a_full_theme_makes_room_for_others_at_a_stated_price() -> None:
    ideas = [candidate(n, 10 - 0.1 * n, theme=1, direction=n) for n in range(1, 5)]
    ideas += [candidate(n, 9 - 0.5 * n, theme=n, direction=n - 1) for n in range(5, 8)]
    chosen, price = choose(ideas, 3)
    assert [idea in {UUID(int=n) for n in range(1, 5)} for idea in chosen] == [True, False, False]
    assert price.over_cap == [UUID(int=2), UUID(int=3)]
    assert (price.themes, price.themes_by_score_alone) == (3, 1)
    assert price.text == f"Diversity costs {price.cost_share:.1%} of the score range and adds 2 themes."


@pytest.mark.parametrize("size", [1, 3, 10])
def test_few_ideas_without_vectors_and_themes_are_taken_by_score(size: int) -> None:
    ideas = [candidate(n, 5 - n) for n in range(3)]
    chosen, price = choose(ideas, size)
    assert chosen == [UUID(int=n) for n in range(min(size, 3))]
    assert price.text == "Diversity changes nothing: these are the best ideas by score alone."


ORDER = [UUID(int=n) for n in range(1, 6)]


def change(kind: type[ShortlistChange], number: int, position: int | None = None) -> ShortlistChange:
    place = {} if kind is RemoveFromShortlist else {"position": position}
    return kind(idea_id=UUID(int=number), reason="Because.", **place)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "number", "position", "expected"),
    [
        (AddToShortlist, 9, None, [1, 2, 3, 4, 5, 9]),
        (AddToShortlist, 9, 1, [9, 1, 2, 3, 4, 5]),
        (AddToShortlist, 9, 400, [1, 2, 3, 4, 5, 9]),
        (RemoveFromShortlist, 3, None, [1, 2, 4, 5]),
        (MoveOnShortlist, 4, 1, [4, 1, 2, 3, 5]),
        (MoveOnShortlist, 1, 3, [2, 3, 1, 4, 5]),
        (MoveOnShortlist, 2, 99, [1, 3, 4, 5, 2]),
    ],
)
def test_a_change_gives_the_order_that_was_meant(
    kind: type[ShortlistChange], number: int, position: int | None, expected: list[int]
) -> None:
    assert changed_order(ORDER, change(kind, number, position)) == [UUID(int=n) for n in expected]


def test_a_change_that_does_not_fit_the_list_is_refused() -> None:
    with pytest.raises(AlreadyExists):
        changed_order(ORDER, change(AddToShortlist, 1))
    for kind in (RemoveFromShortlist, MoveOnShortlist):
        with pytest.raises(NotFound):
            changed_order(ORDER, change(kind, 9, 1))


@settings(max_examples=50)
@given(st.integers(1, 5), st.integers(1, 500))
def test_moving_keeps_the_others_in_their_order(number: int, position: int) -> None:
    moved = changed_order(ORDER, change(MoveOnShortlist, number, position))
    idea = UUID(int=number)
    assert [one for one in moved if one != idea] == [one for one in ORDER if one != idea]
    assert moved.index(idea) == min(position, 5) - 1
