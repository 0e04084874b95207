"""Examples made from schemas: plain, valid, and the same every time."""

from typing import Any

Schema = dict[str, Any]

_MAX_DEPTH = 8
_BY_FORMAT = {
    "uuid": "0192f0c1-7d4e-7b6a-9a51-2f3c5d7e9b10",
    "date-time": "2026-03-02T09:00:00Z",
    "date": "2026-03-02",
    "email": "ada@example.org",
}
# What people write, by the name of the field.
_BY_NAME = {
    "title": "Collect rainwater for the cooling towers",
    "body": "The roof of hall 3 alone yields enough for the **whole summer**.",
    "question": "How could we waste less?",
    "brief": "Anything that saves material, energy or time.",
    "name": "Ada Lovelace",
    "department": "Research",
    "site": "Oslo",
    "reason": "The pilot of 2024 showed that it does not pay.",
    "key": "feasibility",
    "label": "Feasibility",
}


def example_of(schema: Schema, schemas: dict[str, Schema], name: str = "", depth: int = 0) -> Any:
    """A value that fits the schema; `schemas` are the components that references point to."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, name, depth + 1)
    given = _given(schema)
    if given is not None:
        return given
    for choice in ("oneOf", "anyOf", "allOf"):
        if choice in schema:
            return example_of(_first_real(schema[choice]), schemas, name, depth)
    return _by_type(schema, schemas, name, depth)


def _given(schema: Schema) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    return schema["enum"][0] if schema.get("enum") else schema.get("default")


def _first_real(choices: list[Schema]) -> Schema:
    return next((choice for choice in choices if choice.get("type") != "null"), choices[0])


def _by_type(schema: Schema, schemas: dict[str, Schema], name: str, depth: int) -> Any:
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        return _array(schema, schemas, name, depth)
    if kind == "string":
        return _string(schema, name)
    return True if kind == "boolean" else _number(schema, kind)


def _object(schema: Schema, schemas: dict[str, Schema], depth: int) -> Schema:
    if depth > _MAX_DEPTH:
        return {}
    fields = schema.get("properties", {})
    return {field: example_of(inner, schemas, field, depth + 1) for field, inner in fields.items()}


def _array(schema: Schema, schemas: dict[str, Schema], name: str, depth: int) -> list[Any]:
    if depth > _MAX_DEPTH or "items" not in schema:
        return []
    return [example_of(schema["items"], schemas, name, depth + 1)] * max(1, schema.get("minItems", 1))


def _string(schema: Schema, name: str) -> str:
    text: str = _BY_FORMAT.get(schema.get("format", ""), _BY_NAME.get(name, "text"))
    return text[: schema.get("maxLength", len(text))]


def _number(schema: Schema, kind: str) -> int | float:
    low = float(schema.get("minimum") or schema.get("exclusiveMinimum") or 0)
    high = float(schema.get("maximum") or low + 1)
    value = low if "exclusiveMinimum" not in schema else (low + high) / 2
    return int(value) if kind == "integer" else value
