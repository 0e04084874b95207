"""Every filter and every cursor that the OpenAPI document names, with text that would be SQL."""

import base64
import inspect
import re
import secrets
import sys
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from api.openapi import describe
from tests.api.conftest import Api
from tests.factories import make_person
from tests.safety.matrix import path_of
from tests.safety.requests_of_routes import ASKS, Ask
from tests.safety.world import World

SQL = ["' OR '1'='1", "'; DROP TABLE ideas; --", "1) UNION SELECT secret --", "$1", "%", "\\'; SELECT pg_sleep(9); --"]
# As a cursor: not base64, too short, of the right length, and nearly JSON.
NEARLY_RIGHT = base64.urlsafe_b64encode(b"\0" * 16 + b'["a"]').decode()
FORGED = ["x", "", "AAAA", "%00", "../..", "\u00e9", "' OR 1=1 --", NEARLY_RIGHT]

# How the code of a page reads the address.
READ_BY_PAGES = re.compile(r'(?:view\.(?:word|choice|id)|query_params\.get)\(\s*"(\w+)"')
FOR_MODERATORS = {"/v1/reports", "/v1/hidden"}


def operations(api: Api, wanted: str) -> list[tuple[str, str]]:
    """Path and name of every query parameter of a reading operation: the cursors, or the filters."""
    return [
        (path, parameter["name"])
        for path, methods in describe(api.app)["paths"].items()
        for parameter in methods.get("get", {}).get("parameters", [])
        if parameter["in"] == "query" and _is(parameter, wanted)
    ]


def _is(parameter: dict[str, Any], wanted: str) -> bool:
    return parameter["name"] == "cursor" if wanted == "cursor" else parameter["name"] not in {"cursor", "limit"}


def address_of(world: World, path: str) -> str:
    return path_of(path, ASKS.get(f"GET {path}", Ask()), world)


@pytest.mark.parametrize("attack", SQL)
async def test_sql_in_any_filter_is_only_text(api: Api, world: World, attack: str) -> None:
    tables = "SELECT count(*) FROM pg_class WHERE relkind = 'r'"
    before = await api.connection.fetchval(tables), await api.connection.fetchval("SELECT count(*) FROM ideas")
    asked = operations(api, "filter")
    assert len(asked) > 15
    for path, name in asked:
        headers = {"Authorization": f"Bearer {world.tokens['administrator']}"}
        answer = await api.anonymous.get(address_of(world, path), params={name: attack}, headers=headers)
        assert answer.status_code < 500, (path, name, attack)
        assert "syntax error" not in answer.text
    after = await api.connection.fetchval(tables), await api.connection.fetchval("SELECT count(*) FROM ideas")
    assert after == before


def words_of_pages(api: Api) -> list[tuple[str, str]]:
    """Path of every page, and the names in its address that the module which shows it reads."""
    handlers = [
        (route.path_format, route.route_handler_map["GET"][0])
        for route in api.app.routes
        if isinstance(route, HTTPRoute) and "GET" in route.route_handler_map
    ]
    return [
        (path, name)
        for path, handler in handlers
        if handler.fn.__module__.startswith("api.web.")
        for name in sorted(set(READ_BY_PAGES.findall(inspect.getsource(sys.modules[handler.fn.__module__]))))
    ]


@pytest.mark.parametrize("attack", SQL[:2])
async def test_sql_in_any_word_of_a_page_address_is_only_text(api: Api, world: World, attack: str) -> None:
    before = await api.connection.fetchval("SELECT count(*) FROM ideas")
    asked = words_of_pages(api)
    assert len(asked) > 50
    assert {name for _, name in asked} >= {"q", "tag", "state", "sort", "theme", "department", "cursor", "person"}
    for path, name in asked:
        headers = {"Authorization": f"Bearer {world.tokens['administrator']}"}
        answer = await api.anonymous.get(address_of(world, path), params={name: attack}, headers=headers)
        assert answer.status_code < 500, (path, name, attack)
        assert "syntax error" not in answer.text
    assert await api.connection.fetchval("SELECT count(*) FROM ideas") == before


@pytest.mark.parametrize("forged", FORGED)
async def test_no_list_takes_a_forged_cursor(api: Api, world: World, forged: str) -> None:
    asked = operations(api, "cursor")
    assert len(asked) > 15
    for path, name in asked:
        who = "moderator" if path in FOR_MODERATORS else "administrator"
        headers = {"Authorization": f"Bearer {world.tokens[who]}"}
        answer = await api.anonymous.get(address_of(world, path), params={name: forged}, headers=headers)
        problem = answer.json()["type"]
        assert (path, answer.status_code, problem) == (path, 422, "/problems/invalid-cursor")


@pytest.mark.parametrize("place", range(0, 60, 7))
async def test_a_cursor_changed_in_one_place_is_refused(api: Api, place: int) -> None:
    mark = secrets.token_hex(4)
    for _ in range(3):
        await make_person(api.connection, department=mark)
    client = await api.client_for(await make_person(api.connection))
    cursor = (await client.get("/v1/people", params={"department": mark, "limit": 1})).json()["next_cursor"]
    changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
    answer = await client.get("/v1/people", params={"department": mark, "limit": 1, "cursor": changed})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor")
