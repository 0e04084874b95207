"""The audit trail: append-only rows for every consequential step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ideation.database import Connection
from ideation.queries import load_statements
from ideation.request_context import request_id

_SQL = load_statements("audit")


async def record(
    connection: Connection,
    *,
    action: str,
    subject_kind: str,
    subject_id: UUID | str | int,
    now: datetime,
    actor_id: UUID | None,
    challenge_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one event, `action` in the form `thing.verb`; `actor_id` is None when the schedule acted."""
    await connection.execute(
        _SQL["add_audit_event"],
        now,
        actor_id,
        action,
        challenge_id,
        subject_kind,
        str(subject_id),
        details or {},
        request_id.get(),
    )
