"""The map of a challenge's ideas, the same as tables, and the card of one idea beside the map."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get

from api.paging import PageRequest, page_out
from api.web.challenges import states_of
from api.web.map_drawing import HEIGHT, WIDTH, draw, fitting, nearer
from api.web.map_spots import marks, spots_as_svg
from api.web.views import View
from ideation.actions import challenges, ideas_reading, landscape, people
from ideation.database import Connection
from ideation.entities.challenges import Authorship
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.ideas import IdeaState
from ideation.entities.landscape import MapFilter, MapWindow
from ideation.entities.people import Actor
from ideation.errors import Forbidden, NotFound

_WHOLE = MapWindow()
_EDGES = ("left", "right", "top", "bottom")
_EXCERPT_CHARACTERS = 420


@get("/challenges/{challenge_id:uuid}/map")
async def show(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The map, narrowed as the address says, with a table of its themes."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    wanted, departments = await _read_filter(view, connection, actor, challenge)
    ranking_id, kept = await landscape.require_map_allowed(connection, actor, challenge_id, now, wanted)
    shown = await view.figures(
        connection,
        challenge_id,
        ("map", ranking_id, kept),
        lambda: landscape.draw_landscape(connection, challenge_id, ranking_id, kept),
    )
    whole = kept.window == _WHOLE
    window = fitting(shown) if whole else kept.window
    drawing = draw(shown, window)
    return view.page(
        "map.html",
        challenge=challenge,
        landscape=shown,
        drawing=drawing,
        marks=lambda region: marks(region, view.texts),
        spots=spots_as_svg(drawing, view.texts, lambda cell: _address(view, nearer(cell, window))),
        kept=kept,
        whole=whole,
        wider=_address(view, _around(window, 2)),
        closer=_address(view, _around(window, 0.5)),
        everything=view.address(**dict.fromkeys(_EDGES)),
        departments=departments,
        states=states_of(challenge),
        width=WIDTH,
        height=HEIGHT,
    )


@get("/challenges/{challenge_id:uuid}/map/table")
async def show_table(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """The ideas of the map in a table."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    kept, departments = await _read_filter(view, connection, actor, challenge)
    found = await landscape.list_placed(connection, actor, challenge_id, now, kept, limit=page.limit, after=page.after)
    return view.page(
        "map_table.html",
        challenge=challenge,
        ideas=page_out(found, page),
        kept=kept,
        departments=departments,
        states=states_of(challenge),
    )


@get("/ideas/{idea_id:uuid}/card")
async def show_card(idea_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """One idea in short, for the script of the map."""
    idea = await ideas_reading.read_idea(connection, actor, idea_id, now)
    return view.page("map_card.html", idea=idea, excerpt=_excerpt(idea.body))


async def _read_filter(
    view: View, connection: Connection, actor: Actor, challenge: ChallengeOut
) -> tuple[MapFilter, list[str]]:
    """The filter of the address, and the departments to choose from: none where authors are hidden from the reader."""
    state = view.choice("state", IdeaState)
    known = challenge.authorship is Authorship.SHOWN or (
        challenge.authorship is Authorship.HIDDEN and challenge.may_run
    )
    departments = await people.list_department_names(connection, actor) if known else []
    department = view.word("department")
    if department is not None and not known:
        raise Forbidden("Authors are hidden here, and their departments with them.", reason="departments-hidden")
    kept = MapFilter(
        state=state if state in states_of(challenge) else None,
        department=department,
        theme_id=_theme(view),
        window=_window(view),
    )
    return kept, departments


def _theme(view: View) -> UUID | None:
    given = view.word("theme")
    try:
        return None if given is None else UUID(given)
    except ValueError:
        raise NotFound from None


def _window(view: View) -> MapWindow:
    """The window of the address; nonsense shows the whole map."""
    given = {edge: view.request.query_params[edge] for edge in _EDGES if edge in view.request.query_params}
    try:
        window = msgspec.convert(given, MapWindow, strict=False)
    except msgspec.ValidationError:
        return _WHOLE
    sound = window.right - window.left > 1e-4 and window.bottom - window.top > 1e-4
    return window if sound else _WHOLE


def _around(window: MapWindow, times: float) -> MapWindow:
    """The window made so many times as wide and high, about its middle."""

    def stretched(low: float, high: float) -> tuple[float, float]:
        middle, half = (low + high) / 2, (high - low) / 2 * times
        return max(-1.0, round(middle - half, 4)), min(1.0, round(middle + half, 4))

    left, right = stretched(window.left, window.right)
    top, bottom = stretched(window.top, window.bottom)
    return MapWindow(left=left, right=right, top=top, bottom=bottom)


def _address(view: View, window: MapWindow) -> str:
    return view.address(**{edge: f"{getattr(window, edge):g}" for edge in _EDGES})


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _EXCERPT_CHARACTERS else words[:_EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + " …"


handlers = [show, show_table, show_card]
