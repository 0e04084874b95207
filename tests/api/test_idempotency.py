"""Idempotency-Key: a repeated POST repeats the answer, never the effect."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.conftest import Api
from tests.factories import make_person


def person(name: str) -> dict[str, Any]:
    """Somebody to add."""
    return {"name": name, "email": f"{name.lower()}@idempotent.example", "department": "Research"}


async def administrator(api: Api) -> httpx.AsyncClient:
    """A client of a new administrator."""
    return await api.client_for(await make_person(api.connection, roles=["administrator"]))


async def count(api: Api, name: str) -> int:
    """How many people have this name."""
    found: int = await api.connection.fetchval("SELECT count(*) FROM people WHERE name = $1", name)
    return found


async def test_repeat_gets_the_kept_answer(api: Api) -> None:
    client = await administrator(api)
    headers = {"Idempotency-Key": "one"}
    first = await client.post("/v1/people", json=person("Repeated"), headers=headers)
    second = await client.post("/v1/people", json=person("Repeated"), headers=headers)
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert first.headers.get("etag") == second.headers.get("etag")
    assert await count(api, "Repeated") == 1


async def test_key_for_another_request_is_refused(api: Api) -> None:
    client = await administrator(api)
    headers = {"Idempotency-Key": "two"}
    await client.post("/v1/people", json=person("Original"), headers=headers)
    response = await client.post("/v1/people", json=person("Different"), headers=headers)
    assert (response.status_code, response.json()["type"]) == (409, "/problems/idempotency-mismatch")
    assert await count(api, "Different") == 0


async def test_keys_of_two_people_are_their_own(api: Api) -> None:
    headers = {"Idempotency-Key": "shared"}
    for name in ("Mine", "Yours"):
        response = await (await administrator(api)).post("/v1/people", json=person(name), headers=headers)
        assert response.status_code == 201


async def test_refused_request_keeps_nothing(api: Api) -> None:
    client = await administrator(api)
    headers = {"Idempotency-Key": "three"}
    await client.post("/v1/people", json=person("Taken"))
    refused = await client.post("/v1/people", json=person("Taken"), headers=headers)
    again = await client.post("/v1/people", json=person("Untaken"), headers=headers)
    assert (refused.status_code, again.status_code) == (409, 201)


async def test_simultaneous_requests_have_one_effect(api: Api) -> None:
    client = await administrator(api)
    requests = [
        client.post("/v1/people", json=person("Hasty"), headers={"Idempotency-Key": "hasty"}) for _ in range(10)
    ]
    answers = await asyncio.gather(*requests)
    assert await count(api, "Hasty") == 1
    outcomes = {(answer.status_code, answer.json().get("type")) for answer in answers}
    assert outcomes <= {(201, None), (409, "/problems/idempotency-in-progress")}
    assert all(answer.headers["retry-after"] == "1" for answer in answers if answer.status_code == 409)


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
async def test_strange_key_is_invalid(api: Api, key: str) -> None:
    client = await administrator(api)
    response = await client.post("/v1/people", json=person("Strange"), headers={"Idempotency-Key": key})
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid")


async def test_secret_is_never_kept(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    body = {"name": "ci", "scopes": ["read"]}
    answers = [await client.post("/v1/me/tokens", json=body, headers={"Idempotency-Key": "t"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["token"] != answers[1].json()["token"]
    assert await api.connection.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = 't'") == 0
