"""Who may do what: every route, asked by every sort of person. The table is `authorisation.txt`."""

import pytest

from tests.api.conftest import Api
from tests.safety.matrix import COLUMNS, Row, ask, ask_everybody, read_table, routes_of, status_of
from tests.safety.world import SCOPES, World, give_token

ROWS = read_table()
WITH_SCOPES = [row for row in ROWS if row.scopes]
READING = [row for row in ROWS if row.route.startswith("GET ")]


async def test_table_has_exactly_the_routes_of_the_application(api: Api, world: World) -> None:
    listed = [row.route for row in ROWS]
    assert sorted(set(listed)) == sorted(listed)
    missing = sorted(routes_of(api.app) - set(listed))
    if missing:
        rows = [str(await _proposed(api, world, route)) for route in missing]
        pytest.fail("\n".join(["Judge each status, then add to authorisation.txt:", *rows]))
    assert set(listed) - routes_of(api.app) == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
async def test_route_answers_each_person_as_the_table_says(api: Api, world: World, row: Row) -> None:
    assert await ask_everybody(api.anonymous, world, row.route) == row.statuses


@pytest.mark.parametrize("row", READING, ids=lambda row: row.route)
async def test_head_answers_each_person_as_get_does_without_a_body(api: Api, world: World, row: Row) -> None:
    assert await ask_everybody(api.anonymous, world, row.route, as_method="HEAD") == row.statuses
    token = world.tokens["administrator"]
    head = await ask(api.anonymous, world, row.route, token, as_method="HEAD")
    read = await ask(api.anonymous, world, row.route, token)
    assert (head.content, head.headers.get("content-type")) == (b"", read.headers.get("content-type"))


@pytest.mark.parametrize("row", WITH_SCOPES, ids=lambda row: row.route)
async def test_route_needs_the_scopes_of_the_table_and_no_other(api: Api, world: World, row: Row) -> None:
    assert row.admitted is not None
    assert await _needed_scopes(api, world, row.route, row.admitted) == row.scopes
    token = await give_token(api.connection, world.people[row.admitted], row.scopes)
    answer = await ask(api.anonymous, world.of(row.admitted), row.route, token)
    assert status_of(answer) == row.statuses[row.admitted]


def test_every_sort_of_person_is_let_in_somewhere_but_for_the_deactivated() -> None:
    needing_somebody = [row for row in ROWS if row.statuses["anonymous"] == 401]
    assert {row.statuses["deactivated"] for row in needing_somebody} == {401}
    admitted = {who for row in needing_somebody for who in COLUMNS if row.statuses[who] < 400}
    assert admitted == set(COLUMNS) - {"anonymous", "deactivated"}


async def _proposed(api: Api, world: World, route: str) -> Row:
    row = Row(route, (), await ask_everybody(api.anonymous, world, route))
    if row.admitted in {None, "anonymous"} or not route.split()[1].startswith("/v1/"):
        return row
    return Row(route, await _needed_scopes(api, world, route, str(row.admitted)), row.statuses)


async def _needed_scopes(api: Api, world: World, route: str, who: str) -> tuple[str, ...]:
    """The scopes without any of which this person is refused."""
    needed = []
    for scope in SCOPES:
        others = tuple(other for other in SCOPES if other != scope)
        token = await give_token(api.connection, world.people[who], others)
        answer = await ask(api.anonymous, world.of(who), route, token)
        if answer.status_code == 403 and answer.json()["type"] == "/problems/missing-scope":
            needed.append(scope)
    return tuple(needed)
