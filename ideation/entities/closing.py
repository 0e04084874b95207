"""What opening and closing a challenge needs to know of it."""

from uuid import UUID

import msgspec


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge that was opened or frozen just now."""

    question: str
    owner_id: UUID
    sponsor_id: UUID
