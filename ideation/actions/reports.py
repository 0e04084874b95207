"""Reporting an idea or a comment, and learning what came of it."""

from datetime import datetime
from uuid import UUID

from ideation.actions.comments import find_visible_comment
from ideation.actions.ideas_reading import find_visible_idea
from ideation.database import Connection
from ideation.entities.ideas import IdeaState
from ideation.entities.moderation import NewReport, ReportOut
from ideation.entities.people import Actor, Scope
from ideation.errors import AlreadyExists
from ideation.ids import new_id
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import reports as queries
from ideation.rules.access import require_scope
from ideation.rules.ideas_writing import require_idea_state

_REPORTABLE = tuple(state for state in IdeaState if state is not IdeaState.DRAFT)


async def report_idea(connection: Connection, actor: Actor, idea_id: UUID, new: NewReport, now: datetime) -> ReportOut:
    """Tell the moderators what is wrong with an idea; the reporter is told what comes of it."""
    require_scope(actor, Scope.TAKE_PART)
    seen = await find_visible_idea(connection, actor, idea_id, now)
    require_idea_state(seen.idea, *_REPORTABLE, doing="reported")
    return await _report(connection, actor, new, now, idea_id=idea_id, comment_id=None)


async def report_comment(
    connection: Connection, actor: Actor, comment_id: UUID, new: NewReport, now: datetime
) -> ReportOut:
    """Tell the moderators what is wrong with a comment; the reporter is told what comes of it."""
    require_scope(actor, Scope.TAKE_PART)
    await find_visible_comment(connection, actor, comment_id, now)
    return await _report(connection, actor, new, now, idea_id=None, comment_id=comment_id)


async def _report(
    connection: Connection,
    actor: Actor,
    new: NewReport,
    now: datetime,
    *,
    idea_id: UUID | None,
    comment_id: UUID | None,
) -> ReportOut:
    report_id = new_id()
    added = await queries.add_report(
        connection,
        report_id,
        idea_id=idea_id,
        comment_id=comment_id,
        reporter_id=actor.person_id,
        reason=new.reason,
        now=now,
    )
    if not added:
        raise AlreadyExists("You have reported this already; a moderator will look at it.", reason="reported-already")
    return ReportOut(
        id=report_id,
        idea_id=idea_id,
        comment_id=comment_id,
        reason=new.reason,
        created_at=now,
        outcome=None,
        note="",
        resolved_at=None,
    )


async def list_my_reports(
    connection: Connection, actor: Actor, *, limit: int, after: PageKey | None = None
) -> Page[ReportOut]:
    """What this person reported and what came of it, the latest first."""
    require_scope(actor, Scope.READ)
    rows = await queries.list_my_reports(connection, actor.person_id, after=time_and_id(after), limit=limit + 1)
    return cut_page(rows, limit, lambda row: time_key(row.created_at, row.id))
