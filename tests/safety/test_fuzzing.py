"""A few made-up requests to every operation and files to the import; `python -m benchmarks.fuzz` sends many."""

import pytest
import pytest_asyncio

from api.openapi import describe
from tests.api.conftest import Api
from tests.safety.fuzzing import Operation, name_of, operations_of, try_operation
from tests.safety.fuzzing_imports import try_imports
from tests.safety.matrix import read_table
from tests.safety.world import World

REQUESTS, FILES = 3, 15
# The document itself is no part of what it describes.
ROUTES = [row.route for row in read_table() if " /v1/" in row.route and row.route != "GET /v1/openapi.json"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operations(api: Api, world: World) -> dict[str, Operation]:
    """The operations of the document, by route."""
    return {name_of(operation): operation for operation in operations_of(describe(api.app), world)}


async def test_document_describes_every_route_of_the_api(operations: dict[str, Operation]) -> None:
    assert sorted(operations) == sorted(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
async def test_operation_answers_as_the_document_says(
    api: Api, world: World, operations: dict[str, Operation], route: str
) -> None:
    tried = await try_operation(api.anonymous, world, operations[route], examples=REQUESTS, derandomize=True)
    assert tried.failure is None, tried.failure
    assert tried.requests > 0


async def test_every_line_of_a_file_is_taken_or_rejected(api: Api, world: World) -> None:
    tried = await try_imports(api.anonymous, api.connection, world, examples=FILES, derandomize=True)
    assert {each.name: each.failure for each in tried if each.failure} == {}
