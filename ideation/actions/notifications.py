"""Telling people, once each, and their reading it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.notifications import Notification
from ideation.entities.people import Actor, Scope
from ideation.errors import NotFound
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import notifications as queries
from ideation.rules.access import require_scope


async def notify(
    connection: Connection,
    person_id: UUID,
    kind: str,
    message: str,
    once_key: str,
    *,
    now: datetime,
    challenge_id: UUID | None = None,
    idea_id: UUID | None = None,
) -> bool:
    """Tell one person, unless they were told under this key before or are deactivated; returns whether it is new.

    The message should name things, not people: it stays when a person's data is erased.
    """
    told = await notify_all(
        connection, [person_id], kind, message, once_key, now=now, challenge_id=challenge_id, idea_id=idea_id
    )
    return told == 1


async def notify_all(
    connection: Connection,
    person_ids: Sequence[UUID],
    kind: str,
    message: str,
    once_key: str,
    *,
    now: datetime,
    challenge_id: UUID | None = None,
    idea_id: UUID | None = None,
) -> int:
    """Tell several people the same in one statement; returns how many of them had not been told before."""
    return await queries.add_notifications(
        connection,
        person_ids,
        kind=kind,
        message=message,
        challenge_id=challenge_id,
        idea_id=idea_id,
        once_key=once_key,
        now=now,
    )


async def list_notifications(
    connection: Connection, actor: Actor, *, unread_only: bool, limit: int, after: PageKey | None
) -> Page[Notification]:
    """My messages, newest first."""
    require_scope(actor, Scope.READ)
    rows = await queries.list_notifications(
        connection, actor.person_id, unread_only=unread_only, limit=limit + 1, after=time_and_id(after)
    )
    return cut_page(rows, limit, lambda row: time_key(row.created_at, row.id))


async def mark_read(connection: Connection, actor: Actor, notification_id: UUID, now: datetime) -> Notification:
    """Mark one of my messages read; one read before keeps its time."""
    require_scope(actor, Scope.TAKE_PART)
    notification = await queries.mark_read(connection, actor.person_id, notification_id, now)
    if notification is None:
        raise NotFound("You have no such notification.")
    return notification


async def mark_all_read(connection: Connection, actor: Actor, now: datetime) -> int:
    """Mark all my messages read; returns how many were unread."""
    require_scope(actor, Scope.TAKE_PART)
    return await queries.mark_all_read(connection, actor.person_id, now)
