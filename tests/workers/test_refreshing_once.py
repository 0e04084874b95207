"""However many ideas come while a challenge is analysed: one further run is asked for, and it sees all of them."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ideation.database import Connection, open_connection
from ideation.entities.jobs import AnalysisKind
from ideation.ids import new_id
from ideation.queries import jobs as job_queries
from ideation.rules import themes as theme_rules
from ideation.staging import stage_job
from tests.factories import make_idea, make_person
from tests.workers.analysis_world import check, context, make_real_challenge, real_texts, refresh, theme_of
from workers.environment import utc_now
from workers.jobs import themes as job
from workers.jobs.themes import refresh_themes


async def open_refreshes(connection: Connection) -> list[str]:
    """The queues of the refreshes that are still to be done."""
    rows = await connection.fetch(
        "SELECT queue FROM staged_jobs WHERE job = 'refresh_themes' AND finished_at IS NULL ORDER BY queue"
    )
    return [row["queue"] for row in rows]


async def hand_over(connection: Connection) -> None:
    await connection.execute("UPDATE staged_jobs SET enqueued_at = $1 WHERE enqueued_at IS NULL", utc_now())


async def submit(connection: Connection, challenge_id: UUID, number: int, **given: object) -> UUID:
    title, body = real_texts("freshwater")[number]
    now = utc_now()
    times = {"created_at": now, "updated_at": now, "submitted_at": now} | given
    return await make_idea(
        connection, challenge_id, await make_person(connection), title=title[:200], body=body, **times
    )


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> None:
    """Let something happen after the run has read the ideas and before it has themes."""

    async def to_thread(function: Any, *given: Any) -> Any:
        if function is job.find_themes:
            await happens()
        return function(*given)

    monkeypatch.setattr(asyncio, "to_thread", to_thread)


async def run_now(connection: Connection, challenge_id: UUID) -> None:
    """As a worker runs it: begun by the clock that ideas are submitted by."""
    await refresh_themes(context(connection, challenge_id, now=utc_now()))


async def test_a_clock_that_was_set_back_stages_no_run_after_run(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 8)
    ahead = utc_now() + timedelta(minutes=10)
    for number in range(3):
        await submit(connection, challenge_id, number, updated_at=ahead, submitted_at=ahead)
    run_id = await job_queries.start_analysis(
        connection, challenge_id, AnalysisKind.THEMES, ahead - timedelta(minutes=1)
    )
    await connection.execute(
        "UPDATE analysis_runs SET finished_at = $2, idea_count = 8 WHERE id = $1", run_id, utc_now()
    )
    for _ in range(2):
        await run_now(connection, challenge_id)
        assert await open_refreshes(connection) == []


async def test_ideas_that_come_during_a_run_stage_one_further_run_that_sees_them(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 8)
    came: list[UUID] = []

    async def ideas_come() -> None:
        for number in range(3):
            came.append(await submit(connection, challenge_id, number))
            await check(connection, came[-1])
            assert await open_refreshes(connection) == []

    meanwhile(monkeypatch, ideas_come)
    await run_now(connection, challenge_id)
    monkeypatch.undo()
    assert set(await theme_of(connection, challenge_id)) == set(ideas)
    assert await open_refreshes(connection) == ["analysis"]
    due_at = await connection.fetchval("SELECT not_before FROM staged_jobs WHERE finished_at IS NULL")
    assert due_at > utc_now() + timedelta(seconds=20)
    await run_now(connection, challenge_id)
    assert set(await theme_of(connection, challenge_id)) == {*ideas, *came}
    assert await open_refreshes(connection) == []


async def test_ideas_that_come_while_a_run_stands_in_a_queue_stage_none(connection: Connection) -> None:
    _, ideas = await make_real_challenge(connection, 8)
    await check(connection, ideas[0])
    assert await open_refreshes(connection) == ["analysis"]
    await hand_over(connection)
    await check(connection, ideas[1])
    assert await open_refreshes(connection) == ["analysis"]


async def test_a_run_that_was_cut_off_hinders_others_for_an_hour_at_most(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 8)
    started_at = utc_now() - timedelta(minutes=59)
    run_id = await job_queries.start_analysis(connection, challenge_id, AnalysisKind.THEMES, started_at)
    await check(connection, ideas[0])
    assert await open_refreshes(connection) == []
    await connection.execute(
        "UPDATE analysis_runs SET started_at = $2 WHERE id = $1", run_id, started_at - timedelta(minutes=2)
    )
    await check(connection, ideas[0])
    assert await open_refreshes(connection) == ["analysis"]


async def test_the_run_that_begins_does_the_work_of_those_that_wait(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 8)
    other, _ = await make_real_challenge(connection, 5)
    for subject in (challenge_id, other):
        for _ in range(2):
            await stage_job(connection, "refresh_themes", subject, utc_now(), queue="analysis")
            await hand_over(connection)
        await stage_job(connection, "refresh_themes", subject, utc_now(), queue="analysis")
    await refresh(connection, challenge_id)
    assert set(await theme_of(connection, challenge_id)) == set(ideas)
    left = "SELECT DISTINCT subject FROM staged_jobs WHERE finished_at IS NULL"
    assert [row["subject"] for row in await connection.fetch(left)] == [str(other)]
    assert await stage_job(connection, "refresh_themes", challenge_id, utc_now()) != await stage_job(
        connection, "refresh_themes", other, utc_now()
    )
    assert len(await open_refreshes(connection)) == 4


async def test_a_refresh_whose_change_is_not_committed_yet_is_left_to_a_run_of_its_own(database_url: str) -> None:
    subject = new_id()
    changing, running = await open_connection(database_url), await open_connection(database_url)
    try:
        await stage_job(changing, "refresh_themes", subject, utc_now(), queue="analysis")
        async with changing.transaction():
            await stage_job(changing, "refresh_themes", subject, utc_now(), queue="analysis")
            await job_queries.take_over_jobs(running, "refresh_themes", subject, utc_now())
        assert await open_refreshes(running) == ["analysis"]
        await job_queries.take_over_jobs(running, "refresh_themes", subject, utc_now())
        assert await open_refreshes(running) == []
    finally:
        await changing.close()
        await running.close()


async def test_a_large_challenge_stands_in_its_queue_once(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_rules, "LARGE_FROM_IDEAS", 8)
    challenge_id, ideas = await make_real_challenge(connection, 8)
    await refresh(connection, challenge_id)
    assert await open_refreshes(connection) == ["large"]
    await hand_over(connection)
    await refresh(connection, challenge_id)
    await check(connection, ideas[0])
    assert await open_refreshes(connection) == ["large"]


async def test_a_refresh_of_nothing_ends_no_other(connection: Connection) -> None:
    await stage_job(connection, "refresh_themes", gone := new_id(), utc_now(), queue="analysis")
    await refresh(connection, gone)
    assert await open_refreshes(connection) == ["analysis"]
