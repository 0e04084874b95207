"""The jobs by name: `async def job(context: JobContext) -> None`, safe to run twice, imported when first run."""

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module

from workers.context import JobContext

Job = Callable[[JobContext], Awaitable[None]]

JOBS: Mapping[str, str] = {
    "close_challenge": "workers.jobs.closing:close_challenge",
    "open_challenge": "workers.jobs.closing:open_challenge",
    "rank_challenge": "workers.jobs.rankings:rank_challenge",
}


class UnknownJobError(Exception):
    """A job was staged under a name that this version does not know; a newer one may."""


def find_job(name: str, jobs: Mapping[str, str] = JOBS) -> Job:
    """The function of a job."""
    if name not in jobs:
        raise UnknownJobError(f"There is no job named '{name}' in this version.")
    module, function = jobs[name].split(":")
    job: Job = getattr(import_module(module), function)
    return job
