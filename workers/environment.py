"""The settings of a worker process and its clock."""

import os
from datetime import UTC, datetime
from functools import cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ideation.settings import Settings, load_settings


@cache
def current_settings() -> Settings:
    """Read once; a worker process lives with the environment it was started in."""
    return load_settings(os.environ)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


def connect_redis(settings: Settings, *, timeout_seconds: float | None = None) -> Redis:
    """A client that fails at once rather than waiting: whoever uses it knows better when to try again."""
    return Redis.from_url(
        settings.redis_url,
        socket_connect_timeout=timeout_seconds or 5,
        socket_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 0),
    )
