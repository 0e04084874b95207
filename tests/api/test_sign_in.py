"""Who a request comes from: tokens, sessions, and pages of other sites."""

from datetime import timedelta

import httpx
import pytest

from ideation.credentials import SESSION, hash_secret, new_secret
from ideation.entities.people import Scope
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_person

DEACTIVATE = "UPDATE people SET active = false WHERE id = $1"


async def me(client: httpx.AsyncClient) -> tuple[int, str | None]:
    """Status and problem type of asking who I am."""
    response = await client.get("/v1/me")
    return response.status_code, response.json().get("type")


async def test_deactivated_person_is_unauthenticated(api: Api) -> None:
    person_id = await make_person(api.connection)
    clients = [await api.client_for(person_id), await api.browser_for(person_id)]
    assert [await me(client) for client in clients] == [(200, None)] * 2
    await api.connection.execute(DEACTIVATE, person_id)
    assert [await me(client) for client in clients] == [(401, "/problems/unauthenticated")] * 2


async def test_revoked_token_answers_as_an_unknown_one(api: Api) -> None:
    person_id = await make_person(api.connection)
    revoked = await api.token_for(person_id, revoked_at=NOW)
    answers = [
        (await api.client(headers={"Authorization": f"Bearer {token}"}).get("/v1/me")).json()
        for token in (revoked, "idt_unknown")
    ]
    for answer in answers:
        del answer["request_id"]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "idt_x", "Bearer a b", "Bearer \udcff"])
async def test_strange_authorization_is_unauthenticated(api: Api, header: str) -> None:
    headers = httpx.Headers([(b"Authorization", header.encode("utf-8", "surrogateescape"))])
    response = await api.anonymous.get("/v1/me", headers=headers)
    assert (response.status_code, response.json()["type"]) == (401, "/problems/unauthenticated")


async def test_session_that_ended_or_expired_is_unauthenticated(api: Api) -> None:
    person_id = await make_person(api.connection)
    ended, expired = new_secret(SESSION), new_secret(SESSION)
    for secret, given in ((ended, {"ended_at": NOW}), (expired, {})):
        await insert(
            api.connection,
            "sessions",
            id=new_id(),
            person_id=person_id,
            token_hash=hash_secret(secret),
            csrf_token="x",
            created_at=NOW - timedelta(hours=12),
            expires_at=NOW,
            **given,
        )
    answers = [await me(api.client(cookies={"ideation_session": secret})) for secret in (ended, expired)]
    assert answers == [(401, "/problems/unauthenticated"), (401, "/problems/expired-token")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-CSRF-Token": "csrf-of-this-session"}, 200),
        ({"X-CSRF-Token": "another"}, 403),
        ({"X-CSRF-Token": "é"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://ideation.test"}, 403),
        ({"Origin": "http://ideation.test"}, 200),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_change_by_cookie_must_come_from_our_pages(api: Api, headers: dict[str, str], status: int) -> None:
    browser = await api.browser_for(await make_person(api.connection), csrf=False)
    raw = httpx.Headers([(name.encode(), value.encode()) for name, value in headers.items()])
    response = await browser.post("/v1/me/notifications/read", headers=raw)
    assert response.status_code == status
    assert (response.json().get("type") == "/problems/forged-request") is (status == 403)


async def test_token_needs_no_csrf_token(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    assert (await client.post("/v1/me/notifications/read")).status_code == 200


async def test_token_counts_before_a_cookie(api: Api) -> None:
    first, second = await make_person(api.connection), await make_person(api.connection)
    browser = await api.browser_for(first)
    token = await api.token_for(second, scopes=[Scope.READ])
    response = await browser.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert (response.json()["id"], response.json()["scopes"]) == (str(second), ["read"])


async def test_policy_state_follows_the_newest_version(api: Api) -> None:
    person_id = await make_person(api.connection)
    client = await api.client_for(person_id)
    for version in (1, 2):
        text = {"title": "Policy", "body": "Be kind.", "body_sha256": "0" * 64, "published_at": NOW}
        await insert(api.connection, "policies", version=version, **text)
        before = (await client.get("/v1/me")).json()["policy"]
        await api.accept_policy(person_id)
        after = (await client.get("/v1/me")).json()["policy"]
        assert (before["accepted"], after["accepted"]) == (False, True)


async def test_use_of_a_token_is_noted_beside_the_request(api: Api) -> None:
    person_id = await make_person(api.connection)
    await (await api.client_for(person_id)).get("/v1/me")
    await api.platform.token_uses.flush()
    used_at = await api.connection.fetchval("SELECT last_used_at FROM access_tokens WHERE person_id = $1", person_id)
    assert used_at == NOW
