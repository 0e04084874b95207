"""No line about departments tells of fewer than five people, and none can be worked out from the others."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.entities.board import SMALLEST_GROUP, DepartmentCount
from ideation.rules.board import suppress_small


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12)), max_size=8))
def test_small_groups_are_never_shown_alone(sizes: list[tuple[int, int]]) -> None:
    counts = [
        DepartmentCount(name=f"Department {number}", people=people, took_part=min(took_part, people))
        for number, (people, took_part) in enumerate(sizes)
    ]
    shown = suppress_small(counts)
    everybody = sum(count.people for count in counts)
    if shown is None:
        assert everybody < SMALLEST_GROUP
        return
    assert all(line.people >= SMALLEST_GROUP for line in shown)
    assert sum(line.people for line in shown) == everybody
    assert sum(line.took_part for line in shown) == sum(count.took_part for count in counts)
    assert sum(line.departments for line in shown) == len(counts)


def test_one_small_department_takes_the_next_smallest_with_it() -> None:
    counts = [
        DepartmentCount(name="Legal", people=3, took_part=2),
        DepartmentCount(name="Sales", people=30, took_part=9),
        DepartmentCount(name="Research", people=8, took_part=1),
    ]
    assert suppress_small(counts) == [
        DepartmentCount(name="Sales", people=30, took_part=9),
        DepartmentCount(name=None, departments=2, people=11, took_part=3),
    ]
