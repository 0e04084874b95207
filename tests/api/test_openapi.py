"""The API's description, and the pages that show it."""

from html.parser import HTMLParser
from typing import Any

import pytest

from api.openapi import describe
from api.problems import problem_types
from tests.api.conftest import Api


class Loaded(HTMLParser):
    """Collects what a page makes a browser load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.sources += [str(values[name]) for name in ("src",) if values.get(name)]
        if tag == "link":
            self.sources.append(str(values["href"]))
        if tag in ("script", "style") or "style" in values or any(name.startswith("on") for name in values):
            self.inline.append(tag)


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    """The document of the whole application."""
    return describe(api.app)


async def test_document_is_openapi_3_1(api: Api) -> None:
    response = await api.anonymous.get("/v1/openapi.json")
    assert (response.status_code, response.headers["content-type"]) == (200, "application/vnd.oai.openapi+json")
    served = response.json()
    assert (served["openapi"], served["info"]["title"]) == ("3.1.0", "Ideation engine")


async def test_every_operation_says_what_it_does_and_how_it_fails(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
            for body in [operation.get("requestBody", {}), *operation["responses"].values()]:
                assert all("example" in content for content in body.get("content", {}).values()), (method, path)


async def test_every_reference_resolves(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    pending: list[object] = [document]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                assert value["$ref"].rsplit("/", 1)[-1] in schemas
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


async def test_edits_declare_if_match(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/people/{person_id}"]["patch"]
    assert [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"] == ["If-Match"]


async def test_answers_with_secrets_declare_no_idempotency_key(document: dict[str, Any]) -> None:
    paths = document["paths"]
    names = {
        path: [parameter["name"] for parameter in paths[path]["post"]["parameters"]]
        for path in ("/v1/me/tokens", "/v1/people")
    }
    assert names == {"/v1/me/tokens": [], "/v1/people": ["Idempotency-Key"]}


async def test_inputs_declare_that_unknown_fields_are_refused(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert (schemas["NewPerson"]["additionalProperties"], "additionalProperties" in schemas["PersonOut"]) == (
        False,
        False,
    )


async def test_reference_page_loads_only_its_own_style_sheet(api: Api) -> None:
    response = await api.anonymous.get("/docs")
    page = Loaded()
    page.feed(response.text)
    assert (page.sources, page.inline) == (["/docs/reference.css"], [])
    assert "script-src 'self'" in response.headers["content-security-policy"]
    sheet = await api.anonymous.get("/docs/reference.css")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")


async def test_reference_page_names_every_operation(api: Api, document: dict[str, Any]) -> None:
    text = (await api.anonymous.get("/docs")).text
    missing = [path for path in document["paths"] if f"<code>{path}</code>" not in text]
    assert missing == []


async def test_every_problem_type_has_its_page(api: Api) -> None:
    listed = (await api.anonymous.get("/problems")).json()
    assert [kind["slug"] for kind in listed] == [kind.slug for kind in problem_types()]
    for kind in listed:
        assert (await api.anonymous.get(f"/problems/{kind['slug']}")).json() == kind
        assert kind["description"]
        assert kind["title"]


async def test_unknown_problem_type_is_not_found(api: Api) -> None:
    assert (await api.anonymous.get("/problems/none")).status_code == 404
