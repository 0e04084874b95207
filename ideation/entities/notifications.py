"""What the system tells one person."""

from datetime import datetime
from uuid import UUID

import msgspec


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One message to the person who reads it."""

    id: UUID
    kind: str
    message: str
    challenge_id: UUID | None
    idea_id: UUID | None
    created_at: datetime
    read_at: datetime | None


class NotificationsRead(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages were marked read."""

    marked: int
