"""What the system tells me."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post, put
from litestar.params import QueryParameter

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import notifications as actions
from ideation.database import Connection
from ideation.entities.notifications import Notification, NotificationsRead
from ideation.entities.people import Actor

_TAGS = ["Notifications"]

UnreadOnly = Annotated[bool, QueryParameter(name="unread", description="Only what I have not read.")]


@get("/me/notifications", summary="List my notifications", tags=_TAGS)
async def list_mine(
    connection: Connection, actor: Actor, page: PageRequest, unread_only: UnreadOnly = False
) -> PageOut[Notification]:
    """Newest first."""
    told = await actions.list_notifications(
        connection, actor, unread_only=unread_only, limit=page.limit, after=page.after
    )
    return page_out(told, page)


@put("/me/notifications/{notification_id:uuid}/read", summary="Mark one read", tags=_TAGS)
async def mark_read(connection: Connection, actor: Actor, now: datetime, notification_id: UUID) -> Notification:
    """One read before keeps its time."""
    return await actions.mark_read(connection, actor, notification_id, now)


@post("/me/notifications/read", summary="Mark all read", tags=_TAGS, status_code=200)
async def mark_all_read(connection: Connection, actor: Actor, now: datetime) -> NotificationsRead:
    """Says how many were unread."""
    return NotificationsRead(marked=await actions.mark_all_read(connection, actor, now))


handlers: list[Any] = [list_mine, mark_read, mark_all_read]
