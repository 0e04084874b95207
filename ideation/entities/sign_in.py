"""Who a request comes from, as its credentials say."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.entities.people import Actor


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """The person a token or session belongs to; it may have expired, which the caller checks."""

    actor: Actor
    expires_at: datetime
    # By which it was found.
    token_hash: bytes
    # None for a browser session.
    token_id: UUID | None
    # None for an access token, which no other site can make a browser send.
    csrf_token: str | None
