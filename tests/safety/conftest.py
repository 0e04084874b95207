"""The running application, a company to ask about, and a clock that is put back after each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.conftest import Api, _fresh_clock, api, module_database_url
from tests.safety.world import World, build_world, everything_taken_back

__all__ = ["_fresh_clock", "api", "module_database_url"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(api: Api) -> AsyncIterator[World]:
    """The company, which stays as it is."""
    built = await build_world(api.connection)
    with everything_taken_back():
        yield built


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module run in one event loop, the one that its application lives in."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
