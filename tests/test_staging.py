"""Staged jobs and audit rows: part of the change that asks for them."""

import asyncpg
import pytest

from ideation.database import Connection
from ideation.queries import audit
from ideation.request_context import request_id
from ideation.staging import stage_job
from tests.factories import NOW, make_person


async def rows(connection: Connection) -> list[dict[str, object]]:
    """The staged jobs, by subject."""
    found = await connection.fetch(
        "SELECT subject, arguments, queue, not_before, request_id FROM staged_jobs ORDER BY 1"
    )
    return [dict(row) for row in found]


async def test_job_carries_what_it_needs(connection: Connection) -> None:
    token = request_id.set("request-of-the-change")
    later = NOW.replace(hour=10)
    await stage_job(connection, "rank", "a", NOW, arguments={"k": [1]}, queue="analysis", not_before=later)
    request_id.reset(token)
    await stage_job(connection, "rank", "b", NOW)
    assert await rows(connection) == [
        {
            "subject": "a",
            "arguments": {"k": [1]},
            "queue": "analysis",
            "not_before": later,
            "request_id": "request-of-the-change",
        },
        {"subject": "b", "arguments": {}, "queue": "default", "not_before": NOW, "request_id": None},
    ]


async def test_repeat_merges_while_the_job_waits(connection: Connection) -> None:
    first = await stage_job(connection, "rank", "a", NOW)
    assert await stage_job(connection, "rank", "a", NOW) == first
    assert await stage_job(connection, "cluster", "a", NOW) != first
    await connection.execute("UPDATE staged_jobs SET enqueued_at = $1", NOW)
    assert await stage_job(connection, "rank", "a", NOW) != first


async def test_repeat_goes_to_the_queue_that_was_asked_for_last(connection: Connection) -> None:
    await stage_job(connection, "rank", "a", NOW, queue="analysis")
    await stage_job(connection, "rank", "a", NOW, queue="large", arguments={"large": True})
    assert [(row["queue"], row["arguments"]) for row in await rows(connection)] == [("large", {"large": True})]


async def test_job_of_a_change_taken_back_is_gone(connection: Connection) -> None:
    transaction = connection.transaction()
    await transaction.start()
    await stage_job(connection, "rank", "a", NOW)
    await transaction.rollback()
    assert await rows(connection) == []


async def test_audit_row_is_written_as_given(connection: Connection) -> None:
    person_id = await make_person(connection)
    await audit.record(
        connection,
        action="role.grant",
        subject_kind="person",
        subject_id=person_id,
        now=NOW,
        actor_id=person_id,
        details={"role": "moderator"},
    )
    row = await connection.fetchrow("SELECT at, actor_id, action, subject_id, details FROM audit_events")
    assert dict(row or {}) == {
        "at": NOW,
        "actor_id": person_id,
        "action": "role.grant",
        "subject_id": str(person_id),
        "details": {"role": "moderator"},
    }


@pytest.mark.parametrize(
    "change", ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"]
)
async def test_audit_rows_are_never_changed(connection: Connection, change: str) -> None:
    await audit.record(connection, action="a.b", subject_kind="x", subject_id=1, now=NOW, actor_id=None)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await connection.execute(change)
