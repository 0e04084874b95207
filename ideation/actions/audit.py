"""Reading the audit trail; for administrators."""

from collections.abc import AsyncIterator
from datetime import datetime

from ideation.actions.tables import TableFormat, write_table
from ideation.database import Connection
from ideation.entities.audit import AuditEvent, AuditFilter
from ideation.entities.people import Actor
from ideation.errors import Invalid
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import audit as queries
from ideation.rules.access import require_administrator
from ideation.rules.moments import require_usable_moment


async def list_audit_events(
    connection: Connection, actor: Actor, wanted: AuditFilter, *, limit: int, after: PageKey | None
) -> Page[AuditEvent]:
    """Consequential steps, newest first; a sealed author stays sealed here too."""
    _require_readable(actor, wanted)
    before = None if after is None else int(str(after[0]))
    rows = await queries.list_audit_events(connection, wanted, limit=limit + 1, before=before)
    return cut_page(rows, limit, lambda row: [row.id])


async def record_audit_export(connection: Connection, actor: Actor, wanted: AuditFilter, now: datetime) -> None:
    """Allow an administrator the export of the trail, and note that they took it."""
    _require_readable(actor, wanted)
    await queries.record(
        connection, action="audit.export", subject_kind="audit", subject_id="all", now=now, actor_id=actor.person_id
    )


def export_audit_events(connection: Connection, wanted: AuditFilter, table_format: TableFormat) -> AsyncIterator[bytes]:
    """The trail as a file; after `record_audit_export`, in a transaction of its own."""
    return write_table(queries.export_audit_events(connection, wanted), AuditEvent, table_format)


def _require_readable(actor: Actor, wanted: AuditFilter) -> None:
    require_administrator(actor)
    require_usable_moment(wanted.since, "since")
    require_usable_moment(wanted.until, "until")
    if wanted.since is not None and wanted.until is not None and wanted.since >= wanted.until:
        raise Invalid("The time range ends before it starts.", field="until", reason="time-range-backwards")
