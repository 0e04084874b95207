"""Moderation over HTTP: reports, hiding and showing, unsealing; who may, and who is told."""

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


async def moderator(api: Api) -> httpx.AsyncClient:
    return (await employee(api, roles=["moderator"]))[1]


async def report(client: httpx.AsyncClient, kind: str, subject_id: object) -> str:
    answer = await client.post(f"/v1/{kind}s/{subject_id}/reports", json={"reason": "Names a customer."})
    assert answer.status_code == 201, answer.text
    report_id: str = answer.json()["id"]
    return report_id


async def make_comment(api: Api, idea_id: UUID, author_id: UUID) -> UUID:
    comment_id = new_id()
    values = {"idea_id": idea_id, "author_id": author_id, "body": "Rude.", "created_at": NOW}
    await insert(api.connection, "comments", id=comment_id, **values)
    return comment_id


async def messages(api: Api, person_id: UUID) -> list[str]:
    rows = await api.connection.fetch("SELECT message FROM notifications WHERE person_id = $1 ORDER BY id", person_id)
    return [row["message"] for row in rows]


async def actions(api: Api, subject_id: object) -> list[str]:
    rows = await api.connection.fetch(
        "SELECT action FROM audit_events WHERE subject_id = $1 ORDER BY id", str(subject_id)
    )
    return [row["action"] for row in rows]


async def test_reported_idea_is_hidden_and_everybody_concerned_is_told(api: Api) -> None:
    author_id, author = await employee(api)
    (one_id, one), (two_id, two) = await employee(api), await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, author_id, title="Vans", body="Text")
    report_id = await report(one, "idea", idea_id)
    await report(two, "idea", idea_id)
    again = await one.post(f"/v1/ideas/{idea_id}/reports", json={"reason": "Still."})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-exists")
    judge = await moderator(api)
    queue = (await judge.get("/v1/reports", params={"challenge_id": str(challenge_id)})).json()["items"]
    assert [(item["idea_title"], item["text"], item["open_reports"]) for item in queue] == [("Vans", "Text", 2)] * 2
    assert not any("report" in key and "open" not in key for key in queue[0])

    url, body = f"/v1/reports/{report_id}/outcome", {"outcome": "hidden", "note": "It names a customer."}
    assert (await judge.put(url, json=body)).status_code == 204
    assert (await judge.put(url, json=body)).json()["type"] == "/problems/wrong-state"

    assert (await one.get(f"/v1/ideas/{idea_id}")).status_code == 404
    assert (await one.get(f"/v1/challenges/{challenge_id}/ideas")).json()["items"] == []
    assert (await author.get(f"/v1/ideas/{idea_id}")).json()["hidden"] is True
    for person_id in (one_id, two_id):
        assert await messages(api, person_id) == [
            'The idea "Vans" that you reported has been hidden. It names a customer.'
        ]
    assert await messages(api, author_id) == ['Your idea "Vans" was hidden by a moderator. It names a customer.']
    assert await actions(api, idea_id) == ["report.resolved"]
    mine = (await one.get("/v1/me/reports")).json()["items"]
    assert [(item["id"], item["outcome"], item["note"]) for item in mine] == [
        (report_id, "hidden", "It names a customer.")
    ]
    assert (await judge.get("/v1/reports", params={"challenge_id": str(challenge_id)})).json()["items"] == []


async def test_reported_comment_can_be_kept(api: Api) -> None:
    author_id = await make_person(api.connection)
    one_id, one = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection), title="Vans")
    comment_id = await make_comment(api, idea_id, author_id)
    report_id = await report(one, "comment", comment_id)
    judge = await moderator(api)
    assert (await judge.put(f"/v1/reports/{report_id}/outcome", json={"outcome": "kept"})).status_code == 204
    assert (await one.get(f"/v1/comments/{comment_id}")).json()["hidden"] is False
    assert await messages(api, one_id) == ['The comment on "Vans" that you reported was looked at and stays.']
    assert await messages(api, author_id) == []
    assert (await report(one, "comment", comment_id)) != report_id


async def test_hidden_comment_keeps_its_place_and_comes_back(api: Api) -> None:
    author_id, author = await employee(api)
    _, reader = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection), title="Vans")
    comment_id = await make_comment(api, idea_id, author_id)
    judge, reason = await moderator(api), {"reason": "Rude."}
    assert (await judge.post(f"/v1/comments/{comment_id}/hide", json=reason)).status_code == 204
    assert (await judge.post(f"/v1/comments/{comment_id}/hide", json=reason)).status_code == 409

    async def shown(client: httpx.AsyncClient) -> tuple[bool, str | None]:
        item = (await client.get(f"/v1/ideas/{idea_id}/comments")).json()["items"][0]
        return item["hidden"], item["body"]

    assert [await shown(client) for client in (reader, author, judge)] == [
        (True, None),
        (True, "Rude."),
        (True, "Rude."),
    ]
    assert (await reader.get(f"/v1/comments/{comment_id}")).status_code == 404
    assert await api.connection.fetchval("SELECT comments FROM idea_tallies WHERE idea_id = $1", idea_id) == 0
    edit = await author.patch(f"/v1/comments/{comment_id}", json={"body": "x"}, headers={"If-Match": '"2"'})
    assert edit.status_code == 412
    assert (await judge.post(f"/v1/comments/{comment_id}/show", json=reason)).status_code == 204
    assert (await judge.post(f"/v1/comments/{comment_id}/show", json=reason)).status_code == 409
    assert await shown(reader) == (False, "Rude.")
    assert await api.connection.fetchval("SELECT comments FROM idea_tallies WHERE idea_id = $1", idea_id) == 1
    assert await actions(api, comment_id) == ["comment.hidden", "comment.shown"]


async def test_hidden_idea_is_no_longer_dealt_and_comes_back(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    idea_id = await make_idea(api.connection, challenge_id, title="Vans")
    owner = await api.client_for(owner_id)
    in_feed = "SELECT in_feed FROM idea_tallies WHERE idea_id = $1"
    assert (await owner.post(f"/v1/ideas/{idea_id}/hide", json={"reason": "x"})).status_code == 204
    assert await api.connection.fetchval(in_feed, idea_id) is False
    hidden = (await owner.get("/v1/hidden", params={"challenge_id": str(challenge_id)})).json()["items"]
    assert [(item["idea_id"], item["comment_id"], item["idea_title"]) for item in hidden] == [
        (str(idea_id), None, "Vans")
    ]
    assert (await owner.post(f"/v1/ideas/{idea_id}/show", json={"reason": "x"})).status_code == 204
    assert await api.connection.fetchval(in_feed, idea_id) is True


async def test_moderation_is_for_moderators_and_those_who_run_the_challenge(api: Api) -> None:
    author_id = await make_person(api.connection, roles=["moderator"])
    challenge_id = await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, author_id)
    _, other = await employee(api, roles=["challenge_owner", "reviewer"])
    report_id = await report(other, "idea", idea_id)
    own = await api.client_for(author_id)
    reader = await api.client_for(await make_person(api.connection, roles=["moderator"]), scopes=[Scope.READ])
    for client in (other, own, reader):
        assert (await client.post(f"/v1/ideas/{idea_id}/hide", json={"reason": "x"})).status_code == 403
        assert (await client.put(f"/v1/reports/{report_id}/outcome", json={"outcome": "kept"})).status_code == 403
    assert (await other.get("/v1/reports")).status_code == 403
    assert (await other.get("/v1/hidden", params={"challenge_id": str(challenge_id)})).status_code == 403
    judge = await moderator(api)
    assert (await judge.get("/v1/reports")).status_code == 200
    assert (await judge.put(f"/v1/reports/{UNKNOWN}/outcome", json={"outcome": "kept"})).status_code == 404
    assert (await judge.put(f"/v1/reports/{report_id}/outcome", json={"outcome": "burnt"})).status_code == 400
    draft_id = await make_idea(api.connection, challenge_id, state="draft")
    assert (await judge.post(f"/v1/ideas/{draft_id}/hide", json={"reason": "x"})).status_code == 404


async def test_sealed_author_is_opened_by_two_people_in_two_roles(api: Api) -> None:
    author_id = await make_person(api.connection)
    owner_id, owner = await employee(api, roles=["challenge_owner", "moderator"])
    _, administrator = await employee(api, roles=["administrator", "moderator"])
    _, colleague = await employee(api)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id, authorship="sealed")
    idea_id = await make_idea(api.connection, challenge_id, author_id)
    url, body = f"/v1/ideas/{idea_id}/unsealings", {"role": "moderator", "reason": "A threat."}
    assert (await colleague.post(url, json=body)).status_code == 403
    assert (await administrator.post(url, json={**body, "role": "challenge_owner"})).status_code == 403
    assert (await administrator.post(url, json={**body, "role": "reviewer"})).status_code == 400
    asked = await administrator.post(url, json=body)
    assert (asked.status_code, asked.json()["approved_at"]) == (201, None)
    assert (await owner.post(url, json=body)).json()["type"] == "/problems/already-exists"
    assert (await administrator.get(f"/v1/ideas/{idea_id}")).json()["authors"] is None

    approve = f"/v1/unsealings/{asked.json()['id']}/approve"
    assert (await administrator.post(approve, json={"role": "administrator"})).status_code == 403
    assert (await owner.post(approve, json={"role": "moderator"})).status_code == 403
    assert (await colleague.post(approve, json={"role": "challenge_owner"})).status_code == 403
    done = await owner.post(approve, json={"role": "challenge_owner"})
    assert (done.status_code, done.json()["approved_by"]) == (200, str(owner_id))
    assert (await owner.post(approve, json={"role": "challenge_owner"})).status_code == 409

    for client in (owner, administrator):
        authors = (await client.get(f"/v1/ideas/{idea_id}")).json()["authors"]
        assert [author["person_id"] for author in authors] == [str(author_id)]
    assert (await colleague.get(f"/v1/ideas/{idea_id}")).json()["authors"] is None
    assert await actions(api, idea_id) == ["idea.unsealing_requested", "idea.unsealed"]
    assert await messages(api, author_id) == [
        "Two people opened who wrote your idea, asked for by a moderator. The reason given: A threat."
    ]
    listed = f"/v1/challenges/{challenge_id}/unsealings"
    assert [item["id"] for item in (await owner.get(listed)).json()["items"]] == [asked.json()["id"]]
    assert (await colleague.get(listed)).status_code == 403


@pytest.mark.parametrize("authorship", ["shown", "hidden"])
async def test_unsealing_is_for_sealed_authors_only(api: Api, authorship: str) -> None:
    judge = await moderator(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection, authorship=authorship))
    answer = await judge.post(f"/v1/ideas/{idea_id}/unsealings", json={"role": "moderator", "reason": "x"})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-state")


async def test_audit_trail_never_names_a_sealed_author(api: Api) -> None:
    author_id, author = await employee(api)
    challenge_id = await make_challenge(api.connection, authorship="sealed")
    idea = (await author.post(f"/v1/challenges/{challenge_id}/ideas", json={"title": "Secret"})).json()
    url = f"/v1/ideas/{idea['id']}"
    edited = await author.patch(url, json={"body": "More"}, headers={"If-Match": '"1"'})
    await author.post(f"{url}/comments", json={"body": "Mine"})
    await author.post(f"{url}/withdraw", headers={"If-Match": edited.headers["etag"]})
    rows = await api.connection.fetch(
        "SELECT actor_id, details::text FROM audit_events WHERE challenge_id = $1", challenge_id
    )
    assert not [row for row in rows if row["actor_id"] == author_id or str(author_id) in row["details"]]
