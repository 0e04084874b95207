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


def whiskers(intervals: Sequence[tuple[float, float, float]]) -> list[Whiskers]:
    """Low end, score and high end of each, from left to right on the scale that holds them all."""
    if not intervals:
        return []
    lowest, highest = min(low for low, _, _ in intervals), max(high for _, _, high in intervals)
    span = (highest - lowest) or 1.0

    def across(value: float) -> float:
        return round(_MARGIN + (WIDTH - 2 * _MARGIN) * (value - lowest) / span, 1)

    return [Whiskers(low=across(low), dot=across(score), high=across(high)) for low, score, high in intervals]
