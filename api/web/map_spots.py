"""The circles of the map as SVG: thousands, which a template would take several times as long for."""

from collections.abc import Callable
from html import escape

from markupsafe import Markup

from api.web.map_drawing import Drawing, Spot
from api.web.texts import Texts
from ideation.entities.landscape import MapCell, MapPoint, MapRegion

_Marks = Callable[[MapPoint | MapCell | MapRegion], str]


def spots_as_svg(drawing: Drawing, texts: Texts, opens: Callable[[MapCell], str]) -> Markup:
    """A link around each circle: to its idea or, where it stands for many, to what `opens` says."""
    score_of = _marks_in(texts)
    lines = [
        _point(spot, spot.of, score_of)
        if isinstance(spot.of, MapPoint)
        else _cell(spot, spot.of, score_of, texts, opens)
        for spot in drawing.spots
    ]
    return Markup("\n".join(lines))  # noqa: S704 - every text in it is escaped below  # nosec B704


def _point(spot: Spot, point: MapPoint, score_of: _Marks) -> str:
    return f'<a href="/ideas/{point.idea_id}" data-idea>{_circle(spot, point.title + score_of(point))}</a>'


def _cell(spot: Spot, cell: MapCell, score_of: _Marks, texts: Texts, opens: Callable[[MapCell], str]) -> str:
    title = texts("challenge.ideas", n=cell.idea_count) + score_of(cell)
    return f'<a href="{escape(opens(cell))}">{_circle(spot, title)}</a>'


def _circle(spot: Spot, title: str) -> str:
    circle = f'<circle class="spot {spot.classes}" cx="{spot.x}" cy="{spot.y}" r="{spot.radius}">'
    return f"{circle}<title>{escape(title)}</title></circle>"


def marks(of: MapPoint | MapCell | MapRegion, texts: Texts) -> str:
    """The score with its uncertainty in brackets, after a space; nothing without a ranking."""
    return _marks_in(texts)(of)


def _marks_in(texts: Texts) -> _Marks:
    """The same for many: the text is looked up once."""
    said, point = texts.catalogue["map.score"], texts("number.point")

    def marked(of: MapPoint | MapCell | MapRegion) -> str:
        if of.score is None or of.uncertainty is None:
            return ""
        score, plus = f"{of.score:.2f}".replace(".", point), f"{of.uncertainty:.2f}".replace(".", point)
        return f" ({said.format(score=score, plus=plus)})"

    return marked
