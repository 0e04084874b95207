"""The audit trail as administrators read it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One consequential step."""

    id: int
    at: datetime
    actor_id: Annotated[
        UUID | None, Meta(description="Null when the schedule or the command line acted, or a sealed author.")
    ]
    actor_name: str | None
    actor_sealed: Annotated[bool, Meta(description="The actor is an author whose name is sealed.")]
    action: str
    challenge_id: UUID | None
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    request_id: str | None


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which steps to show; None does not restrict. `until` itself is not included."""

    actor_id: UUID | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    challenge_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
