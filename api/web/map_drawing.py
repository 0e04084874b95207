"""The map as numbers of a drawing: where each point, cell, region and name stands, how large and how pale."""

import math
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec

from ideation.entities.landscape import Landscape, MapCell, MapPoint, MapRegion, MapWindow

WIDTH, HEIGHT = 1_000, 680
_MARGIN = 24
_HUES = 8
_REGION_SPREADS = 1.7
_MOST_NAMES = 14
_NAME_CHARACTERS = 26
# Of names as they are drawn on a desk, and on a phone, where the whole map is as wide as a hand.
_CHARACTER_WIDTH, _LINE_HEIGHT = 11.8, 26
_NARROW_CHARACTER_WIDTH, _NARROW_LINE_HEIGHT = 19.5, 40
_POINT_RADII = (4.0, 11.0)
_CELL_RADII = (3.5, 16.0)
_PLAIN_RADIUS = 6.0
# A cell opens the part of the map around it, six times as near.
_NEARER = 6


class Spot(msgspec.Struct, frozen=True):
    """A circle: the idea or the cell that it stands for, its place and radius, and the classes that colour it."""

    of: MapPoint | MapCell
    x: float
    y: float
    radius: float
    classes: str


class Area(msgspec.Struct, frozen=True):
    """The region of a theme: an ellipse with a slant in degrees."""

    of: MapRegion
    x: float
    y: float
    width: float
    height: float
    degrees: float
    hue: str


class Name(msgspec.Struct, frozen=True):
    """The name of a theme, where no larger theme's name stands."""

    text: str
    x: float
    y: float
    large: bool
    narrow_x: float | None


class Drawing(msgspec.Struct, frozen=True):
    """Everything the map shows."""

    areas: list[Area]
    spots: list[Spot]
    names: list[Name]


def draw(landscape: Landscape, window: MapWindow) -> Drawing:
    """The drawing of a part of the map, the largest circles below the smaller ones."""
    scale = _Scale(window)
    areas = [_area(region, scale) for region in landscape.regions if region.theme_id and region.idea_count > 2]
    spots = _points(landscape.points, scale) if landscape.points is not None else _cells(landscape.cells or [], scale)
    return Drawing(areas=areas, spots=sorted(spots, key=lambda spot: -spot.radius), names=list(_names(areas)))


def fitting(landscape: Landscape) -> MapWindow:
    """The smallest window with everything in it and a little air around."""
    placed = landscape.points if landscape.points is not None else landscape.cells
    if not placed:
        return MapWindow()

    def ends(values: Sequence[float]) -> tuple[float, float]:
        air = max(0.02, (max(values) - min(values)) / 12)
        return _within(min(values) - air), _within(max(values) + air)

    left, right = ends([one.x for one in placed])
    top, bottom = ends([one.y for one in placed])
    return MapWindow(left=left, right=right, top=top, bottom=bottom)


def nearer(cell: MapCell, window: MapWindow) -> MapWindow:
    """The part of the map around a cell."""
    across, down = (window.right - window.left) / _NEARER / 2, (window.bottom - window.top) / _NEARER / 2
    return MapWindow(
        left=_within(cell.x - across),
        right=_within(cell.x + across),
        top=_within(cell.y - down),
        bottom=_within(cell.y + down),
    )


def hue(theme_id: UUID | None) -> str:
    """The class that colours a theme, the same on every map."""
    return "hue-none" if theme_id is None else f"hue-{theme_id.int % _HUES}"


class _Scale:
    """From the map's own units to those of the drawing."""

    def __init__(self, window: MapWindow) -> None:
        self._window = window
        self.across = (WIDTH - 2 * _MARGIN) / (window.right - window.left)
        self.down = (HEIGHT - 2 * _MARGIN) / (window.bottom - window.top)

    def x(self, x: float) -> float:
        return round(_MARGIN + (x - self._window.left) * self.across, 1)

    def y(self, y: float) -> float:
        return round(_MARGIN + (y - self._window.top) * self.down, 1)


def _points(points: Sequence[MapPoint], scale: _Scale) -> list[Spot]:
    size, tone = _Spread(point.score for point in points), _Spread(point.uncertainty for point in points)
    return [
        Spot(point, scale.x(point.x), scale.y(point.y), size.radius(point.score), _classes(point, tone))
        for point in points
    ]


def _cells(cells: Sequence[MapCell], scale: _Scale) -> list[Spot]:
    size, tone = _Spread(math.sqrt(cell.idea_count) for cell in cells), _Spread(cell.uncertainty for cell in cells)
    return [
        Spot(
            cell,
            scale.x(cell.x),
            scale.y(cell.y),
            size.radius(math.sqrt(cell.idea_count), _CELL_RADII),
            _classes(cell, tone),
        )
        for cell in cells
    ]


def _classes(of: MapPoint | MapCell, tone: "_Spread") -> str:
    return f"{hue(of.theme_id)} {tone.word(of.uncertainty)}"


class _Spread:
    """Where a value stands among all values."""

    def __init__(self, values: Iterable[float | None]) -> None:
        known = sorted(value for value in values if value is not None)
        self._low, self._high = (known[0], known[-1]) if known else (0.0, 0.0)
        self._thirds = [known[math.ceil(len(known) * third / 3) - 1] for third in (1, 2)] if known else []

    def radius(self, value: float | None, radii: tuple[float, float] = _POINT_RADII) -> float:
        """From the smallest to the largest radius; a plain one where values do not differ."""
        if value is None or self._high <= self._low:
            return _PLAIN_RADIUS
        share = (value - self._low) / (self._high - self._low)
        return round(radii[0] + share * (radii[1] - radii[0]), 1)

    def word(self, value: float | None) -> str:
        """The class of the tone: sure, fair or unsure, a third of all each."""
        if value is None or self._high <= self._low:
            return "fair"
        return ("sure", "fair", "unsure")[sum(value > bound for bound in self._thirds)]


def _area(region: MapRegion, scale: _Scale) -> Area:
    """The ellipse of the covariance, by its eigenvectors."""
    across, down = scale.across**2 * region.spread_x**2, scale.down**2 * region.spread_y**2
    slant = scale.across * scale.down * region.covariance
    middle, half = (across + down) / 2, math.hypot((across - down) / 2, slant)
    long, short = (_REGION_SPREADS * math.sqrt(max(value, 0.0)) for value in (middle + half, middle - half))
    return Area(
        of=region,
        x=scale.x(region.x),
        y=scale.y(region.y),
        width=round(max(long, 10), 1),
        height=round(max(short, 10), 1),
        degrees=round(math.degrees(math.atan2(2 * slant, across - down) / 2), 1),
        hue=hue(region.theme_id),
    )


def _names(areas: Sequence[Area]) -> Iterator[Name]:
    """The names of the largest themes, above their regions, none over another."""
    taken: list[tuple[float, float, float]] = []
    narrow: list[tuple[float, float, float]] = []
    for number, area in enumerate(areas):
        text = _shortened(area.of.name or "")
        half = len(text) * _CHARACTER_WIDTH / 2
        above = area.y - min(area.height, HEIGHT / 8) - 8
        x, y = min(max(area.x, half + 4), WIDTH - half - 4), min(max(above, _LINE_HEIGHT), HEIGHT - 8)
        free = all(abs(x - tx) > half + th or abs(y - ty) > _LINE_HEIGHT for tx, ty, th in taken)
        if text and free and len(taken) < _MOST_NAMES:
            taken.append((x, y, half))
            narrow_x = _narrow_place(area, text, y, narrow) if number < 5 else None
            yield Name(text=text, x=round(x, 1), y=round(y, 1), large=number < 5, narrow_x=narrow_x)


def _narrow_place(area: Area, text: str, y: float, taken: list[tuple[float, float, float]]) -> float | None:
    """The middle of a name on a phone; None where it would lie over another."""
    half = len(text) * _NARROW_CHARACTER_WIDTH / 2
    x = min(max(area.x, half + 4), WIDTH - half - 4)
    if any(abs(x - tx) < half + th and abs(y - ty) < _NARROW_LINE_HEIGHT for tx, ty, th in taken):
        return None
    taken.append((x, y, half))
    return round(x, 1)


def _shortened(text: str) -> str:
    return text if len(text) <= _NAME_CHARACTERS else text[: _NAME_CHARACTERS - 1].rstrip(" ,") + "…"


def _within(value: float) -> float:
    return round(min(max(value, -1.0), 1.0), 4)
