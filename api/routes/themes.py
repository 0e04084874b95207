"""Themes, the ideas outside them, and the map."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, patch, post, put
from litestar.params import QueryParameter

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import landscape, themes
from ideation.database import Connection
from ideation.entities.ideas import IdeaState
from ideation.entities.landscape import Landscape, MapFilter, MapPoint, MapWindow
from ideation.entities.people import Actor
from ideation.entities.themes import (
    OutsiderOut,
    SplitOut,
    StopWords,
    StopWordsOut,
    ThemeEdit,
    ThemeJoin,
    ThemeOut,
    ThemeSplit,
)

_TAGS = ["themes"]

InState = Annotated[IdeaState | None, QueryParameter(name="state", description="Only ideas in this state.")]
Department = Annotated[str | None, QueryParameter(max_length=200, description="Only where authors are known to you.")]
Edge = Annotated[float, QueryParameter(ge=-1, le=1, description="An edge of the window, within -1 and 1.")]


@get("/challenges/{challenge_id:uuid}/themes", summary="List themes", tags=_TAGS)
async def list_themes(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[ThemeOut]:
    """The largest first. The ideas of one are listed by `/challenges/{challenge_id}/ideas?theme_id=...`."""
    return await themes.list_themes(connection, actor, challenge_id, now)


@get("/challenges/{challenge_id:uuid}/outsiders", summary="List ideas that fit no theme", tags=_TAGS)
async def list_outsiders(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> PageOut[OutsiderOut]:
    """The most novel first."""
    found = await themes.list_outsiders(connection, actor, challenge_id, now=now, limit=page.limit, after=page.after)
    return page_out(found, page)


@patch("/themes/{theme_id:uuid}", summary="Name or pin a theme", tags=_TAGS)
async def edit_theme(theme_id: UUID, connection: Connection, actor: Actor, now: datetime, data: ThemeEdit) -> ThemeOut:
    """A named theme is kept through every later run, a pinned one with all its ideas; for those who moderate or run."""
    return await themes.edit_theme(connection, actor, theme_id, data, now)


@post("/challenges/{challenge_id:uuid}/themes/join", summary="Join themes", tags=_TAGS, status_code=200)
async def join_themes(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: ThemeJoin
) -> ThemeOut:
    """Some themes become part of another, which keeps its id and name and is pinned."""
    return await themes.join_themes(connection, actor, challenge_id, data, now)


@post("/themes/{theme_id:uuid}/split", summary="Split a theme", tags=_TAGS, status_code=200)
async def split_theme(
    theme_id: UUID, connection: Connection, actor: Actor, now: datetime, data: ThemeSplit
) -> SplitOut:
    """The ideas you name become a theme of their own; name none, and the worker divides the theme."""
    return await themes.split_theme(connection, actor, theme_id, data, now)


@put("/challenges/{challenge_id:uuid}/stop-words", summary="Set the words that say nothing here", tags=_TAGS)
async def set_stop_words(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: StopWords
) -> StopWordsOut:
    """Such as the company's name. Themes and pairs are found anew without them."""
    return await themes.set_stop_words(connection, actor, challenge_id, data, now)


@get("/challenges/{challenge_id:uuid}/landscape", summary="See the map of ideas", tags=_TAGS)
async def read_landscape(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    in_state: InState = None,
    theme_id: UUID | None = None,
    department: Department = None,
    left: Edge = -1.0,
    right: Edge = 1.0,
    top: Edge = -1.0,
    bottom: Edge = 1.0,
) -> Landscape:
    """Ideas that are alike lie close together; beyond 2,000 of them, ask for a smaller window to see single ideas."""
    window = MapWindow(left=left, right=right, top=top, bottom=bottom)
    kept = MapFilter(state=in_state, theme_id=theme_id, department=department, window=window)
    return await landscape.read_landscape(connection, actor, challenge_id, now, kept)


@get("/challenges/{challenge_id:uuid}/landscape/ideas", summary="List the ideas of the map", tags=_TAGS)
async def list_placed(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    in_state: InState = None,
    theme_id: UUID | None = None,
    department: Department = None,
) -> PageOut[MapPoint]:
    """The same ideas as a list, with theme, score and uncertainty."""
    kept = MapFilter(state=in_state, theme_id=theme_id, department=department)
    found = await landscape.list_placed(connection, actor, challenge_id, now, kept, limit=page.limit, after=page.after)
    return page_out(found, page)


handlers = [
    list_themes,
    list_outsiders,
    edit_theme,
    join_themes,
    split_theme,
    set_stop_words,
    read_landscape,
    list_placed,
]
