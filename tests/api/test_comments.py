"""Comments over HTTP: threads, editing, deleting, who is told and who is named."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person


async def employee(api: Api, **given: Any) -> tuple[UUID, httpx.AsyncClient]:
    person_id = await make_person(api.connection, **given)
    return person_id, await api.client_for(person_id)


async def comment(client: httpx.AsyncClient, idea_id: UUID, body: str = "Good.", **given: Any) -> dict[str, Any]:
    answer = await client.post(f"/v1/ideas/{idea_id}/comments", json={"body": body, **given})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def thread(client: httpx.AsyncClient, idea_id: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"/v1/ideas/{idea_id}/comments")).json()["items"]
    return items


async def told(api: Api, person_id: UUID) -> list[str]:
    rows = await api.connection.fetch("SELECT kind FROM notifications WHERE person_id = $1 ORDER BY id", person_id)
    return [row["kind"] for row in rows]


async def counted(api: Api, idea_id: UUID) -> int:
    count: int = await api.connection.fetchval("SELECT comments FROM idea_tallies WHERE idea_id = $1", idea_id)
    return count


async def test_comment_is_rendered_safely_counted_and_told_to_the_author(api: Api) -> None:
    author_id = await make_person(api.connection)
    person_id, client = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection), author_id)
    made = await comment(client, idea_id, " *Why* <b>not</b>? ")
    assert (made["body"], made["body_html"]) == (
        "*Why* <b>not</b>?",
        "<p><em>Why</em> &lt;b&gt;not&lt;/b&gt;?</p>",
    )
    assert (made["author_id"], made["is_mine"], made["by_idea_author"]) == (str(person_id), True, False)
    assert await counted(api, idea_id) == 1
    assert (await told(api, author_id), await told(api, person_id)) == (["comment_on_your_idea"], [])
    assert (await client.get(f"/v1/comments/{made['id']}")).json() == made


async def test_reply_reaches_everybody_in_its_thread_once(api: Api) -> None:
    author_id, author = await employee(api)
    (first_id, first), (second_id, second) = await employee(api), await employee(api)
    (aside_id, aside), (third_id, third) = await employee(api), await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection), author_id)
    top = await comment(first, idea_id)
    await comment(aside, idea_id)
    reply = await comment(second, idea_id, parent_id=top["id"])
    await comment(third, idea_id, parent_id=reply["id"])
    await comment(author, idea_id, parent_id=top["id"])
    assert await told(api, first_id) == ["reply_in_your_thread"] * 3
    assert await told(api, second_id) == ["reply_in_your_thread"] * 2
    assert (await told(api, third_id), await told(api, aside_id)) == ([], [])
    assert await told(api, author_id) == ["comment_on_your_idea"] * 4


async def test_reply_needs_a_standing_comment_on_the_same_idea(api: Api) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea_id, other_idea_id = [await make_idea(api.connection, challenge_id) for _ in range(2)]
    elsewhere = await comment(client, other_idea_id)
    url = f"/v1/ideas/{idea_id}/comments"
    answer = await client.post(url, json={"body": "x", "parent_id": elsewhere["id"]})
    assert (answer.status_code, answer.json()["field"]) == (422, "parent_id")
    assert await counted(api, idea_id) == 0


@pytest.mark.parametrize("body", [{}, {"body": ""}, {"body": " \n"}, {"body": "x" * 10_001}, {"body": "x", "to": "y"}])
async def test_malformed_comment_is_refused(api: Api, body: dict[str, Any]) -> None:
    _, client = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection))
    assert (await client.post(f"/v1/ideas/{idea_id}/comments", json=body)).status_code == 400


async def test_comment_is_refused_when_or_where_none_is_taken(api: Api) -> None:
    person_id, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id)
    url = f"/v1/ideas/{idea_id}/comments"
    api.clock.set(NOW + timedelta(days=11))
    assert (await client.post(url, json={"body": "In review."})).status_code == 201
    await api.connection.execute("UPDATE challenges SET stage = 'decided' WHERE id = $1", challenge_id)
    late = await client.post(url, json={"body": "Late."})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/challenge-closed")
    api.clock.set(NOW)
    own_draft = await make_idea(api.connection, await make_challenge(api.connection), person_id, state="draft")
    assert (await client.post(f"/v1/ideas/{own_draft}/comments", json={"body": "x"})).status_code == 409
    foreign = await make_idea(api.connection, await make_challenge(api.connection, audience_sites=["Mars"]))
    assert (await client.post(f"/v1/ideas/{foreign}/comments", json={"body": "x"})).status_code == 404
    assert (await client.get(f"/v1/ideas/{foreign}/comments")).status_code == 404


async def test_comment_of_a_hidden_place_is_not_found(api: Api) -> None:
    _, client = await employee(api, site="Mars")
    _, stranger = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection, audience_sites=["Mars"]))
    made = await comment(client, idea_id)
    url, headers = f"/v1/comments/{made['id']}", {"If-Match": '"1"'}
    assert (await stranger.get(url)).status_code == 404
    assert (await stranger.patch(url, json={"body": "x"}, headers=headers)).status_code == 404
    assert (await stranger.post(f"{url}/reports", json={"reason": "x"})).status_code == 404


async def test_comment_is_edited_by_its_author_in_the_version_read(api: Api) -> None:
    _, client = await employee(api)
    _, moderator = await employee(api, roles=["moderator"])
    idea_id = await make_idea(api.connection, await make_challenge(api.connection))
    url = f"/v1/comments/{(await comment(client, idea_id))['id']}"
    assert (await client.patch(url, json={"body": "Better."})).status_code == 428
    edited = await client.patch(url, json={"body": "Better."}, headers={"If-Match": '"1"'})
    assert (edited.json()["body"], edited.json()["edited_at"], edited.headers["etag"]) == (
        "Better.",
        "2026-03-02T09:00:00Z",
        '"2"',
    )
    assert (await client.patch(url, json={"body": "x"}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await moderator.patch(url, json={"body": "x"}, headers={"If-Match": '"2"'})).status_code == 403
    assert (await moderator.delete(url, headers={"If-Match": '"2"'})).status_code == 403


async def test_deleted_comment_leaves_a_place_only_for_its_replies(api: Api) -> None:
    _, client = await employee(api)
    _, other = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection))
    lonely, answered = await comment(client, idea_id, "Alone"), await comment(client, idea_id, "Answered")
    reply = await comment(other, idea_id, "Reply", parent_id=answered["id"])
    for made in (lonely, answered):
        gone = await client.delete(f"/v1/comments/{made['id']}", headers={"If-Match": '"1"'})
        assert gone.status_code == 204
        assert (await client.get(f"/v1/comments/{made['id']}")).status_code == 404
    left = await thread(other, idea_id)
    assert [(item["id"], item["body"], item["author_name"], item["deleted"]) for item in left] == [
        (answered["id"], None, None, True),
        (reply["id"], "Reply", left[1]["author_name"], False),
    ]
    assert await counted(api, idea_id) == 1
    assert await api.connection.fetchval("SELECT sum(length(body)) FROM comments WHERE idea_id = $1", idea_id) == 5
    refused = await other.post(f"/v1/ideas/{idea_id}/comments", json={"body": "x", "parent_id": answered["id"]})
    assert refused.status_code == 422


async def test_comments_page_in_order_of_writing(api: Api) -> None:
    _, client = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection))
    for number in range(5):
        api.clock.set(NOW + timedelta(minutes=number))
        await comment(client, idea_id, f"{number}")
    url = f"/v1/ideas/{idea_id}/comments"
    first = (await client.get(url, params={"limit": 3})).json()
    second = (await client.get(url, params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [item["body"] for item in first["items"] + second["items"]] == ["0", "1", "2", "3", "4"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("authorship", ["hidden", "sealed"])
async def test_comment_by_a_hidden_author_is_marked_and_not_named(api: Api, authorship: str) -> None:
    author_id, author = await employee(api)
    _, other = await employee(api)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection, authorship=authorship), author_id)
    await comment(author, idea_id, "I meant small vans.")
    seen = (await thread(other, idea_id))[0]
    assert (seen["author_id"], seen["author_name"], seen["by_idea_author"], seen["body"]) == (
        None,
        None,
        True,
        "I meant small vans.",
    )
    assert (await thread(author, idea_id))[0]["author_id"] == str(author_id)
