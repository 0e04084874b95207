"""Panels: members, progress, and what their ranking says."""

from datetime import datetime
from uuid import UUID

from litestar import delete, get, post, put
from litestar.types import ControllerRouterHandler

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import panel_rankings, panels
from ideation.database import Connection
from ideation.entities.assignments import JobStarted
from ideation.entities.panel_rankings import PanelRankingOut, ReviewerSeverity
from ideation.entities.panels import IdeaProgress, PanelMember, PanelProgress, SetPanelMember
from ideation.entities.people import Actor

_TAGS = ["panels"]


@get("/challenges/{challenge_id:uuid}/panel", summary="List the panel", tags=_TAGS)
async def list_panel(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[PanelMember]:
    """The members by name, with the reviews they were asked for and have sent. For those who run the challenge."""
    return await panels.list_panel(connection, actor, challenge_id, now)


@put("/challenges/{challenge_id:uuid}/panel/{person_id:uuid}", summary="Put somebody on the panel", tags=_TAGS)
async def set_panel_member(
    challenge_id: UUID, person_id: UUID, connection: Connection, actor: Actor, now: datetime, data: SetPanelMember
) -> PanelMember:
    """Or change how much they take on. Only people with the role of a reviewer."""
    return await panels.set_panel_member(connection, actor, challenge_id, person_id, data, now)


@delete("/challenges/{challenge_id:uuid}/panel/{person_id:uuid}", summary="Take somebody off the panel", tags=_TAGS)
async def remove_panel_member(
    challenge_id: UUID, person_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> None:
    """Reviews they sent stay; the others are free for somebody else."""
    await panels.remove_panel_member(connection, actor, challenge_id, person_id, now)


@get("/challenges/{challenge_id:uuid}/panel/progress", summary="Read how far the panel is", tags=_TAGS)
async def read_progress(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> PanelProgress:
    """Reviews asked for and sent, and the curve of reviews against the wrong calls still to be expected."""
    return await panels.read_progress(connection, actor, challenge_id, now)


@get("/challenges/{challenge_id:uuid}/panel/progress/ideas", summary="List progress by idea", tags=_TAGS)
async def list_progress_by_idea(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> PageOut[IdeaProgress]:
    """ "2 of 4 reviewed" for each idea with reviews asked for."""
    found = await panels.list_progress_by_idea(connection, actor, challenge_id, now, after=page.after, limit=page.limit)
    return page_out(found, page)


@get("/challenges/{challenge_id:uuid}/panel/ranking", summary="Read the panel's ranking as a whole", tags=_TAGS)
async def read_panel_ranking(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> PanelRankingOut:
    """Wrong calls to expect, agreement, and the ideas to look at whatever their place. The entries are in rankings."""
    return await panel_rankings.read_panel_ranking(connection, actor, challenge_id, now)


@post(
    "/challenges/{challenge_id:uuid}/panel/ranking",
    summary="Have the panel's ranking made anew",
    tags=_TAGS,
    status_code=202,
)
async def request_ranking(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> JobStarted:
    """Needed after merges or an import of reviews only: every review that is sent does it by itself."""
    return await panel_rankings.request_ranking(connection, actor, challenge_id, now)


@get("/challenges/{challenge_id:uuid}/panel/severity", summary="List how strict reviewers are", tags=_TAGS)
async def list_severity(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> list[ReviewerSeverity]:
    """In points of the scale, below 0 is strict. For administrators only."""
    return await panel_rankings.list_severity(connection, actor, challenge_id, now)


handlers: list[ControllerRouterHandler] = [
    list_panel,
    set_panel_member,
    remove_panel_member,
    read_progress,
    list_progress_by_idea,
    read_panel_ranking,
    request_ranking,
    list_severity,
]
