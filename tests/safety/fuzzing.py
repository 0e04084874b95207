"""Made-up requests to every operation of the OpenAPI document, right ones and wrong ones, judged by that document.

schemathesis makes the requests; ids are often those of things that exist, so that requests get past the first check.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import hypothesis
import msgspec
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.safety.requests_of_routes import ASKS, FIXED, USUAL, Ask
from tests.safety.world import World

# Those whom most routes let in; somebody signed in answers for everybody who is not.
PEOPLE = ["employee", "author", "panelist", "owner", "administrator"]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_BASE_URL = "http://ideation.test"

Draw = Callable[[strategies.SearchStrategy[Any]], Any]
Operation = Any


class Tried(msgspec.Struct):
    """What one operation was asked, and how it answered."""

    name: str
    statuses: Counter[int]
    failure: str | None = None

    @property
    def requests(self) -> int:
        """How many requests it got."""
        return self.statuses.total()


def operations_of(document: dict[str, Any], world: World) -> list[Operation]:
    """Every operation of the document; the ids in bodies are now those of the world, now unknown ones."""
    ids = sorted(set(world.ids.values()))
    schemathesis.openapi.format("uuid", strategies.sampled_from(ids) | strategies.uuids().map(str))
    schema = schemathesis.openapi.from_dict(document)
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


def name_of(operation: Operation) -> str:
    """As in the table of routes."""
    return f"{operation.method.upper()} {operation.path}"


async def try_operation(
    client: httpx.AsyncClient, world: World, operation: Operation, *, examples: int, derandomize: bool
) -> Tried:
    """Send `examples` made-up requests; the first answer outside of the document is the failure."""
    tried = Tried(name_of(operation), Counter())
    loop = asyncio.get_running_loop()

    def send(request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(client.send(request), loop).result(timeout=60)

    test = _test_of(operation, world, send, tried)
    settings = hypothesis.settings(
        max_examples=examples,
        derandomize=derandomize,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        await asyncio.to_thread(settings(test))
    except (AssertionError, BaseExceptionGroup) as error:
        tried.failure = "\n".join(str(part) for part in getattr(error, "exceptions", [error]))
    return tried


def _test_of(
    operation: Operation, world: World, send: Callable[[httpx.Request], httpx.Response], tried: Tried
) -> Callable[[], None]:
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    # Not every operation has something that can be made wrong.
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if _can_be_wrong(operation) else right

    @hypothesis.given(strategies.data())
    def test(data: Any) -> None:
        case = data.draw(right | wrong)
        response = send(_request(case, world, data.draw))
        tried.statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    return test


def _can_be_wrong(operation: Operation) -> bool:
    return bool(operation.body) or any(True for _ in operation.iter_parameters())


def _request(case: Any, world: World, draw: Draw) -> httpx.Request:
    """The request as schemathesis made it, from somebody, mostly about something there is, mostly of its version."""
    often = strategies.sampled_from([True, True, True, False])
    how = ASKS.get(f"{case.method.upper()} {case.path}", Ask())
    if case.path_parameters and draw(often):
        known = FIXED | {name: world.ids[thing] for name, thing in (USUAL | how.on).items()}
        given = dict(case.path_parameters)
        case.path_parameters = {name: known.get(name, value) for name, value in given.items()}
    prepared: Any = requests.Request(**case.as_transport_kwargs(base_url=_BASE_URL)).prepare()
    headers = {name: value for name, value in prepared.headers.items() if name.lower() != "content-length"}
    if how.if_match and draw(often):
        headers["If-Match"] = '"1"'
    headers["Authorization"] = f"Bearer {world.tokens[draw(strategies.sampled_from(PEOPLE))]}"
    body = prepared.body
    content = body.encode() if isinstance(body, str) else body
    return httpx.Request(str(prepared.method), str(prepared.url), headers=headers, content=content)
