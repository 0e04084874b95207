"""Live pages: while somebody watches, a pulse tells every watcher of every process when there is something new.

The pulse reads a mark from PostgreSQL, in one process at a time for each topic, and passes it on through Litestar's
channels on Redis. Writing requests pay nothing for it, and its cost does not grow with the number of watchers. Without
Redis nobody is told anything and no page breaks: streams end, and pages go back to being reloaded.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.redis import RedisChannelsPubSubBackend
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.background import Repeating
from api.pools import lent
from ideation.actions.live import read_mark
from ideation.errors import Unavailable

if TYPE_CHECKING:
    from api.platform import Platform

PULSE_SECONDS = 2.0
# A stream ends after so long without a pulse, and anyway after so long, so that no old process is kept by it.
SILENT_SECONDS = 12.0
STREAM_SECONDS = 300.0
_REDIS_TIMEOUT_SECONDS = 1.0
_RECONNECT_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class PatientBackend(RedisChannelsPubSubBackend):
    """Litestar's channels on Redis publish/subscribe, which outlive a Redis that goes and comes back."""

    def __init__(self, redis_url: str) -> None:
        redis = Redis.from_url(redis_url, socket_connect_timeout=_REDIS_TIMEOUT_SECONDS, retry=None)
        super().__init__(redis=redis)

    async def stream_events(self) -> "AsyncIterator[tuple[str, Any]]":  # type: ignore[override]
        """Events as they come; subscriptions are renewed by the client once Redis answers again."""
        while True:
            try:
                async for event in super().stream_events():
                    yield event
            except (RedisError, OSError) as error:
                _log.warning("live updates wait for Redis", error=repr(error))
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def on_shutdown(self) -> None:
        """Close both connections."""
        await super().on_shutdown()
        await self._redis.aclose()


class Live:
    """The topics that are watched in this process, and the pulse that serves them."""

    def __init__(self, platform: "Platform") -> None:
        self.channels = ChannelsPlugin(
            backend=PatientBackend(platform.settings.redis_url),
            arbitrary_channels_allowed=True,
            subscriber_max_backlog=10,
            subscriber_backlog_strategy="dropleft",
        )
        self._platform = platform
        self._watched: Counter[str] = Counter()
        self._stopping = asyncio.Event()
        self._redis: Redis | None = None
        self._repeating = Repeating("live pulse", PULSE_SECONDS, self.pulse)

    def start(self) -> None:
        """Begin the pulse."""
        self._redis = Redis.from_url(
            self._platform.settings.redis_url,
            socket_timeout=_REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=_REDIS_TIMEOUT_SECONDS,
            retry=None,
        )
        self._repeating.start()

    def end_streams(self) -> None:
        """The process is about to stop: nobody shall be kept waiting by a stream."""
        self._stopping.set()

    async def stop(self) -> None:
        """End the streams and the pulse."""
        self.end_streams()
        await self._repeating.stop()
        if self._redis is not None:
            await self._redis.aclose()

    async def pulse(self) -> None:
        """Tell the watchers of each topic its mark, unless another process has just done so."""
        for topic in list(self._watched):
            if await self._is_mine(topic):
                async with lent(self._platform.readers) as connection:
                    mark = await read_mark(connection, topic, self._platform.clock())
                await self.channels.wait_published(hashlib.sha256(mark.encode()).hexdigest()[:16], topic)

    async def _is_mine(self, topic: str) -> bool:
        assert self._redis is not None
        milliseconds = int(PULSE_SECONDS * 900)
        return bool(await self._redis.set(f"ideation:pulse:{topic}", b"1", nx=True, px=milliseconds))

    async def marks(self, topic: str) -> AsyncIterator[str]:
        """The topic's mark whenever it has changed, and first of all; ends when Redis is silent, or after a while."""
        try:
            subscriber = await self.channels.subscribe(topic)
        except (RedisError, OSError) as error:
            raise Unavailable("Live updates are not available at the moment; reload the page instead.") from error
        return self._follow(topic, subscriber)

    async def _follow(self, topic: str, subscriber: Any) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        ends_at, last = loop.time() + STREAM_SECONDS, None
        events = subscriber.iter_events()
        try:
            with self._watching(topic):
                while loop.time() < ends_at and not self._stopping.is_set():
                    mark = await self._next(events)
                    if mark is None:
                        return
                    if mark != last:
                        last = mark
                        yield mark
        finally:
            await self._unsubscribe(topic, subscriber)

    async def _next(self, events: AsyncIterator[bytes]) -> str | None:
        """The next pulse; None when none comes in time, or the process is stopping."""
        coming, stopping = asyncio.ensure_future(anext(events)), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({coming, stopping}, timeout=SILENT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            return coming.result().decode() if coming.done() else None
        finally:
            coming.cancel()
            stopping.cancel()

    async def _unsubscribe(self, topic: str, subscriber: Any) -> None:
        try:
            await self.channels.unsubscribe(subscriber, topic)
        except (RedisError, OSError):
            _log.info("unsubscribed while Redis was away", topic=topic)

    @contextmanager
    def _watching(self, topic: str) -> Iterator[None]:
        self._watched[topic] += 1
        try:
            yield
        finally:
            self._watched[topic] -= 1
            if not self._watched[topic]:
                del self._watched[topic]
