"""The jobs by name: `async def job(context: JobContext) -> None`, safe to run twice, imported when first run."""

from collections.abc import Awaitable, Callable
from importlib import import_module

from workers.context import JobContext

Job = Callable[[JobContext], Awaitable[None]]

JOBS: dict[str, str] = {
    "assign_reviews": "workers.jobs.panels:assign_reviews",
    "check_integrity": "workers.jobs.integrity:check_integrity",
    "close_challenge": "workers.jobs.closing:close_challenge",
    "direct_reviews": "workers.jobs.panels:direct_reviews",
    "encode_ideas": "workers.jobs.encoding:encode_ideas_anew",
    "find_duplicates": "workers.jobs.duplicates:find_duplicates",
    "fit_duplicate_model": "workers.jobs.duplicates:fit_duplicate_model",
    "open_challenge": "workers.jobs.closing:open_challenge",
    "publish_results": "workers.jobs.panels:publish_results",
    "rank_challenge": "workers.jobs.rankings:rank_challenge",
    "rank_panel": "workers.jobs.panels:rank_panel",
    "refine_ideas": "workers.jobs.refining:refine_ideas",
    "refresh_themes": "workers.jobs.themes:refresh_themes",
    "replace_reviewer": "workers.jobs.panels:replace_reviewer",
    "split_theme": "workers.jobs.themes:split_theme",
}


class UnknownJobError(Exception):
    """A job was staged under a name that this version does not know; a newer one may."""


def find_job(name: str) -> Job:
    """The function of a job."""
    if name not in JOBS:
        raise UnknownJobError(f"There is no job named '{name}' in this version.")
    module, function = JOBS[name].split(":")
    job: Job = getattr(import_module(module), function)
    return job
