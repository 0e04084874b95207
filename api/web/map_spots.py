"""The circles of the map as SVG: thousands, which a template would take several times as long for."""

from collections.abc import Callable
from html import escape

from markupsafe import Markup

from api.web.map_drawing import Drawing, Spot
from api.web.phrases import decimal
from api.web.texts import Texts
from ideation.entities.landscape import MapCell, MapPoint, MapRegion


def spots_as_svg(drawing: Drawing, texts: Texts, opens: Callable[[MapCell], str]) -> Markup:
    """A link around each circle: to its idea or, where it stands for many, to what `opens` says."""
    lines = [
        _point(spot, spot.of, texts) if isinstance(spot.of, MapPoint) else _cell(spot, spot.of, texts, opens)
        for spot in drawing.spots
    ]
    return Markup("\n".join(lines))  # noqa: S704 - every text in it is escaped below  # nosec B704


def _point(spot: Spot, point: MapPoint, texts: Texts) -> str:
    return f'<a href="/ideas/{point.idea_id}" data-idea>{_circle(spot, point.title + marks(point, texts))}</a>'


def _cell(spot: Spot, cell: MapCell, texts: Texts, opens: Callable[[MapCell], str]) -> str:
    title = texts("challenge.ideas", n=cell.idea_count) + marks(cell, texts)
    return f'<a href="{escape(opens(cell))}">{_circle(spot, title)}</a>'


def _circle(spot: Spot, title: str) -> str:
    circle = f'<circle class="spot {spot.classes}" cx="{spot.x}" cy="{spot.y}" r="{spot.radius}">'
    return f"{circle}<title>{escape(title)}</title></circle>"


def marks(of: MapPoint | MapCell | MapRegion, texts: Texts) -> str:
    """The score with its uncertainty in brackets, after a space; nothing without a ranking."""
    if of.score is None or of.uncertainty is None:
        return ""
    said = texts("map.score", score=decimal(texts, of.score, 2), plus=decimal(texts, of.uncertainty, 2))
    return f" ({said})"
