"""SQL of staged jobs and of the runs of analyses."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ideation.database import Connection
from ideation.entities.jobs import (
    AnalysisFreshness,
    AnalysisKind,
    ClaimedJob,
    JobState,
    JobSubject,
    JobView,
    StartedJob,
)
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("jobs")


async def claim_due_jobs(connection: Connection, now: datetime, limit: int) -> list[ClaimedJob]:
    """Rows whose time has come, now marked as handed over."""
    return rows_as(await connection.fetch(_SQL["claim_due_jobs"], now, limit), ClaimedJob)


async def next_due_at(connection: Connection) -> datetime | None:
    """When the next waiting row is due; None when nothing waits."""
    due: datetime | None = await connection.fetchval(_SQL["next_due_at"])
    return due


async def put_back_job(
    connection: Connection,
    job_id: UUID,
    attempts: int,
    not_before: datetime,
    *,
    now: datetime,
    error: str | None = None,
    count_attempt: bool = True,
) -> None:
    """Let a row that was handed over wait again, or end it when a newer one waits for the same subject.

    Without `count_attempt` it is as if it had never been handed over.
    """
    uncounted = 0 if count_attempt else 1
    await connection.execute(_SQL["put_back_job"], job_id, attempts, not_before, error, now, uncounted)


async def lock_job(connection: Connection, job_id: UUID) -> bool:
    """Take the row's lock for as long as this connection lives; False when somebody holds it."""
    locked: bool = await connection.fetchval(_SQL["lock_job"], job_id)
    return locked


async def start_job(connection: Connection, job_id: UUID, attempts: int, now: datetime) -> StartedJob | None:
    """Mark the row as begun; None when there is nothing left to do for this hand-over."""
    row = await connection.fetchrow(_SQL["start_job"], job_id, attempts, now)
    return None if row is None else row_as(row, StartedJob)


async def take_over_jobs(connection: Connection, job: str, subject: UUID, now: datetime) -> None:
    """End the rows of this job that wait or stand in a queue: the run that begins now sees all that they were for."""
    await connection.execute(_SQL["take_over_jobs"], job, str(subject), now)


async def is_handed_over(connection: Connection, job: str, subject: UUID) -> bool:
    """Whether such a job stands in a queue and has not begun: it will see whatever is committed by now."""
    handed_over: bool = await connection.fetchval(_SQL["is_handed_over"], job, str(subject))
    return handed_over


async def finish_job(connection: Connection, job_id: UUID, attempts: int, now: datetime) -> None:
    """Mark the row as done."""
    await connection.execute(_SQL["finish_job"], job_id, attempts, now)


async def give_up_job(connection: Connection, job_id: UUID, attempts: int, error: str, now: datetime) -> None:
    """Mark the row as failed for good."""
    await connection.execute(_SQL["give_up_job"], job_id, attempts, now, error)


async def list_abandoned_jobs(connection: Connection) -> list[ClaimedJob]:
    """Rows that were begun by a worker that no longer lives."""
    return rows_as(await connection.fetch(_SQL["list_abandoned_jobs"]), ClaimedJob)


async def list_unstarted_jobs(connection: Connection, handed_over_before: datetime) -> list[ClaimedJob]:
    """Rows handed over some time ago that nobody has begun."""
    return rows_as(await connection.fetch(_SQL["list_unstarted_jobs"], handed_over_before), ClaimedJob)


async def list_jobs(
    connection: Connection, *, state: JobState | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[JobView]:
    """Jobs, newest first."""
    staged_at, job_id = after or (None, None)
    return rows_as(await connection.fetch(_SQL["list_jobs"], state, staged_at, job_id, limit), JobView)


async def name_subjects(connection: Connection, subjects: list[str]) -> list[JobSubject]:
    """Those of these subjects that are challenges or ideas."""
    return rows_as(await connection.fetch(_SQL["name_subjects"], subjects), JobSubject)


async def find_job(connection: Connection, job_id: UUID) -> JobView | None:
    """One job."""
    row = await connection.fetchrow(_SQL["find_job"], job_id)
    return None if row is None else row_as(row, JobView)


async def retry_job(connection: Connection, job_id: UUID, now: datetime) -> JobView | None:
    """Give a failed job a fresh start; None when it has not failed or a newer one waits already."""
    row = await connection.fetchrow(_SQL["retry_job"], job_id, now)
    if row is None:
        return None
    await connection.execute(_SQL["announce_jobs"])
    return row_as(row, JobView)


async def list_failed_jobs_of_challenge(connection: Connection, challenge_id: UUID) -> list[JobView]:
    """Failed jobs of the challenge and of its ideas."""
    return rows_as(await connection.fetch(_SQL["list_failed_jobs_of_challenge"], challenge_id), JobView)


async def start_analysis(connection: Connection, challenge_id: UUID, kind: AnalysisKind, now: datetime) -> UUID:
    """Record that an analysis begins; returns the id of the run."""
    run_id = new_id()
    await connection.execute(_SQL["start_analysis"], run_id, challenge_id, kind, now)
    return run_id


async def finish_analysis(
    connection: Connection, run_id: UUID, now: datetime, *, idea_count: int, details: dict[str, Any]
) -> None:
    """Record that a run ended well."""
    await connection.execute(_SQL["finish_analysis"], run_id, now, idea_count, details)


async def fail_analysis(connection: Connection, run_id: UUID, now: datetime, error: str) -> None:
    """Record that a run ended with an error."""
    await connection.execute(_SQL["fail_analysis"], run_id, now, error)


async def list_freshness(
    connection: Connection, challenge_id: UUID, running_after: datetime
) -> list[AnalysisFreshness]:
    """How fresh each analysis is; a run that began before `running_after` is taken for dead."""
    rows = await connection.fetch(_SQL["list_freshness"], challenge_id, running_after)
    return rows_as(rows, AnalysisFreshness)
