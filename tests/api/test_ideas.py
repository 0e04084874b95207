"""Ideas over HTTP: from a draft to withdrawn, what each reader may know, lists and co-authors."""

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
    stale = await client.patch(url, json={"body": "Three"}, headers={"If-Match": '"1"'})
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
    assert (await other.get(f"/v1/challenges/{challenge_id}/ideas?sort=supported")).status_code == 403
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


@pytest.mark.parametrize("sort", ["newest", "trending", "random", "supported"])
async def test_list_pages_through_everything_once_in_every_order(api: Api, sort: str) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection, counts_hidden=False)
    made = {str(await make_idea(api.connection, challenge_id)) for _ in range(7)}
    whole = await listed(client, challenge_id, sort=sort)
    assert (len(whole), set(whole)) == (7, made)
    paged: list[str] = []
    params: dict[str, Any] = {"sort": sort, "limit": 3}
    while True:
        page = (await client.get(f"/v1/challenges/{challenge_id}/ideas", params=params)).json()
        paged += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert paged == whole
    other = "newest" if sort != "newest" else "random"
    crossed = await client.get(f"/v1/challenges/{challenge_id}/ideas", params=params | {"sort": other})
    assert crossed.json()["type"] == "/problems/invalid-cursor"


async def test_list_orders_mean_what_they_say(api: Api) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection, counts_hidden=False)
    old, middle, new = [
        await make_idea(api.connection, challenge_id, submitted_at=NOW - timedelta(hours=hours)) for hours in (3, 2, 1)
    ]
    for idea_id, people in ((old, 2), (middle, 1)):
        for _ in range(people):
            await vote(api, idea_id, challenge_id, await make_person(api.connection))
    assert await listed(client, challenge_id) == [str(new), str(middle), str(old)]
    assert await listed(client, challenge_id, sort="supported") == [str(old), str(middle), str(new)]
    assert await listed(client, challenge_id, sort="trending") == [str(old), str(middle), str(new)]


async def test_random_order_is_a_persons_own_and_lasts_a_day(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    for _ in range(12):
        await make_idea(api.connection, challenge_id)
    (_, one), (_, two) = await employee(api), await employee(api)
    mine = await listed(one, challenge_id, sort="random")
    assert await listed(one, challenge_id, sort="random") == mine
    assert await listed(two, challenge_id, sort="random") != mine
    api.clock.set(NOW + timedelta(days=1))
    assert await listed(one, challenge_id, sort="random") != mine


async def test_list_filters_by_state_tag_department_theme_and_text(api: Api) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    labs = await make_person(api.connection, department="Labs")
    wanted = str(
        await make_idea(
            api.connection, challenge_id, labs, state="selected", tags=["vans"], title="Sharing", body="of bicycles"
        )
    )
    await make_idea(api.connection, challenge_id, title="Nothing alike", body="at all")
    parent_id, theme_id = new_id(), new_id()
    for id_, parent in ((parent_id, None), (theme_id, parent_id)):
        values = {"parent_id": parent, "label": "moving", "created_at": NOW, "updated_at": NOW}
        await insert(api.connection, "themes", id=id_, challenge_id=challenge_id, **values)
    place = {"theme_id": theme_id, "typicality": 1, "novelty": 0, "x": 0, "y": 0, "placed_at": NOW}
    await insert(api.connection, "idea_placements", idea_id=UUID(wanted), challenge_id=challenge_id, **place)
    for params in (
        {"state": "selected"},
        {"tag": "vans"},
        {"department": "Labs"},
        {"theme_id": str(theme_id)},
        {"theme_id": str(parent_id)},
        {"q": "share bicycle"},
        {"q": "Sharing", "tag": "vans", "sort": "random"},
    ):
        assert await listed(client, challenge_id, **params) == [wanted], params
    assert await listed(client, challenge_id, tag="vans", state="submitted") == []
    assert await listed(client, challenge_id, q="'); DROP TABLE ideas; --") == []
    assert len(await listed(client, challenge_id, q="  ")) == 2
    assert (await read(client, wanted))["theme"] == "moving"
    url = f"/v1/challenges/{challenge_id}/ideas"
    assert (await client.get(url, params={"state": "draft"})).status_code == 422
    assert (await client.get(url, params={"theme_id": "seven"})).status_code == 400
    assert (await client.get(url, params={"q": "nul\x00"})).status_code == 400


async def test_co_author_is_named_once_agreed_and_loses_an_own_vote(api: Api) -> None:
    _, author = await employee(api)
    colleague_id, colleague = await employee(api)
    _, other = await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea = await submit(author, challenge_id)
    url = f"/v1/ideas/{idea['id']}"
    await vote(api, UUID(idea["id"]), challenge_id, colleague_id)
    body = {"person_id": str(colleague_id)}
    assert (await other.post(f"{url}/co-authors", json=body)).status_code == 403
    invited = await author.post(f"{url}/co-authors", json=body)
    assert [row["status"] for row in invited.json()] == ["agreed", "invited"]
    assert (await author.post(f"{url}/co-authors", json=body)).json()["type"] == "/problems/already-exists"
    assert len((await read(other, idea["id"]))["authors"]) == 1
    assert (await read(colleague, idea["id"]))["is_invited"] is True
    assert (await other.put(f"{url}/invitation", json={"agree": True})).status_code == 404
    assert (await colleague.put(f"{url}/invitation", json={"agree": True})).status_code == 204
    assert (await colleague.put(f"{url}/invitation", json={"agree": False})).status_code == 404
    seen = await read(colleague, idea["id"])
    assert [author["person_id"] for author in seen["authors"]][1:] == [str(colleague_id)]
    assert (seen["is_author"], seen["may_edit"]) == (True, True)
    assert await api.connection.fetchval("SELECT count(*) FROM votes WHERE idea_id = $1", UUID(idea["id"])) == 0
    assert await api.connection.fetchval("SELECT yes FROM idea_tallies WHERE idea_id = $1", UUID(idea["id"])) == 0
    kinds = await api.connection.fetch("SELECT kind FROM notifications WHERE idea_id = $1 ORDER BY kind", idea["id"])
    assert [row["kind"] for row in kinds] == ["co_author_answered", "co_author_invited"]
    assert (await other.get(f"{url}/co-authors")).status_code == 403


async def test_invited_person_sees_the_draft_and_may_decline(api: Api) -> None:
    _, author = await employee(api)
    colleague_id, colleague = await employee(api)
    challenge_id = await make_challenge(api.connection)
    draft = (await author.post(f"/v1/challenges/{challenge_id}/drafts", json={"title": "Early"})).json()
    url = f"/v1/ideas/{draft['id']}"
    assert (await colleague.get(url)).status_code == 404
    await author.post(f"{url}/co-authors", json={"person_id": str(colleague_id)})
    assert (await read(colleague, draft["id"]))["title"] == "Early"
    mine = (await colleague.get("/v1/me/ideas")).json()["items"]
    assert [(item["id"], item["is_invited"], item["state"]) for item in mine] == [(draft["id"], True, "draft")]
    assert (await colleague.patch(url, json={"title": "x"}, headers={"If-Match": '"1"'})).status_code == 403
    await colleague.put(f"{url}/invitation", json={"agree": False})
    assert (await colleague.get(url)).status_code == 404
    again = await author.post(f"{url}/co-authors", json={"person_id": str(colleague_id)})
    assert (again.status_code, again.json()["invitation"]) == (409, "declined")


async def test_co_author_leaves_and_the_first_author_stays(api: Api) -> None:
    author_id, author = await employee(api)
    colleague_id, colleague = await employee(api)
    idea = await submit(author, await make_challenge(api.connection))
    url = f"/v1/ideas/{idea['id']}/co-authors"
    await author.post(url, json={"person_id": str(colleague_id)})
    await colleague.put(f"/v1/ideas/{idea['id']}/invitation", json={"agree": True})
    assert (await colleague.delete(f"{url}/{author_id}")).status_code == 409
    assert (await colleague.delete(f"{url}/{colleague_id}")).status_code == 204
    assert (await author.delete(f"{url}/{colleague_id}")).status_code == 404
    assert len((await read(author, idea["id"]))["authors"]) == 1


@pytest.mark.parametrize("given", [{"active": False}, {"department": "Elsewhere"}])
async def test_invitation_reaches_only_people_the_challenge_is_open_to(api: Api, given: dict[str, Any]) -> None:
    _, author = await employee(api)
    idea = await submit(author, await make_challenge(api.connection, audience_departments=["Research"]))
    url = f"/v1/ideas/{idea['id']}/co-authors"
    person_id = await make_person(api.connection, **given)
    assert (await author.post(url, json={"person_id": str(person_id)})).status_code == 422
    assert (await author.post(url, json={"person_id": str(UNKNOWN)})).status_code == 422
