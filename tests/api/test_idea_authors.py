"""Co-authors over HTTP: invited, agreed, declined, gone."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_person

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
