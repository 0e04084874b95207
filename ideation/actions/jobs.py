"""Seeing what the workers do: for administrators every job, for those who run a challenge its analyses."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.jobs import LONGEST_RUN, AnalysisState, JobState, JobSubject, JobView
from ideation.entities.people import Actor
from ideation.errors import NotFound, WrongState
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import challenges as challenge_queries
from ideation.queries import jobs as queries
from ideation.queries.audit import record
from ideation.rules.access import require_administrator
from ideation.rules.challenges import require_running_it


async def list_jobs(
    connection: Connection, actor: Actor, *, state: JobState | None, limit: int, after: PageKey | None
) -> Page[JobView]:
    """All jobs, newest first; for administrators."""
    require_administrator(actor)
    rows = await queries.list_jobs(connection, state=state, after=time_and_id(after), limit=limit + 1)
    return cut_page(rows, limit, lambda job: time_key(job.staged_at, job.id))


async def name_subjects(connection: Connection, actor: Actor, jobs: Sequence[JobView]) -> dict[str, JobSubject]:
    """The challenges that jobs are about, by their subjects; for administrators."""
    require_administrator(actor)
    return {one.subject: one for one in await queries.name_subjects(connection, sorted({job.subject for job in jobs}))}


async def retry_job(connection: Connection, actor: Actor, job_id: UUID, now: datetime) -> JobView:
    """Give a job that failed for good a fresh start; for administrators."""
    require_administrator(actor)
    job = await queries.find_job(connection, job_id)
    if job is None:
        raise NotFound("There is no such job.")
    retried = await queries.retry_job(connection, job_id, now)
    if retried is None:
        raise WrongState(
            "Only a failed job can be retried, and only while no newer one waits for the same subject.",
            reason="job-not-failed",
        )
    await record(
        connection, action="job.retried", subject_kind="job", subject_id=job_id, now=now, actor_id=actor.person_id
    )
    return retried


async def read_analysis(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> AnalysisState:
    """How fresh the duplicates, themes and ranking of a challenge are, and what failed; for those who run it."""
    require_running_it(actor, await challenge_queries.find_challenge(connection, challenge_id, now))
    return AnalysisState(
        analyses=await queries.list_freshness(connection, challenge_id, now - LONGEST_RUN),
        failed_jobs=await queries.list_failed_jobs_of_challenge(connection, challenge_id),
    )
