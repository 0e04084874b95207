"""SQL of notifications."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.notifications import Notification
from ideation.ids import new_id
from ideation.queries import load_statements, row_as
from ideation.queries.results import changed_rows

_SQL = load_statements("notifications")


async def add_notifications(
    connection: Connection,
    person_ids: Sequence[UUID],
    *,
    kind: str,
    message: str,
    challenge_id: UUID | None,
    idea_id: UUID | None,
    once_key: str,
    now: datetime,
) -> int:
    """Tell the active ones of these people, each once per key; returns how many were told now."""
    ids = [new_id() for _ in person_ids]
    status = await connection.execute(
        _SQL["add_notifications"], ids, list(person_ids), kind, message, challenge_id, idea_id, once_key, now
    )
    return changed_rows(status)


async def list_notifications(
    connection: Connection,
    person_id: UUID,
    *,
    unread_only: bool,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[Notification]:
    """Up to `limit` messages of one person, newest first."""
    rows = await connection.fetch(_SQL["list_notifications"], person_id, unread_only, limit, *(after or (None, None)))
    return [row_as(row, Notification) for row in rows]


async def count_unread(connection: Connection, person_id: UUID) -> int:
    """How many messages this person has not read."""
    count: int = await connection.fetchval(_SQL["count_unread"], person_id)
    return count


async def mark_read(
    connection: Connection, person_id: UUID, notification_id: UUID, now: datetime
) -> Notification | None:
    """Mark one message read; None when this person has no such message."""
    row = await connection.fetchrow(_SQL["mark_read"], person_id, notification_id, now)
    return None if row is None else row_as(row, Notification)


async def mark_all_read(connection: Connection, person_id: UUID, now: datetime) -> int:
    """Mark everything read; returns how many messages were unread."""
    return changed_rows(await connection.execute(_SQL["mark_all_read"], person_id, now))
