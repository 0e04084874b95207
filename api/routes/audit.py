"""The audit trail, for administrators."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.di import Provide
from litestar.params import Parameter
from litestar.response import Stream

from api.downloads import FILE_RESPONSE, download
from api.paging import PageOut, PageRequest, page_out
from api.parameters import FileFormat, OptionalText
from api.platform import platform_of
from ideation.actions import audit as actions
from ideation.database import Connection
from ideation.entities.audit import AuditEvent, AuditFilter
from ideation.entities.people import Actor

_TAGS = ["Audit trail"]

Action = Annotated[str | None, Parameter(max_length=200, pattern=r"^[^\x00]*$", description="How the action begins.")]
Since = Annotated[datetime | None, Parameter(description="From this time on.")]
Until = Annotated[datetime | None, Parameter(description="Before this time.")]


def read_filter(
    actor_id: UUID | None = None,
    action: Action = None,
    subject_kind: OptionalText = None,
    subject_id: OptionalText = None,
    challenge_id: UUID | None = None,
    since: Since = None,
    until: Until = None,
) -> AuditFilter:
    """Which steps the query asks for."""
    return AuditFilter(
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        challenge_id=challenge_id,
        since=since,
        until=until,
    )


_FILTER = {"wanted": Provide(read_filter, sync_to_thread=False)}


@get("/audit", summary="Read the audit trail", tags=_TAGS, dependencies=_FILTER)
async def list_events(
    connection: Connection, actor: Actor, page: PageRequest, wanted: AuditFilter
) -> PageOut[AuditEvent]:
    """Consequential steps, newest first."""
    events = await actions.list_audit_events(connection, actor, wanted, limit=page.limit, after=page.after)
    return page_out(events, page)


@get(
    "/audit/export",
    summary="Export the audit trail",
    tags=_TAGS,
    responses=FILE_RESPONSE,
    dependencies=_FILTER,
    opt={"writes": True},
)
async def export(
    request: Request[Any, Any, Any],
    connection: Connection,
    actor: Actor,
    now: datetime,
    wanted: AuditFilter,
    file_format: FileFormat = "jsonl",
) -> Stream:
    """All the steps the filters ask for, newest first, as a file."""
    await actions.record_audit_export(connection, actor, wanted, now)
    return download(
        platform_of(request.app),
        "audit",
        file_format,
        lambda reader: actions.export_audit_events(reader, wanted, file_format),
    )


handlers: list[Any] = [list_events, export]
