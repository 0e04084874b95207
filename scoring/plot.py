"""Pictures as SVG text: scores with intervals, calibration, and the curve of reviews against wrong calls."""

from collections.abc import Sequence
from html import escape

import msgspec

from scoring.errors import ScoringError

WIDTH = 720
LABEL_WIDTH = 220
ROW = 18
MARGIN = 40
SQUARE = 360
INK, BAR, POINT = "#1f2933", "#9fb3c8", "#0b69a3"


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the picture: a name, a score, and the ends of its interval."""

    name: str
    score: float
    low: float
    high: float


def intervals(lines: Sequence[Interval], title: str, unit: str) -> str:
    """Draw scores as points on their intervals, first line on top. No lines give a picture with the title only.

    >>> picture = intervals([Interval(name="A <b>", score=0.5, low=0.2, high=0.8)], "Scores", "yes rate")
    >>> "A &lt;b&gt;" in picture and picture.startswith("<svg")
    True
    """
    low = min((line.low for line in lines), default=0.0)
    high = max((line.high for line in lines), default=1.0)
    scale = (WIDTH - LABEL_WIDTH - MARGIN) / ((high - low) or 1.0)
    height = 2 * MARGIN + ROW * len(lines)
    parts = [_text(12, 22, title, bold=True)]
    for place, line in enumerate(lines):
        y = MARGIN + ROW * place + ROW / 2
        ends = [LABEL_WIDTH + (value - low) * scale for value in (line.low, line.score, line.high)]
        parts.append(_text(12, y + 4, _short(line.name)))
        parts.append(f'<line x1="{ends[0]:.1f}" x2="{ends[2]:.1f}" y1="{y}" y2="{y}" stroke="{BAR}" stroke-width="6"/>')
        parts.append(f'<circle cx="{ends[1]:.1f}" cy="{y}" r="4" fill="{POINT}"/>')
    bottom = height - 14
    parts.append(_text(LABEL_WIDTH, bottom, f"{low:.3g}"))
    parts.append(_text(WIDTH - MARGIN - 30, bottom, f"{high:.3g}"))
    parts.append(_text(12, bottom, unit))
    return _svg(WIDTH, height, title, parts)


def calibration(stated: Sequence[float], came_true: Sequence[float], counts: Sequence[int], title: str) -> str:
    """Draw what chances stated against what came true; the diagonal is perfect. Circles grow with the count.

    >>> calibration([0.4], [0.5], [60], "Calibration").count("<circle")
    1
    """
    if not len(stated) == len(came_true) == len(counts):
        raise ScoringError("stated, came_true and counts must have one length")
    start, end = MARGIN, MARGIN + SQUARE
    parts = [_text(12, 22, title, bold=True), _box(start, end)]
    parts.append(f'<line x1="{start}" y1="{end}" x2="{end}" y2="{start}" stroke="{BAR}" stroke-dasharray="4 4"/>')
    for x, y, count in zip(stated, came_true, counts, strict=True):
        radius = 3 + min(count, 400) ** 0.5 / 2
        parts.append(
            f'<circle cx="{start + x * SQUARE:.1f}" cy="{end - y * SQUARE:.1f}" r="{radius:.1f}" fill="{POINT}"/>'
        )
    parts.append(_text(start, end + 24, "stated chance, 0 to 1; upwards: share that came true"))
    return _svg(SQUARE + 2 * MARGIN, SQUARE + 2 * MARGIN, title, parts)


def curve(points: Sequence[tuple[float, float]], title: str, across: str, up: str) -> str:
    """Draw one falling or rising line through (x, y) points, both axes from 0. No points give empty axes.

    >>> "polyline" in curve([(0, 9.0), (100, 5.0)], "Wrong calls", "reviews", "expected wrong calls")
    True
    """
    start, end = MARGIN, MARGIN + SQUARE
    top_x = max((x for x, _ in points), default=1.0) or 1.0
    top_y = max((y for _, y in points), default=1.0) or 1.0
    path = " ".join(f"{start + x / top_x * SQUARE:.1f},{end - y / top_y * SQUARE:.1f}" for x, y in points)
    parts = [_text(12, 22, title, bold=True), _box(start, end)]
    parts.append(f'<polyline points="{path}" fill="none" stroke="{POINT}" stroke-width="2"/>')
    parts.append(_text(start, end + 24, f"{across}, 0 to {top_x:g}; upwards: {up}, 0 to {top_y:.3g}"))
    return _svg(SQUARE + 2 * MARGIN, SQUARE + 2 * MARGIN, title, parts)


def stacked(pictures: Sequence[str]) -> str:
    """One picture with these below each other, as one file is easier to pass on.

    >>> both = stacked([calibration([0.4], [0.5], [60], "A"), calibration([], [], [], "B")])
    >>> both.count("<svg"), 'height="880"' in both
    (3, True)
    """
    parts, below, across = [], 0.0, 0.0
    for picture in pictures:
        size = [float(picture.split(f'{side}="', 1)[1].split('"', 1)[0]) for side in ("width", "height")]
        parts.append(picture.replace("<svg ", f'<svg y="{below:g}" ', 1))
        below, across = below + size[1], max(across, size[0])
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{across:g}" height="{below:g}">{"".join(parts)}</svg>\n'


def _short(name: str) -> str:
    return name if len(name) <= 30 else name[:29] + "…"


def _text(x: float, y: float, text: str, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" fill="{INK}"{weight}>{escape(text)}</text>'


def _box(start: int, end: int) -> str:
    return f'<rect x="{start}" y="{start}" width="{end - start}" height="{end - start}" fill="none" stroke="{BAR}"/>'


def _svg(width: int, height: float, title: str, parts: list[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="sans-serif" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>'
    )
    return head + "".join(parts) + "</svg>\n"
