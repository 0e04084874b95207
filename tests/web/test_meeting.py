"""Deciding in the meeting, one idea and one key at a time; the ranking sorted and filtered."""

from datetime import timedelta
from uuid import UUID

from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea
from tests.panel_world import make_ranking
from tests.web.conftest import Browser, MakeBrowser


async def make_listed(api: Api, browser_of: MakeBrowser) -> tuple[UUID, list[UUID], Browser]:
    """A challenge in review whose shortlist holds two of three ideas."""
    owner = await browser_of(roles=["challenge_owner"])
    ended = NOW - timedelta(hours=1)
    closed = {"submit_closes_at": ended, "vote_closes_at": ended, "frozen_at": ended}
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id, shortlist_size=2, **closed)
    ideas = [await make_idea(api.connection, challenge_id, title=f"Idea {n}") for n in range(3)]
    await make_ranking(
        api.connection, challenge_id, ideas, summary={"expected_wrong_calls": 0.5, "grey_zone": 1, "always_see": []}
    )
    page = await owner.open(f"/challenges/{challenge_id}/panel")
    await owner.send(page.form(f"/challenges/{challenge_id}/shortlist", "make"), change="make")
    return challenge_id, ideas, owner


async def test_shortlist_is_decided_idea_by_idea(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, _, owner = await make_listed(api, browser_of)
    path = f"/challenges/{challenge_id}/meeting"
    page = await owner.open(path)
    assert "Idea 1 of 2 · 2 ideas to go" in page.text
    assert set(page.unlabelled) - set(page.labelled) == set()
    assert 'data-key="s"' in page.html
    refused = await owner.send(page.form(path), outcome="declined", reason="")
    assert refused.status == 422
    assert 'id="reason-wrong"' in refused.html
    page = await owner.follow(await owner.send(page.form(path), outcome="selected", reason="Go."))
    assert "Idea 2 of 2 · 1 idea to go" in page.text
    page = await owner.follow(await owner.send(page.form(path), outcome="declined", reason="Too dear."))
    assert "All ideas of the shortlist are decided." in page.text
    states = await api.connection.fetch("SELECT state FROM ideas WHERE challenge_id = $1 ORDER BY title", challenge_id)
    assert [row["state"] for row in states] == ["selected", "declined", "submitted"]
    again = await owner.open(f"{path}?place=1")
    assert "Decided: Selected" in again.text
    assert (await owner.send(again.form(path), outcome="already_exists", reason="Found it.")).status == 303


async def test_own_ideas_come_last_in_the_meeting_and_are_left_to_somebody_else(
    api: Api, browser_of: MakeBrowser
) -> None:
    challenge_id, ideas, owner = await make_listed(api, browser_of)
    author = {"person_id": owner.person_id, "invited_by": owner.person_id, "invited_at": NOW, "agreed_at": NOW}
    await insert(api.connection, "idea_authors", idea_id=ideas[0], **author)
    path = f"/challenges/{challenge_id}/meeting"
    page = await owner.open(path)
    assert "Idea 2 of 2 · 2 ideas to go" in page.text
    page = await owner.follow(await owner.send(page.form(path), outcome="selected", reason="Go."))
    assert "Idea 1 of 2 · 1 idea to go" in page.text
    refused = await owner.send(page.form(path), outcome="selected", reason="Go.")
    assert (refused.status, refused.form(path).values["reason"]) == (422, "Go.")
    assert 'id="outcome-wrong"' in refused.html
    assert "You had a hand in “Idea 0”. Somebody else who runs this challenge decides" in refused.text
    panel = await owner.open(f"/challenges/{challenge_id}/panel")
    form = panel.form(f"/challenges/{challenge_id}/decisions")
    refused = await owner.send(form, idea=str(ideas[0]), outcome="selected", reason="", lesson="")
    assert refused.status == 403
    assert "You had a hand in “Idea 0”." in refused.text
    administrator = await browser_of(roles=["administrator"])
    page = await administrator.follow(
        await administrator.send((await administrator.open(path)).form(path), outcome="selected", reason="Go.")
    )
    assert "All ideas of the shortlist are decided." in page.text


async def test_meeting_is_for_those_who_run_the_challenge(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, _, owner = await make_listed(api, browser_of)
    path, employee = f"/challenges/{challenge_id}/meeting", await browser_of()
    await employee.open(path, status=403)
    form = (await owner.open(path)).form(path)
    assert (await employee.send(form, outcome="selected")).status == 403
    await owner.open(f"{path}?place=9", status=404)
    other = await make_idea(api.connection, await make_challenge(api.connection))
    assert (await owner.send(form, idea=str(other), outcome="selected")).status == 404
    assert (await owner.send(form, idea="nothing", outcome="selected")).status == 400


async def test_ranking_is_sorted_and_filtered(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, ideas, owner = await make_listed(api, browser_of)
    path = f"/challenges/{challenge_id}/panel"

    async def order(query: str) -> list[int]:
        html = (await owner.open(f"{path}{query}")).html.split('class="plain ranking"')[1].split("</ol>")[0]
        places = [html.find(f'href="/ideas/{idea}"') for idea in ideas]
        return [n for _, n in sorted((place, n) for n, place in enumerate(places) if place >= 0)]

    assert await order("") == [0, 1, 2]
    assert await order("?sort=greyest") == [2, 1, 0]
    assert await order("?grey=1") == [1, 2]
    assert await order("?state=planned") == []
    assert await order("?sort=upside-down") == [0, 1, 2]
    await owner.open(f"{path}?theme=nonsense", status=404)
    assert 'class="cut"' in (await owner.open(path)).html
    client = await api.client_for(owner.person_id)
    latest = (await client.get(f"/v1/challenges/{challenge_id}/rankings/latest")).json()
    entries = f"/v1/rankings/{latest['id']}/entries"
    first = (await client.get(entries, params={"sort": "greyest", "limit": 1})).json()
    rest = (await client.get(entries, params={"sort": "greyest", "cursor": first["next_cursor"]})).json()
    assert [entry["title"] for entry in first["items"] + rest["items"]] == ["Idea 2", "Idea 1", "Idea 0"]
