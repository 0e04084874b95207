"""Imports and exports over HTTP: streamed both ways, resumable, and for those who run the challenge."""

from uuid import UUID

import msgspec
import pytest

from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person

AT = "2026-03-01T10:00:00Z"


def jsonl(*records: object) -> bytes:
    return b"".join(msgspec.json.encode(record) + b"\n" for record in records)


def idea_line(external_id: str, author: str) -> dict[str, object]:
    return {"kind": "idea", "id": external_id, "author": author, "title": f"Idea {external_id}", "submitted_at": AT}


async def owned_challenge(api: Api) -> tuple[UUID, UUID]:
    owner = await make_person(api.connection, roles=["challenge_owner"])
    return owner, await make_challenge(api.connection, owner_id=owner)


async def test_import_streams_lines_and_reports_rejected_ones(api: Api) -> None:
    owner, challenge_id = await owned_challenge(api)
    email = await api.connection.fetchval("SELECT email FROM people WHERE id = $1", await make_person(api.connection))
    client = await api.client_for(owner)

    started = await client.post(f"/v1/challenges/{challenge_id}/imports", params={"source_name": "ideas.jsonl"})
    import_id = started.json()["id"]
    body = jsonl(idea_line("a", email), {"kind": "idea"}, idea_line("b", "nobody@example.org")) + b"not json"
    sent = await client.post(f"/v1/imports/{import_id}/lines", content=body)
    finished = await client.post(f"/v1/imports/{import_id}/finish")
    rejected = await client.get(f"/v1/imports/{import_id}/rejections", params={"limit": 2})
    rest = await client.get(
        f"/v1/imports/{import_id}/rejections", params={"limit": 2, "cursor": rejected.json()["next_cursor"]}
    )

    assert [started.status_code, sent.status_code, finished.status_code] == [201, 200, 200]
    assert {key: finished.json()[key] for key in ("state", "lines_done", "accepted", "rejected")} == {
        "state": "finished",
        "lines_done": 4,
        "accepted": 1,
        "rejected": 3,
    }
    assert rejected.json()["items"] + rest.json()["items"] == [
        {
            "line_number": 2,
            "reason": "Object missing required field `id`",
            "code": "line-malformed",
            "details": {"message": "Object missing required field `id`"},
        },
        {
            "line_number": 3,
            "reason": "Nobody here has the e-mail nobody@example.org.",
            "code": "line-unknown-person",
            "details": {"email": "nobody@example.org"},
        },
        {
            "line_number": 4,
            "reason": "JSON is malformed: invalid character (byte 4)",
            "code": "line-malformed",
            "details": {"message": "JSON is malformed: invalid character (byte 4)"},
        },
    ]


async def test_sending_the_file_again_takes_nothing_twice(api: Api) -> None:
    owner, challenge_id = await owned_challenge(api)
    email = await api.connection.fetchval("SELECT email FROM people WHERE id = $1", owner)
    client = await api.client_for(owner)
    import_id = (await client.post(f"/v1/challenges/{challenge_id}/imports")).json()["id"]
    body = jsonl(*(idea_line(str(number), email) for number in range(700)))

    first = await client.post(f"/v1/imports/{import_id}/lines", content=body[: len(body) // 2].rsplit(b"\n", 1)[0])
    second = await client.post(f"/v1/imports/{import_id}/lines", content=body)

    assert 0 < first.json()["accepted"] < 700
    assert second.json()["accepted"] == 700
    assert await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 700


async def test_csv_records_may_hold_line_breaks(api: Api) -> None:
    owner, challenge_id = await owned_challenge(api)
    email = await api.connection.fetchval("SELECT email FROM people WHERE id = $1", owner)
    client = await api.client_for(owner)
    started = await client.post(f"/v1/challenges/{challenge_id}/imports", params={"format": "csv"})
    body = f'id,author,title,body,submitted_at\r\n1,{email},One,"two\r\nlines, ""quoted""",{AT}\r\n'.encode()

    sent = await client.post(f"/v1/imports/{started.json()['id']}/lines", params={"kind": "idea"}, content=body)

    assert (sent.json()["accepted"], sent.json()["rejected"]) == (1, 0)
    stored = await api.connection.fetchval("SELECT body FROM ideas WHERE challenge_id = $1", challenge_id)
    assert stored == 'two\r\nlines, "quoted"'


async def test_only_those_who_run_a_challenge_may_import_export_or_see_imports(api: Api) -> None:
    owner, challenge_id = await owned_challenge(api)
    import_id = (await (await api.client_for(owner)).post(f"/v1/challenges/{challenge_id}/imports")).json()["id"]
    stranger = await api.client_for(await make_person(api.connection))
    paths = [
        ("POST", f"/v1/challenges/{challenge_id}/imports"),
        ("GET", f"/v1/challenges/{challenge_id}/imports"),
        ("POST", f"/v1/imports/{import_id}/lines"),
        ("POST", f"/v1/imports/{import_id}/finish"),
        ("GET", f"/v1/imports/{import_id}"),
        ("GET", f"/v1/imports/{import_id}/rejections"),
        ("GET", f"/v1/challenges/{challenge_id}/export"),
    ]

    refused = [(await stranger.request(method, path)).status_code for method, path in paths]
    unknown = [(await api.anonymous.request(method, path)).status_code for method, path in paths]

    assert refused == [403] * len(paths)
    assert unknown == [401] * len(paths)


async def test_export_says_what_it_is(api: Api) -> None:
    owner, challenge_id = await owned_challenge(api)
    client = await api.client_for(owner)
    address = f"/v1/challenges/{challenge_id}/export"
    table = await client.get(address, params={"format": "csv", "kind": "idea"})
    lines = await client.get(address)
    unsaid = [await client.get(address, params=params) for params in ({"format": "csv"}, {"kind": "idea"})]

    assert table.text == "id,author,title,body,tags,co_authors,submitted_at\r\n"
    assert [(one.headers["content-type"], one.headers["content-disposition"][-9:]) for one in (table, lines)] == [
        ("text/csv; charset=utf-8", '-idea.csv"'[-9:]),
        ("application/jsonl", f'{str(challenge_id)[-2:]}.jsonl"'[-9:]),
    ]
    assert [one.status_code for one in unsaid] == [422, 422]


async def test_export_streams_the_challenge_and_leaves_an_audit_row(api: Api) -> None:
    owner, challenge_id = await owned_challenge(api)
    await make_idea(api.connection, challenge_id, owner, title="A short title")
    client = await api.client_for(owner)

    answer = await client.get(f"/v1/challenges/{challenge_id}/export")
    table = await client.get(f"/v1/challenges/{challenge_id}/export", params={"format": "csv", "kind": "idea"})
    unclear = await client.get(f"/v1/challenges/{challenge_id}/export", params={"format": "csv"})

    lines = [msgspec.json.decode(line) for line in answer.content.splitlines()]
    assert [line["kind"] for line in lines] == ["challenge", "person", "idea"]
    assert table.text.splitlines()[0] == "id,author,title,body,tags,co_authors,submitted_at"
    assert unclear.status_code == 422
    actions = await api.connection.fetch(
        "SELECT action FROM audit_events WHERE challenge_id = $1 ORDER BY id", challenge_id
    )
    assert [row["action"] for row in actions] == ["challenge.exported", "challenge.exported"]


async def test_import_into_a_frozen_challenge_is_a_conflict(api: Api) -> None:
    owner = await make_person(api.connection, roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner, frozen_at=NOW)

    answer = await (await api.client_for(owner)).post(f"/v1/challenges/{challenge_id}/imports")

    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (409, "challenge-closed")


@pytest.mark.parametrize("header", [b'"' + b"x" * 200_000 + b'"', b"id,id", b"\xff,title"])
async def test_csv_header_that_names_no_columns_is_refused(api: Api, header: bytes) -> None:
    owner = await make_person(api.connection, roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner)
    client = await api.client_for(owner)
    started = await client.post(f"/v1/challenges/{challenge_id}/imports", params={"format": "csv"})
    address = f"/v1/imports/{started.json()['id']}/lines"
    answer = await client.post(address, params={"kind": "idea"}, content=header + b"\nx,y\n")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
