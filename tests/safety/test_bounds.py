"""A text over its bound: every bounded text of every body that the OpenAPI document describes."""

from typing import Any

import pytest
from msgspec.structs import replace

from api.openapi import describe
from tests.api.conftest import Api
from tests.safety.matrix import ask
from tests.safety.requests_of_routes import ASKS
from tests.safety.world import World


def bounded_texts(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Route, field and most characters of every text with a bound that stands at the top of a body."""
    schemas = document["components"]["schemas"]
    return [
        (f"{method.upper()} {path}", name, bound)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for name, field in _resolved(content["schema"], schemas).get("properties", {}).items()
        if (bound := _bound(field, schemas)) is not None
    ]


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
    return named


def _bound(field: dict[str, Any], schemas: dict[str, Any]) -> int | None:
    field = _resolved(field, schemas)
    for kind in [field, *field.get("oneOf", []), *field.get("anyOf", [])]:
        if kind.get("type") in ("string", ["string"]) and "maxLength" in kind:
            return int(kind["maxLength"])
    return None


async def test_text_over_its_bound_is_malformed_and_named(
    api: Api, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [text for text in bounded_texts(describe(api.app)) if text[0] in ASKS]
    assert len(texts) > 20
    for route, field, bound in texts:
        usual = ASKS[route]
        monkeypatch.setitem(ASKS, route, replace(usual, body={**usual.body, field: "x" * (bound + 1)}, if_match=True))
        answer = await ask(api.anonymous, world, route, world.tokens["administrator"])
        errors = answer.json()["errors"]
        assert (route, answer.status_code, answer.json()["type"]) == (route, 400, "/problems/malformed")
        assert [error["field"] for error in errors] == [field], route
        monkeypatch.setitem(ASKS, route, usual)


async def test_window_that_ends_before_it_starts_is_refused_by_its_name(api: Api, world: World) -> None:
    headers = {"Authorization": f"Bearer {world.tokens['owner']}", "If-Match": '"1"'}
    for opens, closes in (("submit_opens_at", "submit_closes_at"), ("vote_opens_at", "vote_closes_at")):
        dates = {opens: "2026-05-02T00:00:00Z", closes: "2026-05-01T00:00:00Z"}
        answer = await api.anonymous.patch(
            f"/v1/challenges/{world.ids['draft_challenge']}", json=dates, headers=headers
        )
        problem = answer.json()
        assert (answer.status_code, problem["type"], problem["field"]) == (422, "/problems/invalid", closes)
