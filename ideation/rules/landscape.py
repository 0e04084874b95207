"""Where the themes lie on the map."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean
from uuid import UUID

from ideation.entities.landscape import MapPoint, MapRegion


def regions_of(points: Sequence[MapPoint]) -> list[MapRegion]:
    """The regions of all these ideas, the largest first: what `list_regions` counts in the database.

    That takes as long again as reading the ideas, which a map of single ideas needs anyway.
    """
    by_theme: defaultdict[UUID | None, list[MapPoint]] = defaultdict(list)
    for point in points:
        by_theme[point.theme_id].append(point)
    regions = [_region(theme_id, inside) for theme_id, inside in by_theme.items()]
    return sorted(regions, key=lambda region: (-region.idea_count, region.theme_id is None, str(region.theme_id)))


def _region(theme_id: UUID | None, inside: Sequence[MapPoint]) -> MapRegion:
    x, y = fmean(point.x for point in inside), fmean(point.y for point in inside)
    across, down = [point.x - x for point in inside], [point.y - y for point in inside]
    return MapRegion(
        theme_id=theme_id,
        name=inside[0].theme,
        idea_count=len(inside),
        x=x,
        y=y,
        spread_x=fmean(one * one for one in across) ** 0.5,
        spread_y=fmean(one * one for one in down) ** 0.5,
        covariance=fmean(one * other for one, other in zip(across, down, strict=True)),
        score=_mean([point.score for point in inside if point.score is not None]),
        uncertainty=_mean([point.uncertainty for point in inside if point.uncertainty is not None]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
