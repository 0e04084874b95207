"""A lane whose jobs raise one time in ten, before their work or after it.

`python -m benchmarks.faults.raising_lane quick` (or `heavy`) stands in place of `ideation work` in one round only, so
that no setting of the product can do this to anybody.
"""

import os
import random
import sys

from ideation.logs import set_up_logs
from ideation.settings import load_settings
from workers import lanes, run
from workers.context import JobContext
from workers.jobs import Job, find_job

ONE_IN = 10


class PlannedError(Exception):
    """This job was chosen to fail."""


def find_raising_job(name: str) -> Job:
    """The job, which fails one time in ten."""
    job = find_job(name)

    async def raising(context: JobContext) -> None:
        chosen = random.randrange(ONE_IN) == 0
        if chosen and random.random() < 0.5:
            raise PlannedError("before the work")
        await job(context)
        if chosen:
            raise PlannedError("after the work")

    return raising


if __name__ == "__main__":
    run.find_job = find_raising_job  # type: ignore[attr-defined]
    settings = load_settings(os.environ)
    set_up_logs(settings)
    lanes.serve_lane(settings, sys.argv[1])
