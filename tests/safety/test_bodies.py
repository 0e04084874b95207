"""Bodies that are too large, too slow, compressed, or not what they say they are."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from api import bodies
from ideation.rules.transfer import MAX_LINE_BYTES
from tests.api.conftest import Api
from tests.factories import make_challenge, make_person

IDEA = {"title": "Use less"}


async def drip(ended: asyncio.Event) -> AsyncIterator[bytes]:
    """The beginning of a body, whose rest comes when the test ends."""
    yield b'{"title": '
    await ended.wait()
    yield b'"Use less"}'


async def start_import(api: Api, challenge_id: UUID, client: httpx.AsyncClient) -> str:
    started = await client.post(f"/v1/challenges/{challenge_id}/imports", params={"format": "jsonl"})
    assert started.status_code == 201, started.text
    return f"/v1/imports/{started.json()['id']}/lines"


async def make_owner(api: Api) -> tuple[httpx.AsyncClient, UUID]:
    owner = await make_person(api.connection, roles=["challenge_owner"])
    return await api.client_for(owner), await make_challenge(api.connection, owner_id=owner)


async def test_slow_senders_keep_no_connection_from_others(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    address = f"/v1/challenges/{await make_challenge(api.connection)}/ideas"
    ended = asyncio.Event()
    headers = {"content-type": "application/json"}
    slow = [
        asyncio.create_task(client.post(address, content=drip(ended), headers=headers))
        for _ in range(3 * api.settings.database_pool_size)
    ]
    await asyncio.sleep(0)
    quick = await asyncio.wait_for(client.post(address, json=IDEA), 4)
    ended.set()
    assert quick.status_code == 201
    assert {answer.status_code for answer in await asyncio.gather(*slow)} == {201}


async def test_slow_files_keep_no_connection_from_others(api: Api) -> None:
    client, challenge_id = await make_owner(api)
    address = await start_import(api, challenge_id, client)
    ended = asyncio.Event()
    slow = [
        asyncio.create_task(client.post(address, content=drip(ended)))
        for _ in range(3 * api.settings.database_pool_size)
    ]
    for _ in range(200):
        await asyncio.sleep(0.001)
    quick = await asyncio.wait_for(client.post(f"/v1/challenges/{challenge_id}/ideas", json=IDEA), 4)
    ended.set()
    assert quick.status_code == 201
    assert {answer.status_code for answer in await asyncio.gather(*slow)} == {200}


async def test_body_that_never_ends_is_given_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)
    client = await api.client_for(await make_person(api.connection))
    address = f"/v1/challenges/{await make_challenge(api.connection)}/ideas"
    answer = await client.post(address, content=drip(asyncio.Event()), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"], answer.headers["connection"]) == (
        408,
        "/problems/too-slow",
        "close",
    )


@pytest.mark.parametrize("said", [True, False])
async def test_body_over_the_limit_is_refused_whether_it_says_so_or_not(api: Api, said: bool) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    client = await api.client_for(await make_person(api.connection))
    address = f"/v1/challenges/{await make_challenge(api.connection)}/ideas"
    content = b" " * (api.settings.max_body_bytes + 1) if said else endless()
    answer = await client.post(address, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", bytes), ("GZIP", gzip.compress)]
)
async def test_compressed_body_is_not_unpacked(api: Api, encoding: str, pack: type[bytes]) -> None:
    client, challenge_id = await make_owner(api)
    bomb = pack(json.dumps({"title": "x" * 5_000_000}).encode())
    headers = {"content-type": "application/json", "content-encoding": encoding}
    lines = await start_import(api, challenge_id, client)
    for address in (f"/v1/challenges/{challenge_id}/ideas", lines):
        answer = await client.post(address, content=bomb, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


async def test_deeply_nested_json_is_malformed(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    address = f"/v1/challenges/{await make_challenge(api.connection)}/ideas"
    for body in (b"[" * 400_000, b'{"title":' * 100_000, b'{"title":' + b"[" * 100_000 + b"]" * 100_000 + b"}"):
        answer = await client.post(address, content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")


@pytest.mark.parametrize(
    ("query", "content", "rejected"),
    [
        ("?kind=idea", b"\0\r\nx\r\n", [2]),
        ("?kind=person", b"email,name,department,site\na@b,A,D,\0\n", [2]),
        ("", b'{"kind":"vote\\u0000"}\n{"kind":"idea","\\u0000":1}\n', [1, 2]),
    ],
)
async def test_line_with_a_nul_is_rejected_like_any_other(
    api: Api, query: str, content: bytes, rejected: list[int]
) -> None:
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    _, challenge_id = await make_owner(api)
    address = await start_import(api, challenge_id, administrator)
    assert (await administrator.post(address + query, content=content)).status_code == 200
    told = (await administrator.get(address.replace("/lines", "/rejections"))).json()["items"]
    assert [item["line_number"] for item in told] == rejected
    assert all("\0" not in item["reason"] for item in told)


async def test_who_may_not_import_is_told_before_the_file_is_read(api: Api) -> None:
    async def unread() -> AsyncIterator[bytes]:
        yield b"{}\n"
        raise AssertionError("the file was read")

    client, challenge_id = await make_owner(api)
    address = await start_import(api, challenge_id, client)
    stranger = await api.client_for(await make_person(api.connection))
    answer = await stranger.post(address, content=unread())
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")


async def test_record_of_many_lines_is_refused_without_being_read_again_and_again(api: Api) -> None:
    client, challenge_id = await make_owner(api)
    address = await start_import(api, challenge_id, client)
    content = b'author,title\nada,"' + b"\n" * (MAX_LINE_BYTES + 1)
    answer = await client.post(address, params={"kind": "idea"}, content=content)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
