"""Live updates: who may follow what, that news arrive once, and that nothing breaks without Redis."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from api.live import Live
from api.platform import Platform
from ideation.actions.live import read_mark, topic_of, watch_challenge, watch_reviews
from ideation.credentials import hash_secret
from ideation.entities.sign_in import Credential
from ideation.errors import Unavailable
from ideation.ids import new_id
from tests.api.conftest import Api, make_settings
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.panel_world import as_actor, ask_for_review, make_ideas, make_panel_world, make_ranking, make_reviewer
from tests.web.conftest import MakeBrowser


async def a_credential(api: Api) -> Credential:
    """Of somebody who has just signed in."""
    secret = await api.token_for(await make_person(api.connection))
    credential = await api.platform.callers.by_token(hash_secret(secret))
    assert credential is not None
    return credential


async def test_watchers_hear_of_news_once(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    live = api.platform.live
    async with live.channels:
        marks = await live.marks(f"challenge:{challenge_id}", await a_credential(api))
        first = await asyncio.wait_for(anext(marks), 10)
        await make_idea(api.connection, challenge_id, submitted_at=NOW)
        second = await asyncio.wait_for(anext(marks), 10)
        assert first != second
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(marks), 5)


async def test_quiet_stream_says_now_and_then_that_it_is_there(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.live.HEARTBEAT_SECONDS", 1.0)
    challenge_id = await make_challenge(api.connection)
    live = api.platform.live
    async with live.channels:
        marks = await live.marks(f"challenge:{challenge_id}", await a_credential(api))
        first = await asyncio.wait_for(anext(marks), 10)
        assert first is not None
        assert [await asyncio.wait_for(anext(marks), 10) for _ in range(2)] == [None, None]
        # Left to the collector, it would unsubscribe when the channels are closed already.
        await marks.aclose()  # type: ignore[attr-defined]


async def test_too_many_streams_are_refused_and_room_is_given_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.live._most_streams", lambda: 1)
    live = Live(api.platform)
    live.start()
    async with live.channels:
        only = await live.marks("jobs", await a_credential(api))
        await asyncio.wait_for(anext(only), 10)
        with pytest.raises(Unavailable):
            await live.marks("jobs", await a_credential(api))
        await only.aclose()  # type: ignore[attr-defined]
        again = await live.marks("jobs", await a_credential(api))
        assert await asyncio.wait_for(anext(again), 10) is not None
        await again.aclose()  # type: ignore[attr-defined]
    await live.stop()


@pytest.mark.parametrize("change", ["hidden_at = now()", "canonical_id = (SELECT min(id::text)::uuid FROM ideas)"])
async def test_everybody_hears_of_ideas_that_are_hidden_or_merged(api: Api, change: str) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [await make_idea(api.connection, challenge_id, submitted_at=NOW) for _ in range(2)]
    before = await read_mark(api.connection, f"shown:{challenge_id}", NOW)
    await api.connection.execute(f"UPDATE ideas SET {change} WHERE id = $1", ideas[1])
    assert await read_mark(api.connection, f"shown:{challenge_id}", NOW) != before


async def test_streams_end_when_the_process_stops(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    live = Live(api.platform)
    live.start()
    async with live.channels:
        marks = await live.marks(f"challenge:{challenge_id}", await a_credential(api))
        await asyncio.wait_for(anext(marks), 10)
        live.end_streams()
        assert [mark async for mark in marks] == []
    await live.stop()


async def test_without_redis_there_is_no_stream_and_every_page_works(api: Api, browser_of: MakeBrowser) -> None:
    settings = make_settings(api.settings.database_url, "redis://127.0.0.1:9/0")
    live = Live(Platform(settings, api.clock))
    async with live.channels:
        with pytest.raises(Unavailable):
            await live.marks("jobs", await a_credential(api))
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id)
    page = await owner.open(f"/challenges/{challenge_id}/board")
    assert f'data-events="/challenges/{challenge_id}/events"' in page.html


async def test_nobody_follows_what_they_cannot_see(api: Api, browser_of: MakeBrowser) -> None:
    elsewhere = await make_challenge(api.connection, audience_departments=["Elsewhere"])
    employee = await browser_of()
    await employee.open(f"/challenges/{elsewhere}/events", status=404)
    await employee.open("/challenges/00000000-0000-7000-8000-000000000000/events", status=404)
    await employee.open("/admin/jobs/events", status=403)


async def test_those_who_only_see_a_challenge_learn_nothing_of_answers(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    employee = as_actor(await make_person(api.connection))
    topic = await watch_challenge(api.connection, employee, challenge_id, NOW)
    before = await read_mark(api.connection, topic, NOW)
    idea_id = await make_idea(api.connection, challenge_id, submitted_at=NOW)
    listed = await read_mark(api.connection, topic, NOW)
    voter = await make_person(api.connection)
    vote = {"idea_id": idea_id, "person_id": voter, "challenge_id": challenge_id, "value": 1}
    full = await read_mark(api.connection, topic_of(challenge_id), NOW)
    await insert(api.connection, "votes", created_at=NOW, updated_at=NOW, **vote)
    assert before != listed == await read_mark(api.connection, topic, NOW)
    assert full != await read_mark(api.connection, topic_of(challenge_id), NOW)


async def test_reviewer_hears_of_the_own_queue_alone(api: Api) -> None:
    world = await make_panel_world(api.connection)
    ideas = await make_ideas(api.connection, world.challenge_id, 2)
    mine, other = [await make_reviewer(api.connection, world.challenge_id) for _ in range(2)]
    marks = [await read_mark(api.connection, watch_reviews(actor), NOW) for actor in (mine, other)]
    await ask_for_review(api.connection, world, ideas[0], mine)
    again = [await read_mark(api.connection, watch_reviews(actor), NOW) for actor in (mine, other)]
    assert [before == after for before, after in zip(marks, again, strict=True)] == [False, True]


async def test_pages_name_the_parts_that_are_kept_up_to_date(api: Api, browser_of: MakeBrowser) -> None:
    world = await make_panel_world(api.connection)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    await ask_for_review(api.connection, world, (await make_ideas(api.connection, world.challenge_id, 1))[0], reviewer)
    place, owner = f"/challenges/{world.challenge_id}", await browser_of(world.owner.person_id)
    queue = await (await browser_of(reviewer.person_id)).open("/reviews")
    assert ('data-events="/reviews/events"' in queue.html, "live-queue" in queue.ids) == (True, True)
    for path, parts in {
        place: {"live-count", "live-analysis"},
        f"{place}/panel": {"live-reviews", "live-ranking"},
        f"{place}/plan": {"live-plan"},
        f"{place}/imports": {"runs"},
        f"{place}/themes": {"live-analysis"},
    }.items():
        page = await owner.open(path)
        assert f'data-events="{place}/events"' in page.html
        assert parts | {"live-lost"} <= set(page.ids)
    employee = await (await browser_of()).open(place)
    assert ("live-count" in employee.ids, "live-analysis" in employee.ids) == (True, False)


async def start_run(
    api: Api, challenge_id: UUID, started: object, finished: object = None, kind: str = "themes"
) -> None:
    run = {"id": new_id(), "challenge_id": challenge_id, "kind": kind, "started_at": started}
    await insert(api.connection, "analysis_runs", finished_at=finished, **run)


async def test_running_analysis_shows_how_far_it_probably_is(api: Api, browser_of: MakeBrowser) -> None:
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id)
    await start_run(api, challenge_id, NOW - timedelta(seconds=30))
    paths = [f"/challenges/{challenge_id}/{name}" for name in ("board", "themes")]
    for path in paths:
        assert "<progress></progress>" in (await owner.open(path)).html
    hour = timedelta(hours=1)
    await start_run(api, challenge_id, NOW - hour, NOW - hour + timedelta(seconds=120))
    for path in paths:
        assert '<progress max="1" value="0.25">' in (await owner.open(path)).html
    reader = await (await browser_of()).open(paths[1])
    assert ("live-analysis" in reader.ids, "data-events" in reader.html) == (False, False)


async def test_panel_and_report_show_a_ranking_under_way_and_the_report_one_that_is_newer(
    api: Api, browser_of: MakeBrowser
) -> None:
    world = await make_panel_world(api.connection)
    ideas = await make_ideas(api.connection, world.challenge_id, 5)
    await make_ranking(api.connection, world.challenge_id, ideas)
    place, owner = f"/challenges/{world.challenge_id}", await browser_of(world.owner.person_id)
    panel = await owner.open(f"{place}/panel")
    await owner.follow(await owner.send(panel.form(f"{place}/shortlist", "make"), change="make"))
    pages = [f"{place}/panel", f"{place}/report"]

    async def shown(words: str) -> list[bool]:
        return [words in (await owner.open(path)).html for path in pages]

    assert await shown("runs now") == [False, False]
    await start_run(api, world.challenge_id, NOW - timedelta(seconds=3), kind="ranking")
    assert await shown("<progress></progress>") == [True, True]
    await api.connection.execute("UPDATE analysis_runs SET finished_at = $1", NOW)
    await make_ranking(api.connection, world.challenge_id, ideas[::-1], created_at=NOW)
    assert await shown("<progress></progress>") == [False, False]
    assert await shown("There is a newer ranking") == [False, True]
