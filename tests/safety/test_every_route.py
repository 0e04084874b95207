"""What must hold for every route there is, whatever it does; the routes are those of the table."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace

from tests.api.conftest import Api
from tests.safety.matrix import Row, ask, read_table
from tests.safety.requests_of_routes import ASKS
from tests.safety.statements import statements_sent
from tests.safety.world import SEALED_NAME, World

ROWS = read_table()
API_ROWS = [row for row in ROWS if row.route.split()[1].startswith("/v1/")]
SIGNED_IN_ROWS = [row for row in ROWS if row.statuses["anonymous"] == 401 and "secret" not in row.route]
CHANGES = [row for row in SIGNED_IN_ROWS if not row.route.startswith("GET") and row.route != "POST /v1/sessions"]
# Whoever sees the challenge may know that it has no results or shortlist for them yet.
KNOWN_TO_BE_EMPTY = {"GET /v1/challenges/{challenge_id}/results", "GET /v1/challenges/{challenge_id}/shortlist"}
HIDDEN = [row for row in API_ROWS if 404 in row.statuses.values()]
OF_IDEAS = [row for row in API_ROWS if "{idea_id}" in row.route and "{challenge_id}" not in row.route]
WITH_JSON = [row for row in API_ROWS if row.route in ASKS and isinstance(ASKS[row.route].body, dict)]
# What names everybody, and the colleague's own page.
OPEN_DIRECTORY = {"GET /v1/people", "GET /v1/policies/acceptances", "GET /admin"}
READS = [row for row in SIGNED_IN_ROWS if row.route.startswith("GET") and row.route not in OPEN_DIRECTORY]


def name_of(row: Row) -> str:
    return row.route


def told(answer: httpx.Response) -> dict[str, Any]:
    """What a problem says, but for the address and the request."""
    return {name: value for name, value in answer.json().items() if name not in {"instance", "request_id"}}


def absent(world: World) -> World:
    """The world with ids that nobody has."""
    return replace(world, ids={name: str(uuid4()) for name in world.ids})


async def noted(api: Api, world: World, route: str, token: str) -> tuple[int, dict[str, Any], int]:
    """Status and words of an answer, and how many statements it took."""
    with statements_sent() as sent:
        answer = await ask(api.anonymous, world, route, token)
    return answer.status_code, told(answer), len(sent.statements)


@pytest.mark.parametrize("row", HIDDEN, ids=name_of)
async def test_what_one_may_not_see_answers_as_what_is_not_there(api: Api, world: World, row: Row) -> None:
    """For those the table answers with 404: the same for an object that nobody has, after as many statements."""
    for who in [name for name in ("outsider", "employee") if row.statuses[name] == 404]:
        if who == "employee" and row.route in KNOWN_TO_BE_EMPTY:
            continue
        hidden, missing = [await noted(api, which, row.route, world.tokens[who]) for which in (world, absent(world))]
        assert (who, hidden) == (who, missing)


@pytest.mark.parametrize("thing", ["hidden_idea", "draft_idea"])
@pytest.mark.parametrize("row", OF_IDEAS, ids=name_of)
async def test_idea_that_one_may_not_see_answers_as_one_that_is_not_there(
    api: Api, world: World, row: Row, thing: str
) -> None:
    """For colleagues who see the challenge."""
    instead = replace(world, ids=world.ids | {name: world.ids[thing] for name in world.ids if name.endswith("idea")})
    hidden, missing = [
        await noted(api, which, row.route, world.tokens["employee"]) for which in (instead, absent(world))
    ]
    assert hidden == missing


@pytest.mark.parametrize("row", CHANGES, ids=name_of)
async def test_change_by_cookie_from_another_site_is_refused(api: Api, world: World, row: Row) -> None:
    browser = await api.browser_for(world.people["administrator"], csrf=False)
    browser.headers.update({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    answer = await ask(browser, world, row.route, None)
    assert answer.status_code == 403
    if row in API_ROWS:
        assert answer.json()["type"] == "/problems/forged-request"


@pytest.mark.parametrize("row", WITH_JSON, ids=name_of)
async def test_unknown_field_is_refused_and_never_assigned(
    api: Api, world: World, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = ASKS[row.route]
    with_more = replace(usual, body={**usual.body, "is_admin": True}, if_match=True)
    monkeypatch.setitem(ASKS, row.route, with_more)
    answer = await ask(api.anonymous, world, row.route, world.tokens["administrator"])
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")
    assert "is_admin" in json.dumps(answer.json()["errors"])


@pytest.mark.parametrize("row", READS, ids=name_of)
async def test_sealed_author_stands_in_no_answer(api: Api, world: World, row: Row) -> None:
    """Asked of sealed challenges and their ideas by everybody else, administrators too."""
    sealed = world.of("sealed_author")
    for who in ("employee", "panelist", "moderator", "owner", "administrator"):
        answer = await ask(api.anonymous, sealed, row.route, world.tokens[who])
        assert world.ids["sealed_author"] not in answer.text, who
        assert SEALED_NAME not in answer.text, who
