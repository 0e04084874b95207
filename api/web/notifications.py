"""Everything the system told me."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post

from api.paging import PageRequest, page_out
from api.web.views import View
from ideation.actions import notifications
from ideation.database import Connection
from ideation.entities.people import Actor


@get("/notifications")
async def show(view: View, connection: Connection, actor: Actor, page: PageRequest) -> Response[bytes]:
    """What I was told, newest first; only what is new, when the address says so."""
    unread_only = view.word("show") == "new"
    told = await notifications.list_notifications(
        connection, actor, unread_only=unread_only, limit=page.limit, after=page.after
    )
    return view.page("notifications.html", told=page_out(told, page), unread_only=unread_only)


@post("/notifications/read")
async def mark_all_read(view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """I have seen what I was told."""
    await notifications.mark_all_read(connection, actor, now)
    return view.redirect("/")


@post("/notifications/{notification_id:uuid}/read")
async def mark_read(
    notification_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Marks one message read."""
    await notifications.mark_read(connection, actor, notification_id, now)
    return view.redirect("/notifications")


handlers = [show, mark_all_read, mark_read]
