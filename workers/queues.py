"""The RQ queues, and how a staged row is named in them."""

from collections.abc import Iterable
from contextlib import suppress

from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError

from ideation.entities.jobs import ClaimedJob
from ideation.settings import Settings

QUICK = "default"
HEAVY = "analysis"
LARGE = "large"
LARGE_PATIENCE = 6
"""How many times as long a job may take in the large lane, which has only the processor time that others leave."""


def rq_id(row: ClaimedJob) -> str:
    """One id for each hand-over: `unique` refuses an id as long as RQ remembers it, so a retry needs a new one."""
    return f"{row.id}-{row.attempts}"


def enqueue(redis: Redis, settings: Settings, row: ClaimedJob) -> None:
    """Hand a row to its queue; a second hand-over of the same attempt changes nothing."""
    with suppress(DuplicateJobError):
        Queue(row.queue, connection=redis).enqueue(
            "workers.run.run_job",
            str(row.id),
            row.attempts,
            job_id=rq_id(row),
            unique=True,
            job_timeout=settings.job_timeout_seconds * (LARGE_PATIENCE if row.queue == LARGE else 1),
            result_ttl=0,
            failure_ttl=3600,
        )


def waiting_ids(redis: Redis, names: Iterable[str] = (QUICK, HEAVY, LARGE)) -> frozenset[str]:
    """Ids that still stand in a queue."""
    return frozenset(job_id for name in names for job_id in Queue(name, connection=redis).get_job_ids())
