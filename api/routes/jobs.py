"""What the workers do, and how fresh their results are."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import QueryParameter

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import jobs
from ideation.database import Connection
from ideation.entities.jobs import AnalysisState, JobState, JobView
from ideation.entities.people import Actor

State = Annotated[JobState | None, QueryParameter(name="state", description="Only jobs in this state.")]


@get("/jobs", summary="List jobs", tags=["jobs"])
async def list_all(connection: Connection, actor: Actor, page: PageRequest, in_state: State = None) -> PageOut[JobView]:
    """All jobs of the workers, newest first; for administrators."""
    found = await jobs.list_jobs(connection, actor, state=in_state, limit=page.limit, after=page.after)
    return page_out(found, page)


@post("/jobs/{job_id:uuid}/retry", summary="Retry a failed job", tags=["jobs"], status_code=200)
async def retry(job_id: UUID, connection: Connection, actor: Actor, now: datetime) -> JobView:
    """Gives a job that failed for good a fresh start; for administrators."""
    return await jobs.retry_job(connection, actor, job_id, now)


@get("/challenges/{challenge_id:uuid}/analysis", summary="Read how fresh the analyses are", tags=["jobs"])
async def analysis(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> AnalysisState:
    """Freshness of duplicates, themes and ranking, and jobs that failed; for those who run the challenge."""
    return await jobs.read_analysis(connection, actor, challenge_id, now)


handlers = [list_all, retry, analysis]
