"""python -m benchmarks.fuzz: made-up requests to every operation, and made-up files to the import, with the figures.

Every answer must be one that the OpenAPI document allows, and none may be a failure of the server. The application is
the real one over real PostgreSQL and Redis; only the network is left out. The exit code is 1 when something was found.
"""

import argparse
import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import structlog

from api.app import create_app
from api.openapi import describe
from api.platform import platform_of
from benchmarks.ending import orderly_end
from ideation.database import Connection, open_connection
from ideation.settings import Settings
from tests.factories import NOW
from tests.harness import cloned_database, running_servers
from tests.safety.fuzzing import Tried, name_of, operations_of, try_operation
from tests.safety.fuzzing_imports import try_imports
from tests.safety.world import World, build_world, everything_taken_back

_NO_LIMIT = 1_000_000


def main() -> None:
    """Send them and print what came back."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=25, help="requests to each operation (25)")
    parser.add_argument("--files", type=int, default=200, help="files of each import format (200)")
    parser.add_argument("--only", default="", help="only operations with this in their name")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    started = time.perf_counter()
    with orderly_end(), running_servers() as servers, cloned_database(servers) as database_url:
        settings = _settings(database_url, servers.redis_url)
        tried = asyncio.run(_run(settings, arguments.requests, arguments.files, arguments.only))
    _print(tried, time.perf_counter() - started)
    if any(each.failure for each in tried):
        raise SystemExit(1)


async def _run(settings: Settings, requests: int, files: int, only: str) -> list[Tried]:
    async with _application(settings) as (client, connection, document, world):
        operations = [operation for operation in operations_of(document, world) if only in name_of(operation)]
        tried = []
        for operation in operations:
            tried.append(await try_operation(client, world, operation, examples=requests, derandomize=False))
            _print_one(tried[-1])
        if not only:
            for each in await try_imports(client, connection, world, examples=files, derandomize=False):
                tried.append(each)
                _print_one(each)
    return tried


def _settings(database_url: str, redis_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key=secrets.token_hex(),
        log_level="error",
        requests_per_minute=_NO_LIMIT,
        writes_per_minute=_NO_LIMIT,
        database_pool_size=4,
    )


@asynccontextmanager
async def _application(
    settings: Settings,
) -> AsyncIterator[tuple[httpx.AsyncClient, Connection, dict[str, Any], World]]:
    app = create_app(settings, clock=lambda: NOW)
    await platform_of(app).open()
    connection = await open_connection(settings.database_url)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    try:
        world = await build_world(connection)
        async with httpx.AsyncClient(transport=transport) as client:
            with everything_taken_back():
                yield client, connection, describe(app), world
    finally:
        await connection.close()
        await platform_of(app).close()


def _print_one(each: Tried) -> None:
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(each.statuses.items()))
    print(f"{each.requests:5}  {each.name:78} {statuses}", flush=True)
    if each.failure:
        print(f"FOUND {each.failure}", flush=True)


def _print(tried: list[Tried], seconds: float) -> None:
    total = sum((each.statuses for each in tried), Counter[int]())
    accepted = sum(count for status, count in total.items() if status < 400)
    failures = sum(count for status, count in total.items() if status >= 500)
    print(
        f"\n{total.total():,} inputs to {len(tried)} operations and formats in {seconds:.0f} s: {accepted:,} accepted, "
        f"{total.total() - accepted - failures:,} refused, {failures:,} server failures, "
        f"{sum(1 for each in tried if each.failure)} operations with an answer outside the document"
    )


if __name__ == "__main__":
    main()
