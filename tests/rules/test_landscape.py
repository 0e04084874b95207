"""Regions of the map, computed from its points."""

from uuid import UUID

import pytest

from ideation.entities.ideas import IdeaState
from ideation.entities.landscape import MapPoint
from ideation.rules.landscape import regions_of

ONE, OTHER = UUID(int=1), UUID(int=2)


def point(
    number: int, theme: UUID | None, x: float, y: float, score: float | None = None, uncertainty: float | None = None
) -> MapPoint:
    return MapPoint(
        idea_id=UUID(int=100 + number),
        title="An idea",
        state=IdeaState.SUBMITTED,
        theme_id=theme,
        theme=None if theme is None else f"Theme {theme.int}",
        x=x,
        y=y,
        novelty=0.5,
        score=score,
        uncertainty=uncertainty,
    )


def test_no_points_have_no_regions() -> None:
    assert regions_of([]) == []


def test_a_region_is_the_middle_spread_and_slant_of_its_ideas() -> None:
    points = [point(1, ONE, 0.0, 0.0, 0.2, 0.1), point(2, ONE, 0.4, 0.2, 0.6, 0.3), point(3, ONE, 0.2, 0.1)]
    (region,) = regions_of(points)
    assert (region.theme_id, region.name, region.idea_count) == (ONE, "Theme 1", 3)
    assert (region.x, region.y) == pytest.approx((0.2, 0.1))
    assert (region.spread_x**2, region.spread_y**2) == pytest.approx((0.08 / 3, 0.02 / 3))
    assert region.covariance == pytest.approx(0.04 / 3)
    assert [region.score, region.uncertainty] == pytest.approx([0.4, 0.2])


def test_the_largest_region_is_first_and_the_one_without_a_theme_after_its_equals() -> None:
    points = [point(1, None, 0, 0), point(2, ONE, 0, 0), point(3, OTHER, 0, 0), point(4, OTHER, 0, 0)]
    regions = regions_of(points)
    assert [region.theme_id for region in regions] == [OTHER, ONE, None]
    assert [(region.name, region.score, region.uncertainty) for region in regions[1:]] == [
        ("Theme 1", None, None),
        (None, None, None),
    ]
