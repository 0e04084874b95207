"""Whether this process lives, whether it can answer, and what Prometheus wants to know."""

from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response, get
from prometheus_client import CONTENT_TYPE_LATEST

from api.platform import Platform, platform_of
from ideation.migrate import pending_migrations
from ideation.queries.health import count_staged_jobs

_UNCOUNTED = {"uncounted": True}
_WAIT_SECONDS = 2.0
_DATABASE_ERRORS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether requests can be answered, and how each part is."""

    status: str
    database: str
    migrations: str
    redis: str


@get("/health/live", opt=_UNCOUNTED, include_in_schema=False)
async def live() -> dict[str, str]:
    """This process answers; nothing else is asked."""
    return {"status": "live"}


@get("/health/ready", opt=_UNCOUNTED, include_in_schema=False)
async def ready(request: Request[Any, Any, Any]) -> Response[Readiness]:
    """The database answers and has every migration. Without Redis requests are still taken: their jobs wait."""
    platform = platform_of(request.app)
    database, migrations = await _check_database(platform)
    good = (database, migrations) == ("ok", "ok")
    readiness = Readiness(
        status="ready" if good else "not ready",
        database=database,
        migrations=migrations,
        redis="ok" if platform.rate_limiter.redis_answers else "degraded",
    )
    return Response(readiness, status_code=200 if good else 503)


@get("/metrics", opt=_UNCOUNTED, include_in_schema=False)
async def metrics(request: Request[Any, Any, Any], now: datetime) -> Response[bytes]:
    """In Prometheus' text format."""
    platform = platform_of(request.app)
    for name in ("writers", "readers", "planned_readers", "planned_writers"):
        pool = getattr(platform, name)
        platform.metrics.set_pool(name, size=pool.get_size(), idle=pool.get_idle_size())
    try:
        async with platform.readers.acquire(timeout=_WAIT_SECONDS) as connection:
            platform.metrics.set_jobs(await count_staged_jobs(connection, now))
    except _DATABASE_ERRORS:
        platform.metrics.set_jobs(None)
    return Response(platform.metrics.render(), media_type=CONTENT_TYPE_LATEST)


async def _check_database(platform: Platform) -> tuple[str, str]:
    try:
        async with platform.readers.acquire(timeout=_WAIT_SECONDS) as connection:
            pending = await pending_migrations(connection)
    except _DATABASE_ERRORS:
        return "unavailable", "unknown"
    return "ok", f"{len(pending)} pending" if pending else "ok"


handlers = [live, ready, metrics]
