"""The client of Redis, imported beside the requests: redis-py takes nearly as long to import as the web framework."""

import asyncio
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis.asyncio import Redis

CONNECT_SECONDS = 1.0


class RedisClient:
    """A client made when it is first asked for; it asks Redis once and does not try again.

    `answer_seconds` is how long an answer may take; None for one that waits for what others publish.
    """

    def __init__(self, url: str, *, answer_seconds: float | None = None) -> None:
        self._url = url
        self._answer_seconds = answer_seconds
        self._client: Redis | None = None
        self._opening = asyncio.Lock()

    async def get(self) -> "Redis":
        """The client itself; it connects with its first command."""
        async with self._opening:
            if self._client is None:
                module = await asyncio.to_thread(importlib.import_module, "redis.asyncio")
                self._client = module.Redis.from_url(
                    self._url,
                    socket_timeout=self._answer_seconds,
                    socket_connect_timeout=CONNECT_SECONDS,
                    retry=None,
                )
            return self._client

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.aclose()


def redis_errors() -> tuple[type[Exception], ...]:
    """What a client raises when Redis does not answer; for `except`, which asks only when something was raised."""
    from redis.exceptions import RedisError  # noqa: PLC0415

    return RedisError, OSError, TimeoutError
