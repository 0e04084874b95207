"""Rate limits per person (per address for those not signed in), in windows of one minute.

The request path only counts in memory. Four times a second each process adds its counts to Redis and reads the sums of
all processes, so that no request ever waits for Redis; while Redis is down every process limits by what it sees itself.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from litestar.types import Scope

from api.background import Repeating
from api.redis_client import RedisClient, redis_errors
from ideation.errors import TooManyRequests
from ideation.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

WINDOW_SECONDS = 60
SYNC_SECONDS = 0.25
# While Redis does not answer, it is asked less often.
BACK_OFF_SECONDS = 5.0
REDIS_TIMEOUT_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class RateLimiter:
    """Counts of the current window, by caller."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._limits = {False: settings.requests_per_minute, True: settings.writes_per_minute}
        self._redis = RedisClient(settings.redis_url, answer_seconds=REDIS_TIMEOUT_SECONDS)
        self._clock = clock
        self._window = 0
        # What all processes had counted at the last synchronisation, and what this one has counted since.
        self._shared: dict[str, int] = {}
        self._unsent: dict[str, int] = {}
        self._started = False
        self._silent_until = 0.0
        self._repeating = Repeating("rate limits", SYNC_SECONDS, self.synchronise)

    @property
    def redis_answers(self) -> bool:
        """Whether the last synchronisation went through."""
        return self._silent_until == 0.0

    def count(self, scope: Scope, caller: str, *, writes: bool) -> None:
        """Count a request; raise TooManyRequests when it is one too many. The numbers go into the answer's headers."""
        self._turn_window()
        headers = self._count(f"all:{caller}", self._limits[False])
        if writes:
            headers = min(headers, self._count(f"writes:{caller}", self._limits[True]))
        remaining, limit = headers
        reset_seconds = max(1, int((self._window + 1) * WINDOW_SECONDS - self._clock()))
        scope["state"]["rate_limit"] = (limit, max(0, remaining), reset_seconds)
        if remaining < 0:
            raise TooManyRequests(
                f"More than {limit} requests in a minute; wait {reset_seconds} seconds.",
                retry_after_seconds=reset_seconds,
            )

    def start(self) -> None:
        """Begin to share counts with the other processes."""
        self._started = True
        self._repeating.start()

    async def stop(self) -> None:
        """End sharing."""
        await self._repeating.stop()
        await self._redis.close()

    async def synchronise(self) -> None:
        """Add the counts since the last time to Redis, and read the sums of all processes."""
        if not self._started:
            return
        redis = await self._redis.get()
        if not self._unsent or self._clock() < self._silent_until:
            return
        window, sent, self._unsent = self._window, self._unsent, {}
        try:
            sums = await self._exchange(redis, window, sent)
        except redis_errors() as error:
            self._fall_silent(error)
            return
        self._silent_until = 0.0
        if window == self._window:
            self._shared.update(sums)

    def _count(self, key: str, limit: int) -> tuple[int, int]:
        self._unsent[key] = mine = self._unsent.get(key, 0) + 1
        return limit - mine - self._shared.get(key, 0), limit

    def _turn_window(self) -> None:
        window = int(self._clock() // WINDOW_SECONDS)
        if window != self._window:
            self._window = window
            self._shared, self._unsent = {}, {}

    async def _exchange(self, redis: "Redis", window: int, sent: dict[str, int]) -> dict[str, int]:
        # A request that is counted while this waits goes into the next exchange.
        name = f"ideation:requests:{window}"
        async with redis.pipeline(transaction=False) as pipeline:
            for key, count in sent.items():
                pipeline.hincrby(name, key, count)
                self._shared[key] = self._shared.get(key, 0) + count
            pipeline.expire(name, 2 * WINDOW_SECONDS)
            answers = await pipeline.execute()
        return dict(zip(sent, answers[:-1], strict=True))

    def _fall_silent(self, error: Exception) -> None:
        if self.redis_answers:
            _log.warning("Redis does not answer; each process limits requests by itself", error=repr(error))
        self._silent_until = self._clock() + BACK_OFF_SECONDS
