"""Staged jobs: work that must follow a change is a row in the change's own transaction; the drain hands it to RQ."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ideation.database import Connection
from ideation.ids import new_id
from ideation.queries import load_statements
from ideation.request_context import request_id

_SQL = load_statements("staging")

Queue = Literal["default", "analysis", "large"]


async def stage_job(
    connection: Connection,
    job: str,
    subject: UUID | str,
    now: datetime,
    *,
    arguments: dict[str, object] | None = None,
    queue: Queue = "default",
    not_before: datetime | None = None,
) -> UUID:
    """Stage a job for after the commit; one that still waits for the same subject absorbs it. Returns the row's id."""
    row_id: UUID = await connection.fetchval(
        _SQL["stage_job"], new_id(), job, str(subject), arguments or {}, queue, request_id.get(), not_before or now, now
    )
    return row_id
