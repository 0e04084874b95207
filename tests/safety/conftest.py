"""The running application, and a clock that is put back after each test."""

from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.conftest import _fresh_clock, api, module_database_url

__all__ = ["_fresh_clock", "api", "module_database_url"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module run in one event loop, the one that its application lives in."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)
