"""The map of a challenge's ideas."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.rankings import read_latest
from ideation.database import Connection
from ideation.entities.ideas import state_shown
from ideation.entities.landscape import Landscape, MapFilter, MapPoint
from ideation.entities.people import Actor
from ideation.errors import Forbidden, Invalid, NotFound
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import landscape as queries
from ideation.queries.challenges import is_panel_member
from ideation.rules.authorship import may_know_authors
from ideation.rules.decisions import may_know_decisions, require_tells_no_decision
from ideation.rules.landscape import regions_of

MOST_POINTS = 2_000
CELLS_TO_SIDE = 40
_EVERYTHING = MapFilter()


async def read_landscape(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, kept: MapFilter
) -> Landscape:
    """Where the ideas lie; ideas that no run has seen yet have no place."""
    ranking_id, shown = await require_map_allowed(connection, actor, challenge_id, now, kept)
    return await draw_landscape(connection, challenge_id, ranking_id, shown)


async def draw_landscape(
    connection: Connection, challenge_id: UUID, ranking_id: UUID | None, kept: MapFilter
) -> Landscape:
    """The same, once `require_map_allowed` has said which scores and states may be seen."""
    points = None
    if replace(kept, decisions_known=True) != _EVERYTHING:
        points = await _list_points(connection, challenge_id, ranking_id, kept, limit=MOST_POINTS + 1)
    if points is None or len(points) > MOST_POINTS:
        return await _draw_many(connection, challenge_id, ranking_id, kept)
    return Landscape(
        idea_count=len(points),
        regions=regions_of(points),
        points=points,
        cells=None,
        ranking_id=ranking_id,
        computed_at=await queries.find_computed_at(connection, challenge_id),
    )


async def _draw_many(connection: Connection, challenge_id: UUID, ranking_id: UUID | None, kept: MapFilter) -> Landscape:
    """The regions counted first, for ideas that may be too many to be drawn one by one."""
    regions = await queries.list_regions(connection, challenge_id, ranking_id, kept)
    idea_count = sum(region.idea_count for region in regions)
    points, cells = None, None
    if idea_count > MOST_POINTS:
        cells = await queries.list_cells(connection, challenge_id, ranking_id, kept, cells_to_side=CELLS_TO_SIDE)
    else:
        points = await _list_points(connection, challenge_id, ranking_id, kept, limit=MOST_POINTS)
    return Landscape(
        idea_count=idea_count,
        regions=regions,
        points=points,
        cells=cells,
        ranking_id=ranking_id,
        computed_at=await queries.find_computed_at(connection, challenge_id),
    )


async def list_placed(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    kept: MapFilter,
    *,
    limit: int,
    after: PageKey | None,
) -> Page[MapPoint]:
    """The ideas of the map one after another, for those who read a table rather than a drawing."""
    ranking_id, shown = await require_map_allowed(connection, actor, challenge_id, now, kept)
    key = None if after is None else UUID(str(after[0]))
    rows = await _list_points(connection, challenge_id, ranking_id, shown, after=key, limit=limit + 1)
    return cut_page(rows, limit, lambda point: [str(point.idea_id)])


async def _list_points(
    connection: Connection,
    challenge_id: UUID,
    ranking_id: UUID | None,
    kept: MapFilter,
    *,
    limit: int,
    after: UUID | None = None,
) -> list[MapPoint]:
    points = await queries.list_points(connection, challenge_id, ranking_id, kept, after=after, limit=limit)
    if kept.decisions_known:
        return points
    return [replace(point, state=state_shown(point.state, decisions_known=False)) for point in points]


async def require_map_allowed(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, kept: MapFilter
) -> tuple[UUID | None, MapFilter]:
    """The ranking whose scores this reader may see, and the filter as it holds for them, once it tells nothing hidden.

    On the map even authors see what was decided only with everybody else: it is drawn alike for many readers.
    """
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    if kept.window.left >= kept.window.right or kept.window.top >= kept.window.bottom:
        raise Invalid(
            "The window must have its left before its right and its top before its bottom.",
            field="window",
            reason="map-window",
        )
    member = await is_panel_member(connection, challenge_id, actor.person_id)
    known = may_know_decisions(actor, challenge, author=False, panel_member=member)
    require_tells_no_decision(kept.state, decisions_known=known)
    if kept.department is not None and not may_know_authors(
        actor, challenge, author=False, panel_member=member, unsealed=False
    ):
        raise Forbidden("Authors are hidden here, and their departments with them.", reason="departments-hidden")
    shown = replace(kept, decisions_known=known)
    try:
        return (await read_latest(connection, actor, challenge_id, None, now)).id, shown
    except (NotFound, Forbidden):
        return None, shown
