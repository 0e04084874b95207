"""People over HTTP."""

from uuid import UUID

import httpx
import pytest

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import make_person


async def administrator(api: Api) -> httpx.AsyncClient:
    return await api.client_for(await make_person(api.connection, roles=["administrator"]))


async def employee(api: Api) -> httpx.AsyncClient:
    return await api.client_for(await make_person(api.connection))


def new_person(**given: object) -> dict[str, object]:
    return {"name": "Ada Lovelace", "email": f"{new_id()}@example.org", "department": "Engines"} | given


async def test_a_person_is_added_read_and_changed(api: Api) -> None:
    client = await administrator(api)
    manager_id = await make_person(api.connection)
    sent = new_person(site="London", manager_id=str(manager_id), roles=["reviewer"])
    added = await client.post("/v1/people", json=sent)
    person = added.json()
    assert (added.status_code, added.headers["etag"]) == (201, '"1"')
    assert person == sent | {"id": person["id"], "active": True, "version": 1}

    address = f"/v1/people/{person['id']}"
    assert (await client.get(address)).json() == person
    changed = await client.patch(address, json={"site": "Paris", "manager_id": None}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json() == person | {"site": "Paris", "manager_id": None, "version": 2}

    stale = await client.patch(address, json={"site": "Rome"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
    assert (await client.patch(address, json={"site": "Rome"})).status_code == 428


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\x00b"},
        {"email": "nowhere"},
        {"email": "a@b\n"},
        {"department": " "},
        {"site": "x" * 201},
        {"roles": ["emperor"]},
        {"roles": "reviewer"},
        {"manager_id": "me"},
        {"salary": 1},
    ],
)
async def test_a_malformed_person_is_refused(api: Api, wrong: dict[str, object]) -> None:
    client = await administrator(api)
    answer = await client.post("/v1/people", json=new_person(**wrong))
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_an_unknown_manager_and_a_taken_address_are_refused(api: Api) -> None:
    client = await administrator(api)
    unknown = await client.post("/v1/people", json=new_person(manager_id=str(new_id())))
    assert (unknown.status_code, unknown.json()["field"]) == (422, "manager_id")
    person = new_person()
    assert (await client.post("/v1/people", json=person)).status_code == 201
    taken = await client.post("/v1/people", json=person)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/already-exists")


async def test_nobody_else_manages_people(api: Api) -> None:
    client = await employee(api)
    person = f"/v1/people/{await make_person(api.connection)}"
    attempts = [
        client.post("/v1/people", json=new_person()),
        client.patch(person, json={"name": "X"}, headers={"If-Match": '"1"'}),
        client.post(f"{person}/deactivate"),
        client.post(f"{person}/reactivate"),
        client.post(f"{person}/erase"),
        client.put(f"{person}/roles/administrator"),
        client.delete(f"{person}/roles/reviewer"),
        client.get(f"{person}/tokens"),
        client.delete(f"{person}/tokens/{new_id()}"),
        client.post(f"{person}/sign-in-links", json={}),
    ]
    assert [(await attempt).status_code for attempt in attempts] == [403] * len(attempts)


async def test_nobody_unknown_sees_anything(api: Api) -> None:
    person_id = await make_person(api.connection)
    for path in ("/v1/people", f"/v1/people/{person_id}", f"/v1/people/{person_id}/tokens", "/v1/departments"):
        assert (await api.anonymous.get(path)).status_code == 401


async def test_a_colleague_sees_no_address(api: Api) -> None:
    person_id = await make_person(api.connection, name="Bob", email="bob@example.org", manager_id=None)
    shown = (await (await employee(api)).get(f"/v1/people/{person_id}")).json()
    assert shown == {
        "id": str(person_id),
        "name": "Bob",
        "department": "Research",
        "site": "Oslo",
        "active": True,
        "email": None,
        "manager_id": None,
        "roles": None,
        "version": 1,
    }
    assert (await (await employee(api)).get(f"/v1/people/{new_id()}")).status_code == 404


async def test_people_are_found_and_paged(api: Api) -> None:
    client = await employee(api)
    for name in ("Cyd Page", "Ann Page", "Ben Page"):
        await make_person(api.connection, name=name, department="Paging", site="Rome")
    first = (await client.get("/v1/people?department=Paging&site=Rome&query=pag&limit=2")).json()
    assert [person["name"] for person in first["items"]] == ["Ann Page", "Ben Page"]
    cursor = first["next_cursor"]
    rest = (await client.get(f"/v1/people?department=Paging&site=Rome&query=pag&limit=2&cursor={cursor}")).json()
    assert ([person["name"] for person in rest["items"]], rest["next_cursor"]) == (["Cyd Page"], None)
    other_list = await client.get(f"/v1/people?department=Other&cursor={cursor}")
    assert other_list.json()["type"] == "/problems/invalid-cursor"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=inactive", 403),
        ("status=any", 403),
        ("role=reviewer", 403),
        ("role=emperor", 400),
        ("status=asleep", 400),
        ("query=%00", 400),
        ("department=%00", 400),
        (f"query={'x' * 201}", 400),
        ("limit=101", 400),
        ("query=%27%20%26%20%21%3A%2A%28", 200),
        ("query=%F0%9F%92%A1", 200),
    ],
)
async def test_what_an_employee_may_filter_by(api: Api, query: str, status: int) -> None:
    assert (await (await employee(api)).get(f"/v1/people?{query}")).status_code == status


async def test_a_deactivated_persons_token_stops_at_once(api: Api) -> None:
    client = await administrator(api)
    person_id = await make_person(api.connection)
    theirs, browser = await api.client_for(person_id), await api.browser_for(person_id)
    assert [(await mine.get("/v1/me")).status_code for mine in (theirs, browser)] == [200, 200]
    answer = await client.post(f"/v1/people/{person_id}/deactivate")
    assert (answer.status_code, answer.json()["active"]) == (200, False)
    assert [(await mine.get("/v1/me")).status_code for mine in (theirs, browser)] == [401, 401]
    found = (await client.get("/v1/people?status=inactive&limit=100")).json()["items"]
    assert [person["id"] for person in found] == [str(person_id)]
    assert (await client.post(f"/v1/people/{person_id}/reactivate")).json()["active"] is True
    assert [(await mine.get("/v1/me")).status_code for mine in (theirs, browser)] == [401, 401]


async def test_roles_are_given_and_taken(api: Api) -> None:
    client = await administrator(api)
    address = f"/v1/people/{await make_person(api.connection)}/roles"
    assert (await client.put(f"{address}/moderator")).json()["roles"] == ["moderator"]
    assert (await client.put(f"{address}/reviewer")).json()["roles"] == ["moderator", "reviewer"]
    assert (await client.delete(f"{address}/moderator")).json()["roles"] == ["reviewer"]
    assert (await client.put(f"{address}/emperor")).status_code == 400


async def test_an_administrator_revokes_somebodys_token(api: Api) -> None:
    client = await administrator(api)
    person_id = await make_person(api.connection)
    theirs = await api.client_for(person_id)
    [token] = (await client.get(f"/v1/people/{person_id}/tokens")).json()["items"]
    assert "token" not in token
    assert (await client.delete(f"/v1/people/{person_id}/tokens/{token['id']}")).status_code == 204
    assert (await theirs.get("/v1/me")).status_code == 401


async def test_an_erased_person_leaves_a_placeholder(api: Api) -> None:
    client = await administrator(api)
    person_id = await make_person(api.connection, name="Mary")
    erased = (await client.post(f"/v1/people/{person_id}/erase")).json()
    assert (erased["name"], erased["active"]) == ("Former colleague", False)
    assert (await client.post(f"/v1/people/{person_id}/reactivate")).status_code == 409


async def test_departments_and_sites_are_listed(api: Api) -> None:
    await make_person(api.connection, department="Zoology", site="Zürich")
    client = await employee(api)
    departments = (await client.get("/v1/departments")).json()
    assert {"name": "Zoology", "people": 1} in departments["items"]
    sites = (await client.get("/v1/sites")).json()
    assert {"name": "Zürich", "people": 1} in sites["items"]


async def test_a_sign_in_link_leads_into_a_session(api: Api) -> None:
    client = await administrator(api)
    person_id = await make_person(api.connection)
    made = await client.post(
        f"/v1/people/{person_id}/sign-in-links", json={"minutes": 5}, headers={"Idempotency-Key": "k"}
    )
    assert made.status_code == 201
    base, _, secret = made.json()["url"].rpartition("/")
    assert base == f"{api.settings.public_url}/sign-in"
    assert await _signed_in_as(api, secret) == person_id
    kept = await api.connection.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = 'k'")
    assert kept == 0


async def _signed_in_as(api: Api, secret: str) -> UUID:
    browser = api.client()
    assert (await browser.post("/v1/sessions", json={"link": secret})).status_code == 201
    return UUID((await browser.get("/v1/me")).json()["id"])
