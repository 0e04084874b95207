"""When themes are due, and which ideas duplicates make a group of."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from ideation.entities.duplicates import KnownPair, PairState
from ideation.entities.themes import ThemeProgress
from ideation.rules.duplicates import groups_of, model_is_due
from ideation.rules.themes import is_overdue, looks_for_count, refresh_due_at
from tests.factories import NOW


def progress(
    ideas: int, changed: int, last: int | None, seconds: float = 1.0, *, under_way: bool = False
) -> ThemeProgress:
    finished = None if last is None else NOW - timedelta(seconds=10)
    return ThemeProgress(
        ideas=ideas,
        changed=changed,
        last_ideas=last,
        last_finished_at=finished,
        last_seconds=seconds,
        under_way=under_way,
    )


@pytest.mark.parametrize(
    ("state", "wait_seconds"),
    [
        (progress(4, 4, None), None),
        (progress(5, 5, None), 0),
        (progress(100, 5, 100), None),
        (progress(100, 6, 100), 20),
        (progress(2000, 19, 2000), None),
        (progress(2000, 20, 2000), 20),
        (progress(46_000, 459, 46_000, seconds=60), None),
        (progress(46_000, 460, 46_000, seconds=60), 230),
        (progress(40, 3, 40), 20),
    ],
)
def test_themes_are_due_when_enough_changed_and_never_too_soon(state: ThemeProgress, wait_seconds: int | None) -> None:
    expected = None if wait_seconds is None else NOW + timedelta(seconds=wait_seconds)
    assert refresh_due_at(state, NOW) == expected


@pytest.mark.parametrize("last", [None, 1000])
def test_nothing_is_due_while_a_run_is_under_way(last: int | None) -> None:
    state = progress(2000, 2000, last, under_way=True)
    assert refresh_due_at(state, NOW + timedelta(days=1)) is None
    assert not is_overdue(state, NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("minutes", "seconds_of_work", "overdue"), [(14, 1.0, False), (15, 1.0, True), (99, 60.0, False), (100, 60.0, True)]
)
def test_a_few_changes_are_followed_later_in_a_large_challenge(
    minutes: int, seconds_of_work: float, overdue: bool
) -> None:
    state = msgspec.structs.replace(
        progress(100, 1, 100, seconds=seconds_of_work), last_finished_at=NOW - timedelta(minutes=minutes)
    )
    assert is_overdue(state, NOW) is overdue
    assert is_overdue(progress(1, 1, None), NOW)


@pytest.mark.parametrize(
    ("ideas", "fitted", "anew"), [(6, None, True), (14, 10, False), (15, 10, True), (6, 10, False), (5, 10, True)]
)
def test_the_number_of_themes_is_looked_for_again_after_growth(ideas: int, fitted: int | None, anew: bool) -> None:
    assert looks_for_count(ideas, fitted) is anew


def known(one: int, other: int, state: PairState) -> KnownPair:
    return KnownPair(idea_a=UUID(int=one), idea_b=UUID(int=other), state=state)


def test_a_dismissed_pair_keeps_its_ideas_in_different_groups() -> None:
    verdicts = [
        known(1, 2, PairState.CONFIRMED),
        known(2, 3, PairState.CONFIRMED),
        known(3, 4, PairState.CONFIRMED),
        known(1, 3, PairState.DISMISSED),
    ]
    assert groups_of(verdicts) == [[UUID(int=1), UUID(int=2)], [UUID(int=3), UUID(int=4)]]
    assert groups_of([]) == []


@pytest.mark.parametrize(
    ("confirmed", "dismissed", "seen", "due"),
    [(40, 39, 0, False), (40, 40, 0, True), (45, 45, 80, False), (48, 48, 80, True)],
)
def test_a_model_is_fitted_with_forty_of_either_kind_and_again_after_a_fifth_more(
    confirmed: int, dismissed: int, seen: int, due: bool
) -> None:
    assert model_is_due(confirmed, dismissed, seen) is due
