"""Staged jobs from the row to the effect: retries, merging, giving up, and what got lost."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import rq
from redis.exceptions import ConnectionError as RedisConnectionError

from ideation.database import Connection, open_connection
from ideation.local.servers import LocalServers
from ideation.request_context import request_id
from ideation.rules.jobs import retry_pause
from ideation.settings import Settings
from ideation.staging import Queue, stage_job
from tests.workers.conftest import Workers, environment_of
from workers.drain import Drain, drain_once, rescue
from workers.environment import connect_redis, utc_now
from workers.jobs import UnknownJobError, find_job
from workers.schedule import Schedule, intervals_seconds

ROOT = Path(__file__).parents[2]


def stage(workers: Workers, job: str, subject: str, queue: Queue = "default") -> UUID:
    return workers.run(lambda connection: stage_job(connection, job, subject, utc_now(), queue=queue))


def states(workers: Workers) -> list[tuple[object, ...]]:
    return workers.fetch("SELECT subject, job_state(staged_jobs), attempts, error FROM staged_jobs ORDER BY staged_at")


def make_due(workers: Workers) -> None:
    """Retry pauses are over."""
    workers.execute("UPDATE staged_jobs SET not_before = staged_at")


def test_job_takes_effect_once_and_is_marked(workers: Workers) -> None:
    stage(workers, "note", "a")
    workers.drain_and_work()
    assert states(workers) == [("a", "finished", 1, None)]
    assert workers.fetch("SELECT subject FROM effects") == [("a",)]
    assert workers.redis.keys("rq:job:*") == []


def test_request_id_follows_into_the_job(workers: Workers) -> None:
    token = request_id.set("request-1")
    stage(workers, "note", "asked for")
    request_id.reset(token)
    job_id = stage(workers, "note", "by the schedule")
    workers.drain_and_work()
    rows = workers.fetch("SELECT subject, request_id FROM begun ORDER BY subject")
    assert rows == [("asked for", "request-1"), ("by the schedule", str(job_id))]


def test_heavy_jobs_stand_in_their_own_queue(workers: Workers) -> None:
    stage(workers, "note", "quick")
    stage(workers, "note", "large", queue="analysis")
    stage(workers, "note", "huge", queue="large")
    assert workers.drain() == 3
    standing = [rq.Queue(name, connection=workers.redis).jobs for name in ("default", "analysis", "large")]
    assert [[job.timeout for job in jobs] for jobs in standing] == [[600], [600], [3600]]


def test_repeats_merge_while_the_job_waits(workers: Workers) -> None:
    first = stage(workers, "note", "a")
    assert stage(workers, "note", "a") == first
    workers.drain()
    second = stage(workers, "note", "a")
    assert second != first
    workers.drain_and_work()
    assert [state for _, state, _, _ in states(workers)] == ["finished", "finished"]


def test_job_is_not_handed_over_before_its_time(workers: Workers) -> None:
    later = utc_now() + timedelta(hours=1)
    workers.run(lambda connection: stage_job(connection, "note", "a", utc_now(), not_before=later))
    assert workers.drain() == 0


def test_clock_that_was_set_back_holds_no_job(workers: Workers) -> None:
    ahead = utc_now() + timedelta(hours=1)
    workers.run(lambda connection: stage_job(connection, "note", "staged ahead", ahead))
    workers.run(lambda connection: stage_job(connection, "note", "to be tried again", utc_now(), not_before=ahead))
    workers.execute("UPDATE staged_jobs SET attempts = 1 WHERE subject = 'to be tried again'")
    workers.drain_and_work()
    assert {(row[0], row[1]) for row in states(workers)} == {
        ("staged ahead", "finished"),
        ("to be tried again", "finished"),
    }


def test_job_handed_over_in_the_future_and_lost_is_rescued(workers: Workers) -> None:
    stage(workers, "note", "a")
    workers.drain()
    workers.redis.flushdb()
    workers.execute("UPDATE staged_jobs SET enqueued_at = now() + interval '1 hour'")
    assert workers.run(lambda connection: rescue(connection, workers.redis, workers.settings)) == 1
    workers.drain_and_work()
    assert [row[1] for row in states(workers)] == ["finished"]


def test_schedule_goes_on_after_the_clock_was_set_back(workers: Workers) -> None:
    schedule = Schedule(workers.settings)
    assert len(schedule.enqueue_jobs()) == len(intervals_seconds(workers.settings))
    assert schedule.enqueue_jobs() == []
    for entry in schedule.get_jobs():
        entry.set_enqueue_time(utc_now() + timedelta(hours=1))
    assert len(schedule.enqueue_jobs()) == len(intervals_seconds(workers.settings))


def test_job_of_an_uncommitted_change_is_not_handed_over(workers: Workers) -> None:
    async def stage_and_look(connection: Connection) -> None:
        async with connection.transaction():
            await stage_job(connection, "note", "a", utc_now())
            other = await open_connection(workers.settings.database_url)
            assert await drain_once(other, workers.redis, workers.settings) == 0
            await other.close()

    workers.run(stage_and_look)
    assert workers.drain() == 1


def test_every_tenth_job_raising_loses_nothing(workers: Workers) -> None:
    for number in range(20):
        stage(workers, "raise_sometimes", str(number))
    workers.drain()
    workers.work()
    waiting = [row for row in states(workers) if row[1] == "waiting"]
    assert [(row[0], row[3]) for row in waiting] == [
        (str(number), f"RuntimeError: subject {number} was refused") for number in range(0, 20, 10)
    ]
    make_due(workers)
    workers.drain_and_work()
    assert {row[1] for row in states(workers)} == {"finished"}
    assert workers.fetch("SELECT count(*) FROM effects") == [(20,)]


def test_job_that_never_works_is_given_up_and_shown(workers: Workers) -> None:
    stage(workers, "raise_always", "a")
    for _ in range(4):
        make_due(workers)
        workers.drain_and_work()
    assert states(workers) == [("a", "failed", 3, "RuntimeError: subject a never works")]


def test_failed_attempt_leaves_the_work_to_a_newer_row(workers: Workers) -> None:
    stage(workers, "raise_always", "a")
    workers.drain()
    stage(workers, "raise_always", "a")
    workers.work()
    assert states(workers) == [
        ("a", "finished", 1, "A newer job for the same subject does this work."),
        ("a", "waiting", 0, None),
    ]


def test_unknown_job_fails_in_words(workers: Workers) -> None:
    stage(workers, "from_the_future", "a")
    workers.drain_and_work()
    assert states(workers)[0][3] == "UnknownJobError: There is no job named 'from_the_future' in this version."
    with pytest.raises(UnknownJobError):
        find_job("from_the_future")


def test_two_drains_share_the_rows(workers: Workers) -> None:
    for number in range(20):
        stage(workers, "note", str(number))

    async def drain_twice() -> int:
        connections = [await open_connection(workers.settings.database_url) for _ in range(2)]
        counts = await asyncio.gather(
            *(drain_once(connection, workers.redis, workers.settings) for connection in connections)
        )
        for connection in connections:
            await connection.close()
        return sum(counts)

    assert asyncio.run(drain_twice()) == 20
    workers.work()
    assert workers.fetch("SELECT count(*), count(DISTINCT subject) FROM begun") == [(20, 20)]


def test_flushed_redis_loses_no_job(workers: Workers) -> None:
    stage(workers, "note", "a")
    workers.drain()
    workers.redis.flushdb()
    assert workers.run(lambda c: rescue(c, workers.redis, workers.settings)) == 0
    assert workers.run(lambda c: rescue(c, workers.redis, workers.settings, timedelta(0))) == 1
    workers.drain_and_work()
    assert states(workers) == [("a", "finished", 2, None)]


def test_job_still_queued_is_not_rescued(workers: Workers) -> None:
    stage(workers, "note", "a")
    workers.drain()
    assert workers.run(lambda c: rescue(c, workers.redis, workers.settings, timedelta(0))) == 0


def test_stale_hand_over_does_nothing(workers: Workers) -> None:
    stage(workers, "note", "a")
    workers.drain()
    workers.execute("UPDATE staged_jobs SET attempts = attempts + 1")
    workers.work()
    assert workers.fetch("SELECT * FROM begun") == []


def test_killed_worker_leaves_its_job_to_the_next(workers: Workers, database_url: str, redis_url: str) -> None:
    stage(workers, "hang_once", "a")
    workers.drain()
    lane = subprocess.Popen(
        [sys.executable, "-m", "tests.workers.jobs_for_tests", "quick"],
        cwd=ROOT,
        env=os.environ | environment_of(database_url, redis_url),
    )
    _wait_until(lambda: bool(workers.fetch("SELECT FROM begun")))
    assert workers.run(lambda c: rescue(c, workers.redis, workers.settings)) == 0
    lane.send_signal(signal.SIGKILL)
    lane.wait()
    _wait_until(lambda: workers.run(lambda c: rescue(c, workers.redis, workers.settings)) == 1)
    assert states(workers)[0][1:] == ("waiting", 1, "The worker ended before the job did.")
    make_due(workers)
    workers.drain_and_work()
    assert states(workers) == [("a", "finished", 2, None)]
    assert workers.fetch("SELECT subject FROM effects") == [("a",)]


def test_stopped_lane_ends_its_job_first(workers: Workers, database_url: str, redis_url: str) -> None:
    workers.execute("INSERT INTO begun VALUES ('b')")
    workers.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1);"
        " RETURN NEW; END $$; CREATE TRIGGER slow BEFORE INSERT ON effects FOR EACH ROW"
        " EXECUTE FUNCTION slow()"
    )
    stage(workers, "hang_once", "b")
    workers.drain()
    lane = subprocess.Popen(
        [sys.executable, "-m", "tests.workers.jobs_for_tests", "quick"],
        cwd=ROOT,
        env=os.environ | environment_of(database_url, redis_url),
    )
    _wait_until(lambda: workers.fetch("SELECT count(*) FROM begun") == [(2,)])
    lane.terminate()
    assert lane.wait(timeout=60) == 0
    assert states(workers) == [("b", "finished", 1, None)]


def test_jobs_staged_while_redis_is_down_are_done_once_it_is_back(private_servers: LocalServers) -> None:
    settings = _settings(private_servers)

    async def scene() -> None:
        connection = await open_connection(settings.database_url)
        redis = connect_redis(settings, timeout_seconds=1)
        private_servers.stop_redis()
        try:
            for number in range(5):
                await stage_job(connection, "note", str(number), utc_now())
            with pytest.raises(RedisConnectionError):
                await drain_once(connection, redis, settings)
            waiting = await connection.fetchval(
                "SELECT count(*) FROM staged_jobs WHERE enqueued_at IS NULL AND attempts = 0"
            )
            assert waiting == 5
        finally:
            private_servers.start_redis()
        assert await drain_once(connection, redis, settings) == 5
        redis.close()
        await connection.execute("DELETE FROM staged_jobs")
        await connection.close()

    asyncio.run(scene())


def test_drain_outlives_outages_of_both_servers(private_servers: LocalServers) -> None:
    settings = _settings(private_servers)

    async def stage_one(subject: str) -> None:
        connection = await open_connection(settings.database_url)
        await stage_job(connection, "note", subject, utc_now())
        await connection.close()

    async def until_handed_over(subject: str) -> None:
        connection = await open_connection(settings.database_url)
        waiting = "SELECT FROM staged_jobs WHERE subject = $1 AND enqueued_at IS NULL"
        for _ in range(400):
            if not await connection.fetch(waiting, subject):
                break
            await asyncio.sleep(0.05)
        assert not await connection.fetch(waiting, subject)
        await connection.close()

    async def scene() -> None:
        drain = Drain(settings)
        running = asyncio.create_task(drain.run())
        await stage_one("before")
        await until_handed_over("before")
        await asyncio.to_thread(private_servers.stop_redis)
        await stage_one("without redis")
        await asyncio.to_thread(private_servers.start_redis)
        await until_handed_over("without redis")
        await asyncio.to_thread(private_servers.restart_postgres)
        await stage_one("after restart")
        await until_handed_over("after restart")
        drain.stop()
        await running

    asyncio.run(scene())


def test_retry_pauses_grow_and_end_at_five_minutes() -> None:
    assert [retry_pause(attempts).total_seconds() for attempts in (1, 2, 3, 4, 20)] == [1, 2, 4, 8, 300]


def _settings(servers: LocalServers) -> Settings:
    return Settings(
        database_url=servers.database_url,
        redis_url=servers.redis_url,
        secret_key="a secret key for tests, 32 characters or more",
    )


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 80
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)
