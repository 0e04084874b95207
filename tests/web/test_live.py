"""Live updates: who may follow what, that news arrive once, and that nothing breaks without Redis."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from api.live import Live
from api.platform import Platform
from ideation.errors import Unavailable
from ideation.ids import new_id
from tests.api.conftest import Api, make_settings
from tests.factories import NOW, insert, make_challenge, make_idea
from tests.web.conftest import MakeBrowser


async def test_watchers_hear_of_news_once(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    live = api.platform.live
    async with live.channels:
        marks = await live.marks(f"challenge:{challenge_id}")
        first = await asyncio.wait_for(anext(marks), 10)
        await make_idea(api.connection, challenge_id, submitted_at=NOW)
        second = await asyncio.wait_for(anext(marks), 10)
        assert first != second
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(marks), 5)


async def test_streams_end_when_the_process_stops(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    live = Live(api.platform)
    live.start()
    async with live.channels:
        marks = await live.marks(f"challenge:{challenge_id}")
        await asyncio.wait_for(anext(marks), 10)
        live.end_streams()
        assert [mark async for mark in marks] == []
    await live.stop()


async def test_without_redis_there_is_no_stream_and_every_page_works(api: Api, browser_of: MakeBrowser) -> None:
    settings = make_settings(api.settings.database_url, "redis://127.0.0.1:9/0")
    live = Live(Platform(settings, api.clock))
    async with live.channels:
        with pytest.raises(Unavailable):
            await live.marks("jobs")
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id)
    page = await owner.open(f"/challenges/{challenge_id}/board")
    assert f'data-events="/challenges/{challenge_id}/events"' in page.html


async def test_only_those_who_run_a_challenge_follow_it(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id = await make_challenge(api.connection)
    employee = await browser_of()
    await employee.open(f"/challenges/{challenge_id}/events", status=403)
    await employee.open("/challenges/00000000-0000-7000-8000-000000000000/events", status=404)
    await employee.open("/admin/jobs/events", status=403)


async def start_run(api: Api, challenge_id: UUID, started: object, finished: object = None) -> None:
    run = {"id": new_id(), "challenge_id": challenge_id, "kind": "themes", "started_at": started}
    await insert(api.connection, "analysis_runs", finished_at=finished, **run)


async def test_running_analysis_shows_how_far_it_probably_is(api: Api, browser_of: MakeBrowser) -> None:
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id)
    await start_run(api, challenge_id, NOW - timedelta(seconds=30))
    path = f"/challenges/{challenge_id}/board"
    assert "<progress></progress>" in (await owner.open(path)).html
    hour = timedelta(hours=1)
    await start_run(api, challenge_id, NOW - hour, NOW - hour + timedelta(seconds=120))
    assert '<progress max="1" value="0.25">' in (await owner.open(path)).html
