"""Figures that are kept of a large challenge tell nobody what they may not see, and nothing that was taken away."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from ideation.actions import live
from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_person
from tests.panel_world import make_ranking
from tests.web.conftest import Browser, MakeBrowser
from tests.web.test_landscape import make_map

REASON = {"reason": "It breaks the rules."}
SAME_SITE = {"Sec-Fetch-Site": "same-origin", "If-Match": '"1"'}
TAKEN_AWAY = "Idea 1"
OWED = ["board", "answers"]
PAGES = ["map", "themes", *OWED]


@pytest.fixture(autouse=True)
def _every_challenge_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LARGE_IDEAS", 1)


async def hide(client: httpx.AsyncClient, _challenge: UUID, idea: UUID, _other: UUID) -> httpx.Response:
    return await client.post(f"/v1/ideas/{idea}/hide", json=REASON)


async def merge(client: httpx.AsyncClient, challenge: UUID, idea: UUID, other: UUID) -> httpx.Response:
    ideas = {"idea_ids": [str(other), str(idea)], "survivor_id": str(other)}
    return await client.post(f"/v1/challenges/{challenge}/merges", json=ideas)


async def withdraw(client: httpx.AsyncClient, _challenge: UUID, idea: UUID, _other: UUID) -> httpx.Response:
    return await client.post(f"/v1/ideas/{idea}/withdraw", headers={"If-Match": '"1"'})


TakeAway = Callable[[httpx.AsyncClient, UUID, UUID, UUID], Awaitable[httpx.Response]]


# The author of a hidden or merged idea is owed an answer all the same, so its owner goes on seeing it there.
@pytest.mark.parametrize(("take_away", "owed"), [(hide, OWED), (merge, OWED), (withdraw, [])])
async def test_what_is_taken_away_is_gone_at_once(
    api: Api, browser_of: MakeBrowser, take_away: TakeAway, owed: list[str]
) -> None:
    author = await make_person(api.connection)
    owner = await browser_of(roles=["challenge_owner", "moderator"])
    challenge = await make_challenge(api.connection, owner_id=owner.person_id)
    _, ideas = await make_map(api, challenge, author_id=author)
    before = {page: await owner.open(f"/challenges/{challenge}/{page}") for page in PAGES}
    assert [page for page in PAGES if TAKEN_AWAY in before[page].html] == PAGES
    client = await api.client_for(author if take_away is withdraw else owner.person_id)
    taken = await take_away(client, challenge, ideas[1], ideas[0])
    assert taken.is_success, taken.text
    after = {page: await owner.open(f"/challenges/{challenge}/{page}") for page in PAGES}
    assert [page for page in PAGES if TAKEN_AWAY in after[page].html] == owed
    assert "3 ideas" in after["themes"].text


async def test_an_edited_title_is_shown_at_once(api: Api, browser_of: MakeBrowser) -> None:
    reader = await browser_of()
    challenge = await make_challenge(api.connection)
    _, ideas = await make_map(api, challenge, author_id=reader.person_id)
    await reader.open(f"/challenges/{challenge}/themes")
    api.clock.set(NOW + timedelta(seconds=1))
    await reader.client.patch(f"/v1/ideas/{ideas[1]}", json={"title": "Better said"}, headers=SAME_SITE)
    assert "Better said" in (await reader.open(f"/challenges/{challenge}/themes")).text


async def test_deciding_and_closing_count_at_once(api: Api, browser_of: MakeBrowser) -> None:
    owner = await browser_of(roles=["challenge_owner"])
    challenge = await make_challenge(api.connection, owner_id=owner.person_id)
    _, ideas = await make_map(api, challenge)
    await owner.open(f"/challenges/{challenge}/board")
    client = await api.client_for(owner.person_id)
    version = (await client.get(f"/v1/challenges/{challenge}")).headers["etag"]
    closed = await client.post(f"/v1/challenges/{challenge}/close", json=REASON, headers={"If-Match": version})
    assert closed.status_code == 200, closed.text
    decision = {"idea_ids": [str(ideas[1])], "outcome": "declined", "reason": "Too dear."}
    assert (await client.post(f"/v1/challenges/{challenge}/decisions", json=decision)).is_success
    board = await owner.open(f"/challenges/{challenge}/board")
    assert TAKEN_AWAY not in board.text
    assert "Idea 0" in board.text


async def test_what_an_owner_looked_at_is_kept_from_others_all_the_same(api: Api, browser_of: MakeBrowser) -> None:
    owner = await browser_of(roles=["challenge_owner"])
    challenge = await make_challenge(
        api.connection, owner_id=owner.person_id, authorship="sealed", audience_departments=["Research", "Strategy"]
    )
    await make_map(api, challenge)
    pages = [*PAGES, "map?department=Research"]
    seen = [(await owner.client.get(f"/challenges/{challenge}/{page}")).status_code for page in pages]
    employee, outsider = await browser_of(), await browser_of(department="Sales")
    assert seen == [200, 200, 200, 200, 403]
    assert await statuses(employee, challenge, pages) == [200, 200, 403, 403, 403]
    assert await statuses(outsider, challenge, pages) == [404] * 5


async def test_scores_of_a_map_that_an_owner_looked_at_are_not_shown_to_others(
    api: Api, browser_of: MakeBrowser
) -> None:
    owner = await browser_of(roles=["challenge_owner"])
    challenge = await make_challenge(api.connection, owner_id=owner.person_id)
    _, ideas = await make_map(api, challenge)
    await make_ranking(api.connection, challenge, ideas)
    assert "(score" in (await owner.open(f"/challenges/{challenge}/map")).html
    assert "(score" not in (await (await browser_of()).open(f"/challenges/{challenge}/map")).html


async def statuses(browser: Browser, challenge: UUID, pages: list[str]) -> list[int]:
    """How each page of the challenge answers this person."""
    return [(await browser.client.get(f"/challenges/{challenge}/{page}")).status_code for page in pages]
