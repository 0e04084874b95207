"""The real processes: two schedules, a drain and the lanes close a challenge by date, once, and stop gracefully."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from ideation.actions.rankings_making import recompute
from ideation.database import Connection
from ideation.entities.jobs import AnalysisKind
from ideation.queries import jobs as job_queries
from ideation.staging import stage_job
from tests.factories import make_challenge, make_idea
from tests.workers.conftest import Workers, environment_of
from workers.environment import utc_now
from workers.lanes import NICENESS
from workers.queues import waiting_ids

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


def niceness_of_lanes(parent: int) -> dict[str, tuple[int, str]]:
    """What each lane under a parent asks of the processor, as a process and as a session."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    lanes = {}
    for child in children:
        # A child that has only just been made has no command yet, or its parent's.
        command = Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8").split("\0")
        if "--lane" in command:
            group = Path(f"/proc/{child}/autogroup")
            weight = group.read_text(encoding="ascii").split()[-1] if group.exists() else "none"
            lanes[command[command.index("--lane") + 1]] = (os.getpriority(os.PRIO_PROCESS, int(child)), weight)
    return lanes


def test_lanes_of_analyses_give_way_to_everything_else(database_url: str, redis_url: str) -> None:
    grouped = Path("/proc/self/autogroup").exists()
    wanted = {name: (nice, str(nice) if grouped else "none") for name, nice in NICENESS.items()}
    with running(("work",), environment_of(database_url, redis_url)) as (parent,):
        wait_until(lambda: niceness_of_lanes(parent.pid) == wanted)


def wait_until(told: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not told():
        assert time.monotonic() < end, "it did not come about in a minute"
        time.sleep(0.02)


def test_drain_asked_to_stop_in_the_middle_of_a_batch_hands_over_what_it_took(
    workers: Workers, database_url: str, redis_url: str
) -> None:
    with running(("drain",), environment_of(database_url, redis_url)) as (drain,):
        # Once it has handed over a first job it listens, so that the next ones find it waiting.
        workers.run(lambda connection: stage_job(connection, "note", "first", utc_now()))
        wait_until(lambda: workers.redis.llen("rq:queue:default") == 1)
        workers.redis.client_pause(1500)
        workers.run(stage_many)
        wait_until(lambda: workers.fetch("SELECT count(*) FROM staged_jobs WHERE enqueued_at IS NOT NULL") == [(51,)])
        drain.terminate()
    handed_over = workers.fetch("SELECT id::text || '-' || attempts FROM staged_jobs WHERE enqueued_at IS NOT NULL")
    assert drain.returncode == 0
    assert sorted(job_id for (job_id,) in handed_over) == sorted(waiting_ids(workers.redis))
    assert workers.fetch("SELECT count(*) FROM staged_jobs") == [(51,)]


async def stage_many(connection: Connection) -> None:
    async with connection.transaction():
        for number in range(50):
            await stage_job(connection, "note", str(number), utc_now())


def test_schedule_asked_to_stop_while_redis_makes_it_wait_ends_well(
    workers: Workers, database_url: str, redis_url: str
) -> None:
    with running(("schedule",), environment_of(database_url, redis_url)) as (schedule,):
        wait_until(lambda: workers.redis.llen("rq:queue:default") > 0)
        workers.redis.client_pause(6000)
        # Its shortest interval is five seconds: by then it waits for Redis in the middle of handing over.
        time.sleep(5.5)
        schedule.terminate()
    assert schedule.returncode == 0


def test_bad_setting_ends_with_its_name(database_url: str, redis_url: str) -> None:
    settings = environment_of(database_url, redis_url) | {"IDEATION_WORKER_COUNT": "none"}
    ended = subprocess.run(
        [sys.executable, "-m", "workers", "work"], cwd=ROOT, env=os.environ | settings, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"IDEATION_WORKER_COUNT is not allowed" in ended.stderr
