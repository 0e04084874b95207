"""Signing in with a link, and sessions, over HTTP."""

from datetime import timedelta
from uuid import UUID

import pytest

from ideation.actions.sessions import create_sign_in_link
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, make_person


async def make_link(api: Api, person_id: UUID) -> str:
    return (await create_sign_in_link(api.connection, person_id, NOW, minutes=30)).secret


async def test_a_link_signs_a_browser_in_and_out(api: Api) -> None:
    person_id = await make_person(api.connection)
    browser = api.client()
    answer = await browser.post("/v1/sessions", json={"link": await make_link(api, person_id)})
    session = answer.json()
    assert (answer.status_code, session["person_id"]) == (201, str(person_id))
    assert session["expires_at"] == "2026-03-02T21:00:00Z"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie
    assert browser.cookies["ideation_session"] not in answer.text
    assert (await browser.get("/v1/me")).json()["id"] == str(person_id)

    forged = await browser.delete("/v1/sessions/current")
    assert forged.status_code == 403
    out = await browser.delete("/v1/sessions/current", headers={"X-CSRF-Token": session["csrf_token"]})
    assert out.status_code == 204
    browser.cookies.set("ideation_session", cookie.split("=")[1].split(";")[0])
    assert (await browser.get("/v1/me")).status_code == 401


async def test_a_session_ends_by_itself(api: Api) -> None:
    browser = api.client()
    link = await make_link(api, await make_person(api.connection))
    await browser.post("/v1/sessions", json={"link": link})
    api.clock.set(NOW + timedelta(hours=12))
    assert (await browser.get("/v1/me")).json()["type"] == "/problems/expired-token"


async def test_a_used_an_expired_and_an_unknown_link_are_told_apart(api: Api) -> None:
    person_id = await make_person(api.connection)
    used, expired = await make_link(api, person_id), await make_link(api, person_id)
    await api.client().post("/v1/sessions", json={"link": used})
    api.clock.set(NOW + timedelta(minutes=29))
    slugs = [await refusal(api, used)]
    api.clock.set(NOW + timedelta(minutes=30))
    slugs += [await refusal(api, expired), await refusal(api, "idl_unknown")]
    assert slugs == ["used-sign-in-link", "expired-sign-in-link", "unauthenticated"]


async def refusal(api: Api, link: str) -> str:
    answer = await api.client().post("/v1/sessions", json={"link": link})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    return str(answer.json()["type"]).removeprefix("/problems/")


async def test_another_site_cannot_sign_a_browser_in(api: Api) -> None:
    link = await make_link(api, await make_person(api.connection))
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await api.client(headers=headers).post("/v1/sessions", json={"link": link})).status_code == 403
    assert (await api.client().post("/v1/sessions", json={"link": link})).status_code == 201


@pytest.mark.parametrize("body", [{}, {"link": ""}, {"link": 3}, {"link": "x" * 201}, {"link": "x", "more": 1}, []])
async def test_a_malformed_sign_in_is_refused(api: Api, body: object) -> None:
    assert (await api.client().post("/v1/sessions", json=body)).status_code == 400


async def test_a_planted_session_is_not_taken_over(api: Api) -> None:
    browser = api.client(cookies={"ideation_session": "ids_planted"})
    await browser.post("/v1/sessions", json={"link": await make_link(api, await make_person(api.connection))})
    planted = api.client(cookies={"ideation_session": "ids_planted"})
    assert (await planted.get("/v1/me")).status_code == 401


async def test_my_sessions_are_listed_and_ended_one_by_one(api: Api) -> None:
    person_id = await make_person(api.connection)
    first, second = await api.browser_for(person_id), await api.browser_for(person_id)
    sessions = (await first.get("/v1/me/sessions")).json()["items"]
    assert [sorted(session) for session in sessions] == [["created_at", "expires_at", "id"]] * 2
    stranger = await api.browser_for(await make_person(api.connection))
    address = f"/v1/me/sessions/{sessions[0]['id']}"
    assert (await stranger.delete(address)).status_code == 404
    assert (await first.delete(f"/v1/me/sessions/{new_id()}")).status_code == 404
    assert (await first.delete(address)).status_code == 204
    statuses = sorted([(await browser.get("/v1/me")).status_code for browser in (first, second)])
    assert statuses == [200, 401]
