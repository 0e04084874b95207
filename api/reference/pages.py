"""Renders the OpenAPI document as one page, /docs, with its style sheet beside it."""

from collections.abc import Callable
from importlib import resources
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader
from litestar import Litestar, MediaType, Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

_ENVIRONMENT = Environment(
    loader=PackageLoader("api.reference", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a table of parameters or members."""

    name: str
    kind: str
    required: bool
    description: str


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent or answered."""

    heading: str
    fields: list[Field]
    example: str


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One method of one path."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    bodies: list[Body]


class ReferencePage(OpenAPIRenderPlugin):
    """The page itself, made once for each application from what `describe` says of it."""

    def __init__(self, describe: Callable[[Litestar], dict[str, Any]]) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)
        self._describe = describe
        self._page: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """The document as HTML."""
        if self._page is None:
            self._page = render_reference(self._describe(request.app))
        return self._page


class StyleSheet(OpenAPIRenderPlugin):
    """How the page looks."""

    def __init__(self) -> None:
        super().__init__(path="/reference.css", media_type=MediaType.CSS)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """The file beside this module."""
        return resources.files("api.reference").joinpath("reference.css").read_bytes()


def render_reference(document: dict[str, Any]) -> bytes:
    """The OpenAPI document as a page, its operations grouped by tag."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["Other"])[0].capitalize()
            groups.setdefault(tag, []).append(_operation(path, method, operation, document))
    template = _ENVIRONMENT.get_template("reference.html")
    return template.render(info=document["info"], groups=dict(sorted(groups.items()))).encode()


def _operation(path: str, method: str, operation: dict[str, Any], document: dict[str, Any]) -> Operation:
    schemas = document["components"]["schemas"]
    answers = {code: answer for code, answer in operation["responses"].items() if code != "default"}
    bodies = [_body(f"Answer {code}", answer, schemas) for code, answer in answers.items()]
    if "requestBody" in operation:
        bodies.insert(0, _body("Send", operation["requestBody"], schemas))
    return Operation(
        anchor=f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=[_parameter(parameter) for parameter in operation.get("parameters", [])],
        bodies=bodies,
    )


def _parameter(parameter: dict[str, Any]) -> Field:
    return Field(
        name=f"{parameter['name']} ({parameter['in']})",
        kind=_kind(parameter.get("schema", {})),
        required=parameter.get("required", False),
        description=parameter.get("description", ""),
    )


def _body(heading: str, body: dict[str, Any], schemas: dict[str, Any]) -> Body:
    contents: dict[str, dict[str, Any]] = body.get("content", {})
    media_type, content = next(iter(contents.items()), ("nothing", {}))
    schema = _resolve(content.get("schema", {}), schemas)
    required = set(schema.get("required", []))
    fields = [
        Field(name=name, kind=_kind(member), required=name in required, description=member.get("description", ""))
        for name, member in schema.get("properties", {}).items()
    ]
    example = msgspec.json.format(msgspec.json.encode(content["example"]), indent=2).decode() if fields else ""
    return Body(heading=f"{heading}: {media_type}", fields=fields, example=example)


def _resolve(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices:
        return " or ".join(_kind(choice) for choice in choices)
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kinds = schema.get("type", "anything")
    return f"{kinds if isinstance(kinds, str) else ' or '.join(kinds)}{_bounds(schema)}"


def _bounds(schema: dict[str, Any]) -> str:
    names = {"format": "", "minLength": "at least ", "maxLength": "at most ", "minimum": "≥ ", "maximum": "≤ "}
    given = [f"{word}{schema[name]}".removesuffix(".0") for name, word in names.items() if name in schema]
    return f" ({', '.join(given)})" if given else ""
