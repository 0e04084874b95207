"""A real browser against a real server: Debian's chromium, driven by Playwright, in front of an API process.

A page that logs an error, breaks the Content-Security-Policy or fails to load one of its parts fails its test. Without
chromium these tests are skipped, or fail where the variable CI says that nothing may be skipped.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from ideation.cli.children import Children
from ideation.database import open_connection
from tests.browser.site import Site
from tests.browser.visits import OpenAs, Scheme, Size, Visit, watched_visit
from tests.end_to_end.conftest import engine_environment, free_port, wait_until_ready
from tests.harness import TestServers, cloned_database, with_redis_database

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_MISSING = "no chromium found; on Debian: apt-get install --no-install-recommends chromium"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is not None:
        return path
    if os.environ.get("CI"):
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    """The browser, started once for each test process."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=_FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def _running(
    chromium_path: str, servers: TestServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, str], Children]]:
    port = free_port()
    with cloned_database(servers) as database_url:
        environment = engine_environment(database_url, with_redis_database(servers.redis_url, 62), port)
        with Children(environment, log_folder=tmp_path_factory.mktemp("logs")) as children:
            children.start(("api",))
            wait_until_ready(environment["IDEATION_PUBLIC_URL"], children)
            yield environment, children


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(_running: tuple[dict[str, str], Children]) -> AsyncIterator[Site]:
    """An API process over a database of its own, which all tests of a process share; it runs in real time."""
    environment, children = _running
    connection = await open_connection(environment["IDEATION_DATABASE_URL"])
    made = Site(environment["IDEATION_PUBLIC_URL"], connection, children)
    await made.publish_policy()
    yield made
    await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_as(chromium: Browser, site: Site) -> AsyncIterator[OpenAs]:
    """Opens a browser window of somebody who is signed in; at the end each window must have been free of trouble."""
    visits: list[Visit] = []
    async with AsyncExitStack() as stack:

        async def make(
            person_id: UUID | None = None, *, size: Size = "desk", scheme: Scheme = "light", javascript: bool = True
        ) -> Visit:
            opened = watched_visit(chromium, site, person_id, size=size, scheme=scheme, javascript=javascript)
            visits.append(await stack.enter_async_context(opened))
            return visits[-1]

        yield make
    assert [trouble for visit in visits for trouble in visit.troubles] == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of these tests, since the browser lives in it; `-m browser` chooses them."""
    folder = Path(__file__).parent
    for item in items:
        if folder in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if pytest_asyncio.is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
