"""Reads the table of who may do what, and asks the application every question in it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from litestar import Litestar

from tests.safety.requests_of_routes import ASKS, FIXED, USUAL, Ask
from tests.safety.world import PEOPLE, World

TABLE = Path(__file__).with_name("authorisation.txt")
COLUMNS = ["anonymous", *PEOPLE]
NO_SCOPE = "-"
_ROUTE_WIDTH, _SCOPE_WIDTH = 78, 17


class Row(msgspec.Struct, frozen=True):
    """One route: the scopes its tokens need, and the status each sort of person gets."""

    route: str
    scopes: tuple[str, ...]
    statuses: dict[str, int]

    @property
    def admitted(self) -> str | None:
        """The first who is let in, or None when nobody is."""
        return next((name for name, status in self.statuses.items() if status < 400), None)

    def __str__(self) -> str:
        method, path = self.route.split(" ", 1)
        scopes = "+".join(self.scopes) or NO_SCOPE
        head = f"{f'{method:6} {path}':{_ROUTE_WIDTH}} {scopes:{_SCOPE_WIDTH}}"
        return " ".join([head, *(str(self.statuses[name]) for name in COLUMNS)])


def read_table() -> list[Row]:
    """The rows of the table, without headings and remarks."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [_row(line) for line in lines if line and not line.startswith("#")]


def routes_of(app: Litestar) -> set[str]:
    """Every route of the application that somebody wrote, as `METHOD path`."""
    return {
        f"{method} {route.path_format}"
        for route in app.routes
        for method in getattr(route, "route_handler_map", {})
        if method != "OPTIONS"
    }


async def ask(
    client: httpx.AsyncClient, world: World, route: str, token: str | None, *, as_method: str | None = None
) -> httpx.Response:
    """The answer somebody with this token gets from a route, asked by its own method or another."""
    method, path = route.split(" ", 1)
    how = ASKS.get(route, Ask())
    headers = {"If-Match": '"1"'} if how.if_match else {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    content, media_type = _content(how, world)
    if media_type:
        headers["Content-Type"] = media_type
    address = path_of(path, how, world) + how.query
    return await client.request(as_method or method, address, content=content, headers=headers)


async def ask_everybody(
    client: httpx.AsyncClient, world: World, route: str, *, as_method: str | None = None
) -> dict[str, int]:
    """The status that each sort of person gets, by column."""
    answers = {
        who: await ask(client, world.of(who), route, world.tokens.get(who), as_method=as_method) for who in COLUMNS
    }
    return {who: status_of(answer) for who, answer in answers.items()}


def path_of(path: str, how: Ask, world: World) -> str:
    """The path with ids in its places."""
    usual = {name: world.ids[thing] for name, thing in (USUAL | how.on).items()}
    return path.format(**(FIXED | usual))


def status_of(response: httpx.Response) -> int:
    """The status, where a page's way to the sign-in counts as 401, and that to the policy as 403."""
    location = response.headers.get("location", "")
    if response.status_code == 303 and location.startswith("/sign-in?"):
        return 401
    if response.status_code == 303 and location.startswith("/policy?"):
        return 403
    return response.status_code


def _content(how: Ask, world: World) -> tuple[bytes | None, str]:
    if how.raw is not None:
        return how.raw, how.media_type
    if how.body is None:
        return None, ""
    body = _with_ids(how.body, world)
    if how.form:
        return urlencode(body, doseq=True).encode(), "application/x-www-form-urlencoded"
    return json.dumps(body).encode(), "application/json"


def _with_ids(value: Any, world: World) -> Any:
    if isinstance(value, str):
        return value.format(**world.ids) if value.startswith("{") else value
    if isinstance(value, list):
        return [_with_ids(item, world) for item in value]
    if isinstance(value, dict):
        return {name: _with_ids(item, world) for name, item in value.items()}
    return value


def _row(line: str) -> Row:
    method, path, scopes, *statuses = line.split()
    if len(statuses) != len(COLUMNS):
        raise ValueError(f"{method} {path} has {len(statuses)} statuses where there are {len(COLUMNS)} columns")
    needed = () if scopes == NO_SCOPE else tuple(scopes.split("+"))
    return Row(f"{method} {path}", needed, dict(zip(COLUMNS, map(int, statuses), strict=True)))
