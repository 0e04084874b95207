"""Which lines about departments may be shown."""

from collections.abc import Sequence

from ideation.entities.board import SMALLEST_GROUP, DepartmentCount


def suppress_small(counts: Sequence[DepartmentCount], smallest: int = SMALLEST_GROUP) -> list[DepartmentCount] | None:
    """Departments by name, the small ones folded into one line; None when all together are too few.

    The folded line must not be small itself, or totals minus the other lines would tell what it hides: then the next
    smallest department is folded too (complementary suppression, Cox 1980).
    """
    by_size = sorted(counts, key=lambda count: (count.people, count.name or ""))
    if sum(count.people for count in by_size) < smallest:
        return None
    folded = [count for count in by_size if count.people < smallest]
    shown = by_size[len(folded) :]
    while folded and shown and sum(count.people for count in folded) < smallest:
        folded.append(shown.pop(0))
    lines = sorted(shown, key=lambda count: count.name or "")
    return [*lines, _together(folded)] if folded else lines


def _together(folded: Sequence[DepartmentCount]) -> DepartmentCount:
    return DepartmentCount(
        name=None,
        departments=len(folded),
        people=sum(count.people for count in folded),
        took_part=sum(count.took_part for count in folded),
    )
