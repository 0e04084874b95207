"""Me, my tokens, my notifications and my data, over HTTP."""

from datetime import timedelta

import pytest

from ideation.actions.notifications import notify
from ideation.entities.people import Scope
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, make_person


async def test_me_says_who_i_am(api: Api) -> None:
    person_id = await make_person(api.connection, name="Ada", email="ada@example.org", roles=["reviewer"])
    client = await api.client_for(person_id, scopes=[Scope.READ, Scope.REVIEW])
    assert (await client.get("/v1/me")).json() == {
        "id": str(person_id),
        "name": "Ada",
        "email": "ada@example.org",
        "department": "Research",
        "site": "Oslo",
        "manager_id": None,
        "roles": ["reviewer"],
        "scopes": ["read", "review"],
        "policy": {"current_version": None, "accepted": True},
        "unread_notifications": 0,
    }
    assert (await api.anonymous.get("/v1/me")).status_code == 401


async def test_my_data_is_mine(api: Api) -> None:
    person_id = await make_person(api.connection)
    data = (await (await api.client_for(person_id)).get("/v1/me/data")).json()
    assert (data["person_id"], data["exported_at"]) == (str(person_id), "2026-03-02T09:00:00Z")
    assert [row["id"] for row in data["tables"]["people"]] == [str(person_id)]
    assert len(data["tables"]["access_tokens"]) == 1
    assert (await api.anonymous.get("/v1/me/data")).status_code == 401


async def test_a_token_is_made_used_listed_and_revoked(api: Api) -> None:
    browser = await api.browser_for(await make_person(api.connection))
    made = await browser.post(
        "/v1/me/tokens",
        json={"name": "script", "scopes": ["read"], "days": 7},
        headers={"Idempotency-Key": "make-it-once"},
    )
    issued = made.json()
    assert (made.status_code, issued["expires_at"]) == (201, "2026-03-09T09:00:00Z")
    script = api.client(headers={"Authorization": f"Bearer {issued['token']}"})
    assert (await script.get("/v1/me")).json()["scopes"] == ["read"]
    assert (await script.get("/v1/me/tokens")).json()["type"] == "/problems/missing-scope"
    assert await api.connection.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = 'make-it-once'") == 0

    [listed] = (await browser.get("/v1/me/tokens")).json()["items"]
    assert listed == {
        "id": issued["id"],
        "name": "script",
        "scopes": ["read"],
        "created_at": "2026-03-02T09:00:00Z",
        "expires_at": "2026-03-09T09:00:00Z",
        "last_used_at": listed["last_used_at"],
        "revoked_at": None,
    }
    api.clock.set(NOW + timedelta(days=7))
    assert (await script.get("/v1/me")).json()["type"] == "/problems/expired-token"
    api.clock.set(NOW)
    assert (await browser.delete(f"/v1/me/tokens/{issued['id']}")).status_code == 204
    assert (await script.get("/v1/me")).json()["type"] == "/problems/unauthenticated"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"scopes": []}, 400),
        ({"scopes": ["rule"]}, 400),
        ({"name": ""}, 400),
        ({"days": 0}, 400),
        ({"days": "7"}, 400),
        ({"days": 366}, 422),
        ({"scopes": ["administer"]}, 403),
        ({"owner": "me"}, 400),
    ],
)
async def test_a_token_that_cannot_be_is_refused(api: Api, wrong: dict[str, object], status: int) -> None:
    browser = await api.browser_for(await make_person(api.connection))
    sent = {"name": "script", "scopes": ["read"], "days": 7} | wrong
    assert (await browser.post("/v1/me/tokens", json=sent)).status_code == status


async def test_somebody_elses_token_is_not_found(api: Api) -> None:
    browser = await api.browser_for(await make_person(api.connection))
    other = await api.browser_for(await make_person(api.connection))
    issued = (await browser.post("/v1/me/tokens", json={"name": "x", "scopes": ["read"]})).json()
    assert (await other.delete(f"/v1/me/tokens/{issued['id']}")).status_code == 404


async def test_notifications_are_listed_and_read(api: Api) -> None:
    person_id = await make_person(api.connection)
    client = await api.client_for(person_id)
    stranger = await api.client_for(await make_person(api.connection))
    for number in range(3):
        at = NOW - timedelta(minutes=number)
        await notify(api.connection, person_id, "news", f"News {number}", f"news:{number}", now=at)
    first = (await client.get("/v1/me/notifications?limit=2")).json()
    assert [told["message"] for told in first["items"]] == ["News 0", "News 1"]
    rest = (await client.get(f"/v1/me/notifications?limit=2&cursor={first['next_cursor']}")).json()
    assert [told["message"] for told in rest["items"]] == ["News 2"]

    address = f"/v1/me/notifications/{first['items'][0]['id']}/read"
    assert (await stranger.put(address)).status_code == 404
    assert (await client.put(address)).json()["read_at"] == "2026-03-02T09:00:00Z"
    assert (await client.put(f"/v1/me/notifications/{new_id()}/read")).status_code == 404
    unread = (await client.get("/v1/me/notifications?unread=true")).json()["items"]
    assert [told["message"] for told in unread] == ["News 1", "News 2"]
    assert (await client.post("/v1/me/notifications/read")).json() == {"marked": 2}
    assert (await client.get("/v1/me")).json()["unread_notifications"] == 0
    assert (await stranger.get("/v1/me/notifications")).json() == {"items": [], "next_cursor": None}
