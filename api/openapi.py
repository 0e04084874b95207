"""The OpenAPI 3.1 description of the API, at /v1/openapi.json.

Litestar derives paths, parameters and schemas from the handlers. Added here is what it cannot know: one shape for every
problem, how to sign in, the headers that hold everywhere, descriptions of the types, and an example for each.
"""

import json
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from api.examples import example_of
from api.problems import MEDIA_TYPE
from api.reference.pages import ReferencePage, StyleSheet

TITLE = "Ideation engine"
_DESCRIPTION = """Times are RFC 3339 in UTC. Lists come in slices: send `next_cursor` back as `cursor` for the next one.
What can be edited carries an `ETag`; send it back as `If-Match`, and nobody's change is overwritten unseen.
A `POST` with an `Idempotency-Key` can be repeated safely.
Errors are problem documents (RFC 9457); `/problems` lists their types."""

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong. `errors` lists fields where the request was malformed.",
    "required": ["type", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "Stable; its address says what it means."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": ["string", "null"], "description": "Name it when you ask for help."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "/problems/not-found",
            "title": "Not found",
            "status": 404,
            "detail": "There is nothing here that you can see.",
            "instance": "/v1/ideas/0192f0c1-7d4e-7b6a-9a51-2f3c5d7e9b10",
            "request_id": "4f0c2b7a9d3e4c51",
        }
    ],
}
_SECURITY_SCHEMES = {
    "accessToken": {"type": "http", "scheme": "bearer", "description": "A personal access token, `idt_…`."},
    "session": {"type": "apiKey", "in": "cookie", "name": "ideation_session", "description": "A browser's session."},
}
_JSON_LINES, _CSV = "application/jsonl", "text/csv"
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "A new random value for each intent; a request repeated with it gets the same answer, once done.",
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,8}"$', "examples": ['"3"']},
    "description": "The `ETag` of the version you are changing.",
}


def openapi_config() -> OpenAPIConfig:
    """What Litestar needs to describe the API; the pages to read are at /docs."""
    return OpenAPIConfig(
        title=TITLE,
        version="1",
        description=_DESCRIPTION,
        path="/docs",
        render_plugins=[ReferencePage(describe), StyleSheet()],
        use_handler_docstrings=True,
    )


def describe(app: Litestar) -> dict[str, Any]:
    """The complete document of an application."""
    document: dict[str, Any] = json.loads(_readable_names(json.dumps(app.openapi_schema.to_schema(), default=str)))
    components = document["components"]
    components["schemas"]["Problem"] = _PROBLEM
    components["securitySchemes"] = _SECURITY_SCHEMES
    document["security"] = [{name: []} for name in _SECURITY_SCHEMES]
    _describe_types(components["schemas"])
    handlers = _handlers_by_operation(app)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, handlers[path, method.upper()], components["schemas"])
    return document


@get("/v1/openapi.json", include_in_schema=False, opt={"uncounted": True})
async def describe_api(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description itself, made once."""
    state = request.app.state
    if "openapi" not in state:
        state["openapi"] = msgspec.json.encode(describe(request.app))
    return Response(state["openapi"], media_type="application/vnd.oai.openapi+json")


def _readable_names(text: str) -> str:
    """`PageOut_ideation.entities.people.PersonOut_` becomes `PersonOutPage`."""
    parts = text.split("PageOut_")
    pages = [part.split("_", 1) for part in parts[1:]]
    return parts[0] + "".join(f"{name.rsplit('.', 1)[-1]}Page{rest}" for name, rest in pages)


def _describe_types(schemas: dict[str, Any]) -> None:
    structs = _structs_by_name()
    for name, schema in schemas.items():
        struct = structs.get(name)
        if struct is not None and "properties" in schema:
            schema.setdefault("description", (struct.__doc__ or "").strip())
            if struct.__struct_config__.forbid_unknown_fields:
                schema["additionalProperties"] = False


def _structs_by_name() -> dict[str, type[msgspec.Struct]]:
    found: dict[str, list[type[msgspec.Struct]]] = {}
    for struct in msgspec.Struct.__subclasses__():
        if struct.__module__.startswith(("ideation.", "api.")):
            found.setdefault(struct.__name__, []).append(struct)
    return {name: structs[0] for name, structs in found.items() if len(structs) == 1}


def _handlers_by_operation(app: Litestar) -> dict[tuple[str, str], HTTPRouteHandler]:
    return {
        (route.path_format, method): handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        for method in handler.http_methods
    }


def _complete(operation: dict[str, Any], handler: HTTPRouteHandler, schemas: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    if "POST" in handler.http_methods and handler.opt.get("idempotency") is not False:
        parameters.append(_IDEMPOTENCY_KEY)
    # Whether an edit wants If-Match is said by what its handler calls, so the two cannot drift apart.
    if "require_if_match" in handler.fn.__code__.co_names:
        parameters.append(_IF_MATCH)
    operation["responses"].pop("400", None)
    operation["responses"].get("204", {}).pop("content", None)
    operation["responses"]["default"] = {
        "description": "A problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        _name_both_file_formats(body.get("content", {}))
    for body in bodies:
        for content in body.get("content", {}).values():
            content.setdefault("example", example_of(content.get("schema", {}), schemas))


def _name_both_file_formats(content: dict[str, Any]) -> None:
    """Every file comes in two formats, of which a handler can declare one."""
    if _JSON_LINES in content:
        content[_CSV] = {"schema": {"type": "string"}}
