"""Records runs of analyses, so that people can see how fresh a result is and whether the last run failed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ideation.entities.jobs import AnalysisKind
from ideation.queries import jobs as job_queries
from workers.context import JobContext
from workers.environment import utc_now


@dataclass
class Run:
    """What a run has to say of itself; filled in while it goes."""

    idea_count: int = 0
    details: dict[str, Any] = field(default_factory=dict)


@asynccontextmanager
async def recorded(context: JobContext, challenge_id: UUID, kind: AnalysisKind) -> AsyncIterator[Run]:
    """Record start, end and error of one analysis; the error goes on to the job."""
    run = Run()
    run_id = await job_queries.start_analysis(context.connection, challenge_id, kind, context.now)
    try:
        yield run
    except Exception as error:
        await job_queries.fail_analysis(context.connection, run_id, utc_now(), f"{type(error).__name__}: {error}")
        raise
    await job_queries.finish_analysis(
        context.connection, run_id, utc_now(), idea_count=run.idea_count, details=run.details
    )
