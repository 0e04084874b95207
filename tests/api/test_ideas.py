"""Ideas over HTTP: from a draft to withdrawn, and what each reader may know."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from ideation.entities.people import Scope
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person

UNKNOWN = UUID("00000000-0000-7000-8000-000000000000")


async def employee(api: Api, **given: Any) -> tuple[UUID, httpx.AsyncClient]:
    person_id = await make_person(api.connection, **given)
    return person_id, await api.client_for(person_id)


async def submit(client: httpx.AsyncClient, challenge_id: UUID, **given: Any) -> dict[str, Any]:
    answer = await client.post(f"/v1/challenges/{challenge_id}/ideas", json={"title": "Share the vans", **given})
    assert answer.status_code == 201, answer.text
    idea: dict[str, Any] = answer.json()
    return idea


async def read(client: httpx.AsyncClient, idea_id: object) -> dict[str, Any]:
    answer = await client.get(f"/v1/ideas/{idea_id}")
    assert answer.status_code == 200, answer.text
    idea: dict[str, Any] = answer.json()
    return idea


async def step(client: httpx.AsyncClient, idea: dict[str, Any], name: str) -> httpx.Response:
    return await client.post(f"/v1/ideas/{idea['id']}/{name}", headers={"If-Match": f'"{idea["version"]}"'})


async def listed(client: httpx.AsyncClient, challenge_id: UUID, **params: Any) -> list[str]:
    answer = await client.get(f"/v1/challenges/{challenge_id}/ideas", params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def vote(api: Api, idea_id: object, challenge_id: UUID, person_id: UUID, value: int | None = 1) -> None:
    """An answer to a dealt card."""
    card = {"challenge_id": challenge_id, "idea_id": idea_id, "person_id": person_id}
    card_id = new_id()
    await insert(
        api.connection,
        "impressions",
        **card,
        id=card_id,
        sitting_id=new_id(),
        position=1,
        dealt_by="feed",
        own_department=False,
        dealt_at=NOW,
    )
    await insert(api.connection, "votes", **card, value=value, impression_id=card_id, created_at=NOW, updated_at=NOW)


async def test_submitted_idea_is_tidied_rendered_safely_and_handed_to_the_workers(api: Api) -> None:
    person_id, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea = await submit(
        client,
        challenge_id,
        title="  <b>Share</b> \n the vans ",
        body="**Yes** <img src=x onerror=alert(1)> [x](javascript:alert(1))",
        tags=["Vans", "vans", " travel  far "],
    )
    assert idea["title"] == "<b>Share</b> the vans"
    assert idea["body_html"] == (
        "<p><strong>Yes</strong> &lt;img src=x onerror=alert(1)&gt; [x](javascript:alert(1))</p>"
    )
    assert idea["tags"] == ["Vans", "travel far"]
    assert [author["person_id"] for author in idea["authors"]] == [str(person_id)]
    assert (idea["state"], idea["revision"], idea["version"], idea["may_edit"]) == ("submitted", 1, 1, True)
    jobs = await api.connection.fetch("SELECT job FROM staged_jobs WHERE subject = $1", idea["id"])
    assert [job["job"] for job in jobs] == ["find_duplicates"]
    assert await read(client, idea["id"]) == idea


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": " \n "},
        {"title": "x" * 201},
        {"title": "x", "body": "x" * 20_001},
        {"title": "x", "body": "nul \x00"},
        {"title": "x", "tags": ["t"] * 21},
        {"title": "x", "state": "selected"},
        {"title": 7},
        [],
    ],
)
async def test_malformed_idea_is_refused_and_leaves_nothing(api: Api, body: object) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    answer = await client.post(f"/v1/challenges/{challenge_id}/ideas", json=body)
    assert answer.status_code == 400
    assert await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 0


async def test_idea_is_refused_from_the_wrong_people(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, audience_departments=["Sales"])
    url, body = f"/v1/challenges/{challenge_id}/ideas", {"title": "Mine"}
    assert (await api.anonymous.post(url, json=body)).status_code == 401
    _, stranger = await employee(api)
    assert (await stranger.post(url, json=body)).status_code == 404
    _, moderator = await employee(api, roles=["moderator"])
    assert (await moderator.post(url, json=body)).status_code == 403
    reader = await api.client_for(await make_person(api.connection, department="Sales"), scopes=[Scope.READ])
    assert (await reader.post(url, json=body)).json()["type"] == "/problems/missing-scope"
    _, client = await employee(api, department="Sales")
    assert (await client.post(url, json=body)).status_code == 201
    assert (await client.post(f"/v1/challenges/{UNKNOWN}/ideas", json=body)).status_code == 404


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({}, NOW - timedelta(days=1, seconds=1)),
        ({}, NOW + timedelta(days=10)),
        ({"frozen_at": NOW}, NOW),
        ({"stage": "decided"}, NOW),
        ({"stage": "archived"}, NOW),
    ],
)
async def test_idea_is_refused_unless_the_challenge_takes_ideas_now(api: Api, given: Any, at: Any) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection, **given)
    api.clock.set(at)
    answer = await client.post(f"/v1/challenges/{challenge_id}/ideas", json={"title": "Late"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/challenge-closed")


async def test_draft_is_its_authors_alone_until_submitted(api: Api) -> None:
    _, client = await employee(api)
    _, administrator = await employee(api, roles=["administrator"])
    challenge_id = await make_challenge(api.connection)
    made = await client.post(f"/v1/challenges/{challenge_id}/drafts", json={"body": "half a thought"})
    draft = made.json()
    assert (made.status_code, draft["state"], draft["title"], draft["counts"]) == (201, "draft", "", None)
    assert (await administrator.get(f"/v1/ideas/{draft['id']}")).status_code == 404
    assert await listed(client, challenge_id) == []
    untitled = await step(client, draft, "submit")
    assert (untitled.status_code, untitled.json()["field"]) == (422, "title")
    edited = await client.patch(f"/v1/ideas/{draft['id']}", json={"title": "Whole"}, headers={"If-Match": '"1"'})
    assert (edited.json()["title"], edited.json()["revision"]) == ("Whole", 1)
    done = await step(client, edited.json(), "submit")
    assert (done.status_code, done.json()["state"], done.json()["submitted_at"]) == (
        200,
        "submitted",
        "2026-03-02T09:00:00Z",
    )
    assert (await read(administrator, draft["id"]))["title"] == "Whole"
    assert (await step(client, done.json(), "submit")).status_code == 409


@pytest.mark.parametrize("authorship", ["shown", "sealed"])
@pytest.mark.parametrize("counts_hidden", [True, False])
@pytest.mark.parametrize("voting_method", ["yes_no", "stars"])
async def test_answer_to_a_submission_is_what_reading_says(
    api: Api, authorship: str, counts_hidden: bool, voting_method: str
) -> None:
    _, client = await employee(api)
    given = {"authorship": authorship, "counts_hidden": counts_hidden, "voting_method": voting_method}
    challenge_id = await make_challenge(api.connection, **given)
    idea = await submit(client, challenge_id, body="Text", tags=["a"])
    draft = (await client.post(f"/v1/challenges/{challenge_id}/drafts", json={"title": "Early"})).json()
    assert [await read(client, made["id"]) for made in (idea, draft)] == [idea, draft]


async def test_draft_can_be_deleted_and_an_idea_cannot(api: Api) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    draft = (await client.post(f"/v1/challenges/{challenge_id}/drafts", json={})).json()
    idea = await submit(client, challenge_id)
    headers = {"If-Match": '"1"'}
    assert (await client.delete(f"/v1/ideas/{draft['id']}", headers=headers)).status_code == 204
    assert (await client.get(f"/v1/ideas/{draft['id']}")).status_code == 404
    assert (await client.delete(f"/v1/ideas/{idea['id']}", headers=headers)).status_code == 409


async def test_edit_keeps_every_wording_and_guards_the_version(api: Api) -> None:
    person_id, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea = await submit(client, challenge_id, body="One", tags=["a"])
    url = f"/v1/ideas/{idea['id']}"
    assert [row["body"] for row in (await client.get(f"{url}/revisions")).json()] == ["One"]
    assert (await client.patch(url, json={"body": "Two"})).status_code == 428
    api.clock.set(NOW + timedelta(hours=1))
    edited = await client.patch(url, json={"body": "Two"}, headers={"If-Match": '"1"'})
    assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
    assert (edited.json()["title"], edited.json()["tags"], edited.json()["revision"]) == ("Share the vans", ["a"], 2)
    same = await client.patch(url, json={"body": " Two "}, headers={"If-Match": '"2"'})
    assert (same.status_code, same.json()["revision"]) == (200, 2)
    stale = await client.patch(url, json={"body": "Three"}, headers={"If-Match": 'W/"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
    assert (await client.patch(url, json={"title": " "}, headers={"If-Match": '"2"'})).status_code == 422
    history = (await client.get(f"{url}/revisions")).json()
    assert [(row["revision"], row["body"], row["edited_by"], row["edited_at"]) for row in history] == [
        (2, "Two", str(person_id), "2026-03-02T10:00:00Z"),
        (1, "One", str(person_id), "2026-03-02T09:00:00Z"),
    ]
    api.clock.set(NOW + timedelta(days=10))
    late = await client.patch(url, json={"body": "Late"}, headers={"If-Match": '"2"'})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/challenge-closed")


async def test_edit_is_for_authors_only(api: Api) -> None:
    _, client = await employee(api)
    _, other = await employee(api)
    _, administrator = await employee(api, roles=["administrator"])
    idea = await submit(client, await make_challenge(api.connection))
    for somebody in (other, administrator):
        answer = await somebody.patch(f"/v1/ideas/{idea['id']}", json={"body": "Mine now"}, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
        assert (await step(somebody, idea, "withdraw")).status_code == 403


async def test_withdrawn_idea_leaves_the_list_and_comes_back(api: Api) -> None:
    _, client = await employee(api)
    _, other = await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea = await submit(client, challenge_id)
    withdrawn = (await step(client, idea, "withdraw")).json()
    assert withdrawn["state"] == "withdrawn"
    assert await listed(client, challenge_id) == []
    assert (await other.get(f"/v1/ideas/{idea['id']}")).status_code == 404
    restored = (await step(client, withdrawn, "restore")).json()
    assert (restored["state"], restored["submitted_at"]) == ("submitted", idea["submitted_at"])
    assert await listed(other, challenge_id) == [idea["id"]]
    again = (await step(client, restored, "withdraw")).json()
    api.clock.set(NOW + timedelta(days=10))
    assert (await step(client, again, "restore")).json()["type"] == "/problems/challenge-closed"


async def test_idea_that_others_are_merged_into_cannot_be_withdrawn(api: Api) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea = await submit(client, challenge_id)
    await make_idea(api.connection, challenge_id, canonical_id=UUID(idea["id"]))
    assert (await step(client, idea, "withdraw")).json()["type"] == "/problems/wrong-state"
    assert (await read(client, idea["id"]))["merged_count"] == 1
    assert await listed(client, challenge_id) == [idea["id"]]


async def test_counts_are_hidden_from_those_who_have_not_answered(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    idea_id = await make_idea(api.connection, challenge_id)
    voter_id, voter = await employee(api)
    reviewer_id, reviewer = await employee(api, roles=["reviewer"])
    _, other = await employee(api)
    await vote(api, idea_id, challenge_id, voter_id)
    await vote(api, idea_id, challenge_id, reviewer_id, 0)
    await insert(
        api.connection,
        "review_assignments",
        id=new_id(),
        challenge_id=challenge_id,
        idea_id=idea_id,
        reviewer_id=reviewer_id,
        position=1,
        assigned_at=NOW,
    )
    assert (await read(other, idea_id))["counts"] is None
    assert (await read(reviewer, idea_id))["counts"] is None
    counts = (await read(voter, idea_id))["counts"]
    assert (counts["yes"], counts["no"], counts["own_answer"]) == (1, 1, "yes")
    owner = await api.client_for(owner_id)
    assert (await read(owner, idea_id))["counts"]["yes"] == 1
    assert await listed(owner, challenge_id, sort="supported") == [str(idea_id)]
    assert await listed(owner, challenge_id, sort="trending") == [str(idea_id)]
    # Whoever answered one idea may not see how the others stand.
    for person in (other, voter, reviewer):
        for sort in ("supported", "trending"):
            refused = await person.get(f"/v1/challenges/{challenge_id}/ideas?sort={sort}")
            assert (refused.status_code, refused.json()["reason"]) == (403, "counts-hidden")
    item = (await voter.get(f"/v1/challenges/{challenge_id}/ideas")).json()["items"][0]
    assert (item["counts"], item["answered"]) == (counts, True)
    assert (await other.get(f"/v1/challenges/{challenge_id}/ideas")).json()["items"][0]["counts"] is None


async def test_survivor_counts_distinct_people(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    survivor_id = await make_idea(api.connection, challenge_id)
    merged_id = await make_idea(api.connection, challenge_id, canonical_id=survivor_id)
    both, one = await make_person(api.connection), await make_person(api.connection)
    for idea_id, person_id in ((survivor_id, both), (merged_id, both), (merged_id, one)):
        await vote(api, idea_id, challenge_id, person_id)
    owner = await api.client_for(owner_id)
    assert (await read(owner, survivor_id))["counts"]["yes"] == 2
    items = (await owner.get(f"/v1/challenges/{challenge_id}/ideas")).json()["items"]
    assert [(item["id"], item["merged_count"], item["counts"]["yes"]) for item in items] == [(str(survivor_id), 1, 2)]


@pytest.mark.parametrize(
    ("authorship", "blind", "who_knows"),
    [
        ("shown", False, {"author", "owner", "administrator", "moderator", "panelist", "employee"}),
        ("shown", True, {"author", "owner", "administrator", "moderator", "employee"}),
        ("hidden", True, {"author", "owner", "administrator"}),
        ("sealed", True, {"author"}),
    ],
)
async def test_authors_are_known_to_those_who_may(api: Api, authorship: str, blind: bool, who_knows: set[str]) -> None:
    people = {
        "author": await make_person(api.connection, department="Labs"),
        "owner": await make_person(api.connection, roles=["challenge_owner"]),
        "administrator": await make_person(api.connection, roles=["administrator"]),
        "moderator": await make_person(api.connection, roles=["moderator"]),
        "panelist": await make_person(api.connection, roles=["reviewer"]),
        "employee": await make_person(api.connection),
    }
    challenge_id = await make_challenge(
        api.connection, owner_id=people["owner"], authorship=authorship, blind_review=blind
    )
    panel = {"person_id": people["panelist"], "added_by": people["owner"], "added_at": NOW}
    await insert(api.connection, "panel_members", challenge_id=challenge_id, **panel)
    idea_id = await make_idea(api.connection, challenge_id, people["author"])
    for name, person_id in people.items():
        client = await api.client_for(person_id)
        seen = await read(client, idea_id)
        item = (await client.get(f"/v1/challenges/{challenge_id}/ideas")).json()["items"][0]
        history = (await client.get(f"/v1/ideas/{idea_id}/revisions")).json()
        known = [seen["authors"], seen["department"], item["authors"], item["department"], history[0]["edited_by"]]
        assert all(value is not None for value in known) == (name in who_knows), name
        assert any(value is not None for value in known) == (name in who_knows), name
        by_department = await client.get(f"/v1/challenges/{challenge_id}/ideas", params={"department": "Labs"})
        may_filter = name in who_knows - ({"author"} if authorship != "shown" else set())
        assert (by_department.status_code == 200) == may_filter, name
