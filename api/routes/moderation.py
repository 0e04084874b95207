"""Moderation: reports, hiding and showing, and unsealing the author of an idea."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import moderation, reports, unsealing
from ideation.database import Connection
from ideation.entities.moderation import HiddenItem, Hiding, NewReport, QueuedReport, ReportOut, Resolution
from ideation.entities.people import Actor
from ideation.entities.unsealing import Unsealing, UnsealingApproval, UnsealingRequest

_TAGS = ["moderation"]

InChallenge = Annotated[
    UUID | None, Parameter(description="Only this challenge; those who run it need it, moderators do not.")
]


@post("/ideas/{idea_id:uuid}/reports", summary="Report an idea", tags=_TAGS)
async def report_idea(idea_id: UUID, connection: Connection, actor: Actor, now: datetime, data: NewReport) -> ReportOut:
    """Moderators are not told who reported it, and you are told what came of it."""
    return await reports.report_idea(connection, actor, idea_id, data, now)


@post("/comments/{comment_id:uuid}/reports", summary="Report a comment", tags=_TAGS)
async def report_comment(
    comment_id: UUID, connection: Connection, actor: Actor, now: datetime, data: NewReport
) -> ReportOut:
    """Moderators are not told who reported it, and you are told what came of it."""
    return await reports.report_comment(connection, actor, comment_id, data, now)


@get("/me/reports", summary="List my reports", tags=_TAGS)
async def list_my_reports(connection: Connection, actor: Actor, page: PageRequest) -> PageOut[ReportOut]:
    """What you reported and what came of it, the latest first."""
    return page_out(await reports.list_my_reports(connection, actor, limit=page.limit, after=page.after), page)


@get("/reports", summary="List open reports", tags=_TAGS)
async def list_open_reports(
    connection: Connection, actor: Actor, now: datetime, page: PageRequest, challenge_id: InChallenge = None
) -> PageOut[QueuedReport]:
    """What waits for a moderator, the longest waiting first."""
    found = await moderation.list_open_reports(
        connection, actor, now=now, limit=page.limit, after=page.after, challenge_id=challenge_id
    )
    return page_out(found, page)


@put("/reports/{report_id:uuid}/outcome", summary="Decide a report", tags=_TAGS, status_code=204)
async def resolve_report(
    report_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Resolution
) -> None:
    """Hide or keep; decides every open report of the same thing, and everybody who reported it is told."""
    await moderation.resolve_report(connection, actor, report_id, data, now)


@get("/hidden", summary="List what is hidden", tags=_TAGS)
async def list_hidden(
    connection: Connection, actor: Actor, now: datetime, page: PageRequest, challenge_id: InChallenge = None
) -> PageOut[HiddenItem]:
    """Ideas and comments hidden at present, the latest first."""
    found = await moderation.list_hidden(
        connection, actor, now=now, limit=page.limit, after=page.after, challenge_id=challenge_id
    )
    return page_out(found, page)


@post("/ideas/{idea_id:uuid}/hide", summary="Hide an idea", tags=_TAGS, status_code=204)
async def hide_idea(idea_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Hiding) -> None:
    """Takes it out of lists and feeds; its votes and comments stay. Its authors are told the reason."""
    await moderation.hide_idea(connection, actor, idea_id, data, now)


@post("/ideas/{idea_id:uuid}/show", summary="Show a hidden idea again", tags=_TAGS, status_code=204)
async def show_idea(idea_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Hiding) -> None:
    """Its authors are told the reason."""
    await moderation.show_idea(connection, actor, idea_id, data, now)


@post("/comments/{comment_id:uuid}/hide", summary="Hide a comment", tags=_TAGS, status_code=204)
async def hide_comment(comment_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Hiding) -> None:
    """Takes its text away from readers. Its author is told the reason."""
    await moderation.hide_comment(connection, actor, comment_id, data, now)


@post("/comments/{comment_id:uuid}/show", summary="Show a hidden comment again", tags=_TAGS, status_code=204)
async def show_comment(comment_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Hiding) -> None:
    """Its author is told the reason."""
    await moderation.show_comment(connection, actor, comment_id, data, now)


@post("/ideas/{idea_id:uuid}/unsealings", summary="Ask to open a sealed author", tags=_TAGS)
async def request_unsealing(
    idea_id: UUID, connection: Connection, actor: Actor, now: datetime, data: UnsealingRequest
) -> Unsealing:
    """Opens nothing yet: somebody else, in another role, has to approve. A record stays."""
    return await unsealing.request_unsealing(connection, actor, idea_id, data, now)


@post("/unsealings/{unsealing_id:uuid}/approve", summary="Approve an unsealing", tags=_TAGS, status_code=200)
async def approve_unsealing(
    unsealing_id: UUID, connection: Connection, actor: Actor, now: datetime, data: UnsealingApproval
) -> Unsealing:
    """Opens the author to those who run the challenge and to moderators. The authors are told."""
    return await unsealing.approve_unsealing(connection, actor, unsealing_id, data, now)


@get("/challenges/{challenge_id:uuid}/unsealings", summary="List unsealings", tags=_TAGS)
async def list_unsealings(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> PageOut[Unsealing]:
    """Every request of a challenge, the latest first."""
    found = await unsealing.list_unsealings(
        connection, actor, challenge_id, now=now, limit=page.limit, after=page.after
    )
    return page_out(found, page)


handlers = [
    report_idea,
    report_comment,
    list_my_reports,
    list_open_reports,
    resolve_report,
    list_hidden,
    hide_idea,
    show_idea,
    hide_comment,
    show_comment,
    request_unsealing,
    approve_unsealing,
    list_unsealings,
]
