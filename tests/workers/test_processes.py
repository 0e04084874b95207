"""The real processes: two schedules, a drain and the lanes close a challenge by date, once, and stop gracefully."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from ideation.actions.rankings_making import recompute
from ideation.database import Connection
from ideation.entities.jobs import AnalysisKind
from ideation.queries import jobs as job_queries
from tests.factories import make_challenge, make_idea
from tests.workers.conftest import Workers, environment_of
from workers.environment import utc_now

ROOT = Path(__file__).parents[2]
KINDS = ("schedule", "schedule", "drain", "work")


@contextmanager
def running(kinds: tuple[str, ...], settings: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    processes = [
        subprocess.Popen([sys.executable, "-m", "workers", kind], cwd=ROOT, env=os.environ | settings) for kind in kinds
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=60)


async def make_due_challenge(connection: Connection) -> UUID:
    past = utc_now() - timedelta(seconds=1)
    windows = {"submit_opens_at": past - timedelta(days=1), "vote_opens_at": past - timedelta(days=1)}
    challenge_id = await make_challenge(connection, **windows, submit_closes_at=past, vote_closes_at=past)
    await make_idea(connection, challenge_id)
    # Its themes are fresh: clustering has tests of its own, and importing it takes longer than all of this.
    soon = utc_now() + timedelta(hours=1)
    run_id = await job_queries.start_analysis(connection, challenge_id, AnalysisKind.THEMES, soon)
    await job_queries.finish_analysis(connection, run_id, soon, idea_count=1, details={})
    return challenge_id


def test_processes_close_a_challenge_once_and_stop_gracefully(
    workers: Workers, database_url: str, redis_url: str
) -> None:
    workers.run(make_due_challenge)
    with running(KINDS, environment_of(database_url, redis_url)) as processes:
        end = time.monotonic() + 150
        while not (ranked := workers.fetch("SELECT id, idea_count FROM rankings WHERE kind = 'closing'")):
            assert time.monotonic() < end, "no closing ranking in time"
            time.sleep(0.2)
    assert [process.returncode for process in processes] == [0] * len(KINDS)
    assert [count for _, count in ranked] == [1]
    assert workers.fetch("SELECT count(*) FROM audit_events WHERE action = 'challenge.closed'") == [(1,)]
    assert workers.run(lambda connection: recompute(connection, ranked[0][0]))


def test_bad_setting_ends_with_its_name(database_url: str, redis_url: str) -> None:
    settings = environment_of(database_url, redis_url) | {"IDEATION_WORKER_COUNT": "none"}
    ended = subprocess.run(
        [sys.executable, "-m", "workers", "work"], cwd=ROOT, env=os.environ | settings, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"IDEATION_WORKER_COUNT is not allowed" in ended.stderr
