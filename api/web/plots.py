"""Numbers of the drawings: scores with their intervals on one common scale."""

from collections.abc import Sequence

import msgspec

WIDTH = 220
_MARGIN = 6


class Whiskers(msgspec.Struct, frozen=True, kw_only=True):
    """One dot with its whiskers, in the units of the drawing."""

    low: float
    dot: float
    high: float
    cut: float | None


def whiskers(intervals: Sequence[tuple[float, float, float]], cut: float | None = None) -> list[Whiskers]:
    """Low end, score and high end of each, from left to right on the scale that holds them all and the cut."""
    if not intervals:
        return []
    marked = [] if cut is None else [cut]
    lowest = min([low for low, _, _ in intervals] + marked)
    highest = max([high for _, _, high in intervals] + marked)
    span = (highest - lowest) or 1.0

    def across(value: float) -> float:
        return round(_MARGIN + (WIDTH - 2 * _MARGIN) * (value - lowest) / span, 1)

    line = None if cut is None else across(cut)
    return [Whiskers(low=across(low), dot=across(score), high=across(high), cut=line) for low, score, high in intervals]


BAR_HEIGHT = 90
_BAR_GAP = 3


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar, standing on the lower edge of the drawing; `label` and `value` say what it shows."""

    x: float
    y: float
    width: float
    height: float
    label: object
    value: int


def bars(values: Sequence[tuple[object, int]], width: int) -> list[Bar]:
    """A bar for each labelled value, the highest as high as the drawing; nothing at all is a line on the edge."""
    each = width / max(len(values), 1)
    most = max((value for _, value in values), default=0) or 1
    heights = [max(1.0 if value else 0.0, round(BAR_HEIGHT * value / most, 1)) for _, value in values]
    return [
        Bar(
            x=round(number * each, 1),
            y=round(BAR_HEIGHT - height, 1),
            width=round(each - _BAR_GAP, 1),
            height=height,
            label=label,
            value=value,
        )
        for number, ((label, value), height) in enumerate(zip(values, heights, strict=True))
    ]


CURVE_WIDTH = 560
CURVE_HEIGHT = 220
_CURVE_LEFT = 64
_CURVE_TOP = 12
_CURVE_FLOOR = CURVE_HEIGHT - 28


class Dot(msgspec.Struct, frozen=True, kw_only=True):
    """One measured point of a curve, at its place in the drawing."""

    x: float
    y: float
    reviews: int
    expected_wrong_calls: float


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """Wrong calls to expect against reviews: both axes begin at 0. `target`: the height of the line to get under."""

    dots: list[Dot]
    target: float | None
    left: float
    floor: float
    most_reviews: int
    most_wrong_calls: float

    @property
    def line(self) -> str:
        """The points of the line through the dots."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def curve(points: Sequence[tuple[int, float]], target: float | None) -> Curve | None:
    """The drawing of (reviews, expected wrong calls), oldest first; None without a point."""
    if not points:
        return None
    most_reviews = max(*(reviews for reviews, _ in points), 1)
    most_wrong = max(*(wrong for _, wrong in points), target or 0.0) or 1.0

    def across(reviews: int) -> float:
        return round(_CURVE_LEFT + (CURVE_WIDTH - _CURVE_LEFT - _MARGIN) * reviews / most_reviews, 1)

    def down(wrong: float) -> float:
        return round(_CURVE_FLOOR - (_CURVE_FLOOR - _CURVE_TOP) * wrong / most_wrong, 1)

    return Curve(
        dots=[
            Dot(x=across(reviews), y=down(wrong), reviews=reviews, expected_wrong_calls=wrong)
            for reviews, wrong in points
        ],
        target=None if target is None else down(target),
        left=_CURVE_LEFT,
        floor=_CURVE_FLOOR,
        most_reviews=most_reviews,
        most_wrong_calls=most_wrong,
    )
