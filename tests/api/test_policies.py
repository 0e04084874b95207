"""The usage policy over HTTP."""

import csv
import hashlib
import json

import httpx
import pytest

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import make_person


async def administrator(api: Api) -> httpx.AsyncClient:
    return await api.client_for(await make_person(api.connection, roles=["administrator"]))


async def publish(api: Api, **given: object) -> dict[str, object]:
    """A version of the policy with a text of its own."""
    sent = {"title": "Fair use", "body": f"Be kind. {new_id()}"} | given
    answer = await (await administrator(api)).post("/v1/policies", json=sent)
    assert answer.status_code == 201
    published: dict[str, object] = answer.json()
    return published


async def test_a_version_is_published_and_read(api: Api) -> None:
    published = await publish(api, body="Be honest.")
    assert published["body_sha256"] == hashlib.sha256(b"Be honest.").hexdigest()
    client = await api.client_for(await make_person(api.connection), accept_policy=False)
    assert (await client.get("/v1/policies/current")).json() == published
    assert (await client.get(f"/v1/policies/{published['version']}")).json() == published
    listed = (await client.get("/v1/policies?limit=1")).json()["items"]
    kept = ("version", "title", "body_sha256", "published_at")
    assert listed == [{name: published[name] for name in kept}]
    assert (
        await (await administrator(api)).post("/v1/policies", json={"title": "x", "body": "Be honest."})
    ).status_code == 409


async def test_a_new_version_has_to_be_accepted_again(api: Api) -> None:
    first, client = await publish(api), await api.client_for(await make_person(api.connection))
    assert (await client.get("/v1/me")).json()["policy"] == {"current_version": first["version"], "accepted": True}
    second = await publish(api)
    assert (await client.get("/v1/me")).json()["policy"] == {"current_version": second["version"], "accepted": False}
    old = await client.put(f"/v1/policies/{first['version']}/acceptance")
    assert (old.status_code, old.json()["current_version"]) == (409, second["version"])
    accepted = await client.put(f"/v1/policies/{second['version']}/acceptance")
    assert accepted.json() == {"policy_version": second["version"], "accepted_at": "2026-03-02T09:00:00Z"}
    assert (await client.put(f"/v1/policies/{second['version']}/acceptance")).json() == accepted.json()
    assert (await client.get("/v1/me")).json()["policy"]["accepted"] is True
    mine = (await client.get("/v1/me/policy-acceptances")).json()["items"]
    assert [acceptance["policy_version"] for acceptance in mine] == [second["version"], first["version"]]


async def test_acceptances_are_exported_and_counted(api: Api) -> None:
    version = (await publish(api))["version"]
    person_id = await make_person(api.connection, name="=1+1")
    await api.client_for(person_id)
    client = await administrator(api)
    lines = await client.get(f"/v1/policies/acceptances?version={version}")
    assert lines.headers["content-type"].startswith("application/jsonl")
    assert lines.headers["content-disposition"] == 'attachment; filename="policy-acceptances.jsonl"'
    people = [json.loads(line)["person_id"] for line in lines.text.splitlines()]
    assert str(person_id) in people
    assert len(people) == 2
    table = await client.get(f"/v1/policies/acceptances?version={version}&format=csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(table.text.splitlines()))
    assert [row["person_id"] for row in rows] == people
    assert "'=1+1" in [row["name"] for row in rows]
    share = (await client.get(f"/v1/policies/{version}/share")).json()
    assert share["accepted_people"] == 2
    assert share["share"] == 2 / share["active_people"]


async def test_others_may_neither_publish_nor_see_who_accepted(api: Api) -> None:
    version = (await publish(api))["version"]
    client = await api.client_for(await make_person(api.connection, roles=["moderator", "challenge_owner"]))
    attempts = [
        client.post("/v1/policies", json={"title": "x", "body": "y"}),
        client.get("/v1/policies/acceptances"),
        client.get(f"/v1/policies/{version}/share"),
    ]
    assert [(await attempt).status_code for attempt in attempts] == [403, 403, 403]
    for path in ("", "/current", f"/{version}", "/acceptances", f"/{version}/share"):
        assert (await api.anonymous.get(f"/v1/policies{path}")).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/policies/2000000000", 404),
        ("/v1/policies/2000000000/share", 404),
        ("/v1/policies/acceptances?version=2000000000", 404),
        ("/v1/policies/99999999999", 400),
        ("/v1/policies/0", 400),
        ("/v1/policies/x", 404),
        ("/v1/policies/acceptances?version=0", 400),
        ("/v1/policies/acceptances?format=xml", 400),
    ],
)
async def test_what_is_not_there_is_said_so(api: Api, path: str, status: int) -> None:
    assert (await (await administrator(api)).get(path)).status_code == status


@pytest.mark.parametrize(
    "body", [{"title": "x"}, {"title": "", "body": "x"}, {"title": "x", "body": " "}, {"title": "x", "body": "a\x00"}]
)
async def test_a_malformed_policy_is_refused(api: Api, body: dict[str, str]) -> None:
    assert (await (await administrator(api)).post("/v1/policies", json=body)).status_code == 400
