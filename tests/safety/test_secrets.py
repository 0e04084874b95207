"""Secrets are shown once: they stand in no table, no log, no problem and no metric."""

import json
import re

import httpx
import pytest
from structlog.testing import capture_logs

from tests.api.conftest import Api
from tests.factories import make_person

SECRET = re.compile(r"id[tsl]_[A-Za-z0-9_-]{20,}")


async def places_of(api: Api, secret: str) -> list[str]:
    """Tables in which this text stands, also as bytes."""
    tables = await api.connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    found = "SELECT count(*) FROM {} AS row WHERE row::text LIKE $1 OR row::text LIKE $2"
    return [
        row["relname"]
        for row in tables
        if await api.connection.fetchval(found.format(row["relname"]), f"%{secret}%", f"%{secret.encode().hex()}%")
    ]


def secret_in(answer: httpx.Response) -> str:
    """The one secret that an answer shows."""
    found = set(SECRET.findall(answer.text))
    assert len(found) == 1, answer.text
    return str(found.pop())


async def test_a_table_that_holds_a_secret_is_found(api: Api) -> None:
    await make_person(api.connection, name="idt_0123456789012345678901")
    assert await places_of(api, "idt_0123456789012345678901") == ["people"]


async def test_no_secret_that_was_handed_out_is_stored(api: Api) -> None:
    administrator = await make_person(api.connection, roles=["administrator"])
    person = await make_person(api.connection)
    browser = await api.browser_for(administrator)
    keys = [{"Idempotency-Key": f"key-{number}"} for number in range(2)]
    once = {"once": "the-same", "csrf_token": "csrf-of-this-session"}
    token_form = {"name": "script", "scopes": "read", "days": "30"}
    answers = [
        await browser.post("/v1/me/tokens", json={"name": "t", "scopes": ["read"]}, headers=keys[0]),
        await browser.post(f"/v1/people/{person}/sign-in-links", json={}, headers=keys[1]),
        await browser.post("/profile/tokens", data=token_form | once),
        await browser.post(f"/admin/people/{person}", data={"button": "link"} | once),
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 200, 200]
    secrets = [secret_in(answer) for answer in answers]
    assert len(set(secrets)) == len(secrets)
    assert [await places_of(api, secret) for secret in secrets] == [[]] * len(secrets)
    session = (await api.client().post("/v1/sessions", json={"link": secrets[1]})).cookies["ideation_session"]
    assert await places_of(api, session) == []


async def test_secrets_of_requests_reach_no_log_no_problem_and_no_metric(api: Api) -> None:
    person = await make_person(api.connection)
    token, session = await api.token_for(person), (await api.browser_for(person)).cookies["ideation_session"]
    link = "idl_" + "x" * 40
    asked = [
        ("GET", "/v1/me", {"Authorization": f"Bearer {token}"}, None),
        ("GET", f"/v1/me?token={token}", {"Authorization": f"Bearer {token}x"}, None),
        ("GET", f"/v1/nowhere/{token}", {}, None),
        ("GET", "/v1/me", {"Cookie": f"ideation_session={session}x"}, None),
        ("GET", f"/sign-in/{link}", {"Accept": "text/html"}, None),
        ("POST", "/v1/sessions", {}, {"link": link}),
        ("POST", "/v1/sessions", {}, {"link": link, "token": token}),
        ("POST", "/v1/sessions", {}, {link: token}),
        ("PATCH", "/v1/people/" + token, {"Authorization": f"Bearer {token}"}, {"name": token}),
    ]
    with capture_logs() as logs:
        answers = [
            await api.anonymous.request(method, path, headers=headers, json=body)
            for method, path, headers, body in asked
        ]
    logged = json.dumps(logs, default=str)
    assert len(logs) >= len(asked)
    assert [secret for secret in (token, session, link) if secret in logged] == []
    values = [token, session, link]
    for (_, path, _, body), answer in zip(asked, answers, strict=True):
        shown = answer.text + str(answer.headers)
        # What is repeated is what the caller put in the address or named a field, nothing of headers and cookies.
        leaked = [value for value in values if value in shown and value not in path + json.dumps(body)]
        assert leaked == []
    metrics = (await api.anonymous.get("/metrics")).text
    assert [value for value in values if value in metrics] == []


async def test_cookie_of_a_session_is_for_the_browser_alone(api: Api) -> None:
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    link = await administrator.post(f"/v1/people/{await make_person(api.connection)}/sign-in-links", json={})
    answer = await api.client().post("/v1/sessions", json={"link": secret_in(link)})
    attributes = {part.strip().partition("=")[0].lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite", "path"} <= attributes
    assert "domain" not in attributes
    assert answer.cookies["ideation_session"] not in answer.text


@pytest.mark.parametrize("planted", ["ids_planted", "", "x" * 4000])
async def test_signing_in_never_takes_over_a_session_that_somebody_planted(api: Api, planted: str) -> None:
    person = await make_person(api.connection)
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    link = secret_in(await administrator.post(f"/v1/people/{person}/sign-in-links", json={}))
    browser = api.client(cookies={"ideation_session": planted})
    signed_in = await browser.post(f"/sign-in/{link}", headers={"Sec-Fetch-Site": "same-origin"})
    assert signed_in.status_code == 303
    assert signed_in.cookies["ideation_session"] not in {planted, ""}
    attacker = api.client(cookies={"ideation_session": planted})
    assert (await attacker.get("/v1/me")).status_code == 401


async def test_each_sign_in_is_a_session_of_its_own_that_signing_out_ends(api: Api) -> None:
    person = await make_person(api.connection)
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    sessions = []
    for _ in range(2):
        link = secret_in(await administrator.post(f"/v1/people/{person}/sign-in-links", json={}))
        sessions.append((await api.client().post("/v1/sessions", json={"link": link})).cookies["ideation_session"])
    first, second = [api.client(cookies={"ideation_session": session}) for session in sessions]
    assert sessions[0] != sessions[1]
    same_site = {"Sec-Fetch-Site": "same-origin"}
    assert (await first.delete("/v1/sessions/current", headers=same_site)).status_code == 204
    stolen = api.client(cookies={"ideation_session": sessions[0]})
    assert [(await client.get("/v1/me")).status_code for client in (stolen, second)] == [401, 200]
