"""The audit trail: append-only rows for every consequential step."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ideation.database import Connection
from ideation.entities.audit import AuditEvent, AuditFilter
from ideation.queries import load_statements, row_as
from ideation.request_context import request_id

_SQL = load_statements("audit")
# Steps that are never an author's: whoever took one is told, also where they wrote the idea themselves.
_STEPS_OF_OTHERS = [
    "assignment.add",
    "assignment.release",
    "conflict.declare",
    "idea.decide",
    "idea.hidden",
    "idea.merged",
    "idea.shown",
    "idea.unmerged",
    "idea.unsealed",
    "idea.unsealing_requested",
    "report.resolved",
]


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


async def list_audit_events(
    connection: Connection, wanted: AuditFilter, *, limit: int, before: int | None
) -> list[AuditEvent]:
    """Up to `limit` steps, newest first."""
    rows = await connection.fetch(_SQL["list_audit_events"], *_filter_values(wanted), before, limit, _STEPS_OF_OTHERS)
    return [row_as(row, AuditEvent) for row in rows]


async def export_audit_events(connection: Connection, wanted: AuditFilter) -> AsyncIterator[AuditEvent]:
    """Every step that is wanted, newest first, read a few at a time; needs a transaction."""
    values = (*_filter_values(wanted), None, None, _STEPS_OF_OTHERS)
    async for row in connection.cursor(_SQL["list_audit_events"], *values, prefetch=500):
        yield row_as(row, AuditEvent)


def _filter_values(wanted: AuditFilter) -> tuple[object, ...]:
    return (
        wanted.actor_id,
        wanted.action,
        wanted.subject_kind,
        wanted.subject_id,
        wanted.challenge_id,
        wanted.since,
        wanted.until,
    )
