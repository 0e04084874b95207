"""Answering authors one by one and in groups, the published results, and who takes part."""

from datetime import timedelta
from uuid import UUID

from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person
from tests.web.conftest import Browser, MakeBrowser

CLOSED = {
    "submit_closes_at": NOW - timedelta(hours=2),
    "vote_closes_at": NOW - timedelta(hours=1),
    "frozen_at": NOW - timedelta(hours=1),
}


async def make_closed(api: Api, browser_of: MakeBrowser) -> tuple[UUID, Browser]:
    owner = await browser_of(roles=["challenge_owner"])
    return await make_challenge(api.connection, owner_id=owner.person_id, **CLOSED), owner


async def test_authors_are_answered_in_a_group_with_the_reason(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_closed(api, browser_of)
    author = await make_person(api.connection)
    ideas = [await make_idea(api.connection, challenge_id, author, title=f"Idea {number}") for number in range(3)]
    merged = await make_idea(api.connection, challenge_id, title="The same", canonical_id=ideas[0])
    path = f"/challenges/{challenge_id}/answers"
    page = await owner.open(path)
    assert "0 of 4 ideas are answered." in page.text
    assert f'value="{merged}"' not in page.html
    nothing = await owner.send(page.form(path), outcome="declined", reason="Too dear.")
    assert nothing.status == 422
    assert "Tick at least one idea." in nothing.text
    assert nothing.form(path).values["reason"] == "Too dear."
    two = [str(idea) for idea in ideas[:2]]
    silent = await owner.send(page.form(path), idea=two, outcome="declined", reason=" ")
    assert 'id="reason-wrong"' in silent.html
    assert silent.form(path).values["idea"] == two
    odd = await owner.send(page.form(path), idea=two, outcome="implemented", reason="Done.")
    assert 'id="outcome-wrong"' in odd.html
    page = await owner.follow(await owner.send(page.form(path), idea=two, outcome="declined", reason="Too dear."))
    assert "3 of 4 ideas are answered." in page.text
    told = await api.connection.fetchval(
        "SELECT count(*) FROM notifications WHERE person_id = $1 AND kind = 'decision'", author
    )
    assert told == 2


async def test_own_ideas_are_left_to_somebody_else_beside_the_form(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_closed(api, browser_of)
    own = await make_idea(api.connection, challenge_id, owner.person_id, title="My own")
    other = await make_idea(api.connection, challenge_id, title="Another")
    path = f"/challenges/{challenge_id}/answers"
    given = {"outcome": "declined", "reason": "Too dear.", "lesson": "Ask first."}
    ticked = [str(own), str(other)]
    sent: dict[str, str | list[str]] = {"idea": ticked, **given}
    refused = await owner.send((await owner.open(path)).form(path), sent)
    assert refused.status == 422
    assert refused.html.count('id="idea_ids-wrong"') == 1
    assert "You had a hand in “My own”. Somebody else who runs this challenge decides: its owner," in refused.text
    kept = refused.form(path).values
    assert {name: kept[name] for name in sent} == sent
    administrator = await browser_of(roles=["administrator"])
    page = await administrator.follow(await administrator.send((await administrator.open(path)).form(path), sent))
    assert "2 of 2 ideas are answered." in page.text


async def test_answers_are_given_by_those_who_run_the_challenge(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_closed(api, browser_of)
    idea_id = await make_idea(api.connection, challenge_id)
    path, employee = f"/challenges/{challenge_id}/answers", await browser_of()
    await employee.open(path, status=403)
    form = (await owner.open(path)).form(path)
    assert (await employee.send(form, idea=str(idea_id), outcome="selected")).status == 403
    await owner.open(f"{path}?theme=nonsense", status=404)


async def test_results_are_for_everybody_once_decided(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_closed(api, browser_of)
    idea_id = await make_idea(api.connection, challenge_id, title="Plant trees")
    path, results, employee = (
        f"/challenges/{challenge_id}/answers",
        f"/challenges/{challenge_id}/results",
        await browser_of(),
    )
    await owner.send((await owner.open(path)).form(path), idea=str(idea_id), outcome="selected", lesson="Trees grow.")
    await employee.open(results, status=404)
    board = await owner.open(f"/challenges/{challenge_id}/board")
    decide = next(form for form in board.forms if form.values.get("step") == "decide")
    assert (await owner.send(decide, answers_owed="0")).status == 303
    challenge = await employee.open(f"/challenges/{challenge_id}")
    assert results in challenge.links
    page = await employee.open(results)
    assert "Plant trees" in page.text
    assert "Trees grow." in page.text
    assert "Plant trees" not in (await employee.open(f"{results}?outcome=declined")).text


async def test_board_shows_participation_without_telling_who(api: Api, browser_of: MakeBrowser) -> None:
    owner = await browser_of(roles=["challenge_owner"], department="Solo")
    challenge_id = await make_challenge(
        api.connection, owner_id=owner.person_id, audience_departments=["Solo", "Foundry", "Mill"]
    )
    people = [await make_person(api.connection, department=name) for name in ["Foundry"] * 6 + ["Mill"] * 9]
    await make_idea(api.connection, challenge_id, people[0], department="Foundry", submitted_at=NOW)
    page = await owner.open(f"/challenges/{challenge_id}/board")
    assert "2 small departments together 1 7" in page.text
    assert "Mill 0 9" in page.text
    assert "Foundry 1" not in page.text
    assert "2 Mar 2026 1 0 0" in page.text
    assert "1 idea was never dealt." in page.text
    assert "The least shown idea" not in page.text
    client = await api.client_for(owner.person_id)
    board = (await client.get(f"/v1/challenges/{challenge_id}/board")).json()
    assert len(board["days"]) == 28
    assert board["days"][-1] == {"day": "2026-03-02", "ideas": 1, "answers": 0, "comments": 0}
    assert [line["name"] for line in board["departments"]] == ["Mill", None]
    stranger = await api.client_for(people[0])
    assert (await stranger.get(f"/v1/challenges/{challenge_id}/board")).status_code == 403
