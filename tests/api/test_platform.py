"""What every request goes through, tried on small routes of this file's own."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar, Request, Response, Router, get, patch, post
from litestar.response import Stream
from msgspec import Meta

from api.etags import require_if_match, with_etag
from api.paging import PageOut, PageRequest, page_out
from ideation.database import Connection
from ideation.entities.people import Actor, Scope
from ideation.errors import Conflict
from ideation.paging import cut_page
from ideation.queries import audit
from tests.api.conftest import Api
from tests.factories import NOW, make_person


class Parcel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to post."""

    label: Annotated[str, Meta(min_length=1, max_length=5)]
    count: int = 1


@get("/who")
async def who(actor: Actor, now: datetime) -> dict[str, object]:
    return {"name": actor.name, "scopes": sorted(actor.scopes), "accepted": actor.policy_accepted, "now": now}


@get("/visitor")
async def look(visitor: Actor | None, csrf_token: str) -> dict[str, object]:
    return {"name": None if visitor is None else visitor.name, "csrf_token": csrf_token}


@post("/parcels")
async def send_parcel(connection: Connection, actor: Actor, now: datetime, data: Parcel) -> Parcel:
    await audit.record(
        connection,
        action="parcel.send",
        subject_kind="parcel",
        subject_id=data.label,
        now=now,
        actor_id=actor.person_id,
    )
    if data.label == "late":
        raise Conflict("Too late.")
    if data.label == "crash":
        raise RuntimeError("secret inside")
    return data


@post("/doubtful")
async def fail_at_commit(connection: Connection, actor: Actor) -> None:
    await connection.execute(
        "CREATE TEMPORARY TABLE once (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP"
    )
    await connection.execute("INSERT INTO once VALUES (1), (1)")


@post("/refused")
async def refuse(connection: Connection, actor: Actor, now: datetime) -> Response[str]:
    await audit.record(
        connection, action="x.refused", subject_kind="x", subject_id="1", now=now, actor_id=actor.person_id
    )
    return Response("no", status_code=422)


@get("/numbers")
async def list_numbers(page: PageRequest, actor: Actor, color: str = "red") -> PageOut[int]:
    start = int(page.after[0]) if page.after else 0  # type: ignore[arg-type]
    return page_out(cut_page(list(range(start + 1, 8))[: page.limit + 1], page.limit, lambda n: [n]), page)


@get("/stream")
async def stream_numbers(connection: Connection, actor: Actor) -> Stream:
    async def lines() -> AsyncIterator[str]:
        async with connection.transaction():
            async for row in connection.cursor("SELECT generate_series(1, 3) AS n"):
                yield f"{row['n']}\n"

    return Stream(lines(), media_type="text/plain")


@get("/sneaky")
async def write_on_get(connection: Connection, actor: Actor, now: datetime) -> None:
    await audit.record(connection, action="x.get", subject_kind="x", subject_id="1", now=now, actor_id=None)


@patch("/things/{thing_id:uuid}")
async def change_thing(request: Request, actor: Actor, thing_id: UUID) -> Response[dict[str, int]]:  # type: ignore[type-arg]
    version = require_if_match(request)
    return with_etag({"version": version + 1}, version + 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def routes(api: Api) -> Litestar:
    """The application with this file's routes added."""
    handlers = [
        who,
        look,
        send_parcel,
        fail_at_commit,
        refuse,
        list_numbers,
        stream_numbers,
        write_on_get,
        change_thing,
    ]
    api.app.register(Router("/try", route_handlers=handlers))
    return api.app


async def sent_parcels(api: Api, label: str) -> int:
    count: int = await api.connection.fetchval(
        "SELECT count(*) FROM audit_events WHERE action = 'parcel.send' AND subject_id = $1", label
    )
    return count


async def test_live_answers_without_signing_in(api: Api) -> None:
    response = await api.anonymous.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "live"})


async def test_token_signs_in(api: Api) -> None:
    person_id = await make_person(api.connection, name="Ada")
    client = await api.client_for(person_id, scopes=[Scope.READ, Scope.MANAGE])
    response = await client.get("/try/who")
    assert response.json() == {
        "name": "Ada",
        "scopes": ["manage", "read"],
        "accepted": True,
        "now": "2026-03-02T09:00:00Z",
    }


async def test_anonymous_is_unauthenticated(api: Api) -> None:
    response = await api.anonymous.get("/try/who")
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "/problems/unauthenticated",
        "title": "Not signed in",
        "status": 401,
        "detail": "Sign in, or send a valid access token.",
        "instance": "/try/who",
        "request_id": response.headers["x-request-id"],
    }


async def test_effect_is_kept_when_the_handler_returns(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/parcels", json={"label": "kept"})
    assert (response.status_code, response.json()) == (201, {"label": "kept", "count": 1})
    assert await sent_parcels(api, "kept") == 1


@pytest.mark.parametrize(("label", "status"), [("late", 409), ("crash", 500)])
async def test_effect_is_taken_back_when_the_handler_fails(api: Api, label: str, status: int) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/parcels", json={"label": label})
    assert response.status_code == status
    assert "secret inside" not in response.text
    assert await sent_parcels(api, label) == 0


async def test_effect_is_taken_back_when_the_answer_is_an_error(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    assert (await client.post("/try/refused")).status_code == 422
    assert await api.connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'x.refused'") == 0


async def test_failing_commit_is_a_problem_never_a_success(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/doubtful")
    assert (response.status_code, response.json()["type"]) == (500, "/problems/internal")


async def test_get_cannot_write(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    assert (await client.get("/try/sneaky")).status_code == 500
    assert await api.connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'x.get'") == 0


async def test_stream_keeps_its_connection_to_the_end(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    assert (await client.get("/try/stream")).text == "1\n2\n3\n"


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (b'{"label": "parcels"}', "label", "Expected `str` of length <= 5"),
        (b'{"label": "a", "size": 1}', "size", "Object contains unknown field `size`"),
        (b'{"label": "a", "count": "5"}', "count", "Expected `int`, got `str`"),
        (b"{}", "label", "Object missing required field `label`"),
        (b"[]", "", "Expected `object`, got `array`"),
    ],
)
async def test_malformed_body_names_the_field(api: Api, body: bytes, field: str, message: str) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/parcels", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/malformed")
    assert response.json()["errors"] == [{"field": field, "message": message}]
    said_once = f"{field}: {message}" if field and f"`{field}`" not in message else message
    assert response.json()["detail"] == said_once


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
async def test_body_that_is_not_json_is_malformed(api: Api, body: bytes) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/parcels", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/malformed")


async def test_missing_body_is_asked_for(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/parcels")
    message = "Send a JSON body; this request has none."
    assert (response.status_code, response.json()["type"]) == (400, "/problems/malformed")
    assert (response.json()["detail"], response.json()["errors"]) == (message, [{"field": "", "message": message}])


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("Application/JSON; charset=utf-8", 201)],
)
async def test_body_of_another_kind_is_unsupported(api: Api, content_type: str, status: int) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/parcels", content=b'{"label": "kind"}', headers={"Content-Type": content_type})
    assert response.status_code == status
    assert response.json().get("type") == ("/problems/unsupported-media-type" if status == 415 else None)


async def test_anonymous_with_malformed_body_is_unauthenticated(api: Api) -> None:
    assert (await api.anonymous.post("/try/parcels", content=b"{")).status_code == 401


async def test_body_over_the_limit_is_too_large(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.post("/try/parcels", json={"label": "x" * 1_000_001})
    assert (response.status_code, response.json()["type"]) == (413, "/problems/too-large")


async def test_unknown_address_is_not_found(api: Api) -> None:
    response = await api.anonymous.get("/v1/nowhere")
    assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")


async def test_wrong_method_names_the_right_ones(api: Api) -> None:
    response = await api.anonymous.delete("/try/who")
    assert (response.status_code, response.json()["type"]) == (405, "/problems/method-not-allowed")
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


async def test_pages_follow_each_other_to_the_end(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    seen, cursor = [], None
    while True:
        given = {"limit": 3} if cursor is None else {"limit": 3, "cursor": cursor}
        page = (await client.get("/try/numbers", params=given)).json()
        seen.append(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [[1, 2, 3], [4, 5, 6], [7]]


async def test_cursor_works_only_for_its_own_list(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    cursor = (await client.get("/try/numbers?limit=2&color=red")).json()["next_cursor"]
    flipped = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    for query in ({"cursor": cursor, "color": "blue"}, {"cursor": flipped, "color": "red"}, {"cursor": "é!"}):
        response = await client.get("/try/numbers", params=query)
        assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-cursor")


@pytest.mark.parametrize("limit", ["0", "101", "x", "-1"])
async def test_limit_out_of_bounds_is_malformed(api: Api, limit: str) -> None:
    client = await api.client_for(await make_person(api.connection))
    response = await client.get("/try/numbers", params={"limit": limit})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["limit"]


async def test_edit_needs_if_match(api: Api) -> None:
    client = await api.client_for(await make_person(api.connection))
    path = f"/try/things/{UUID(int=1)}"
    without = await client.patch(path)
    malformed = await client.patch(path, headers={"If-Match": "*"})
    good = await client.patch(path, headers={"If-Match": '"3"'})
    assert [without.status_code, malformed.status_code, good.status_code] == [428, 400, 200]
    assert (good.json(), good.headers["etag"]) == ({"version": 4}, '"4"')


async def test_expired_token_is_told_apart_from_a_wrong_one(api: Api) -> None:
    person_id = await make_person(api.connection)
    client = await api.client_for(person_id)
    api.clock.set(NOW + timedelta(days=3650))
    expired = await client.get("/try/who")
    wrong = await api.client(headers={"Authorization": "Bearer idt_wrong"}).get("/try/who")
    assert (expired.status_code, expired.json()["type"]) == (401, "/problems/expired-token")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/unauthenticated")
