"""Live pages: while somebody watches, a pulse tells every watcher of every process when there is something new.

The pulse reads a mark from PostgreSQL, in one process at a time for each topic, and passes it on through Litestar's
channels on Redis. Writing requests pay nothing for it, and its cost does not grow with the number of watchers. Without
Redis nobody is told anything and no page breaks: streams end, and pages go back to being reloaded.

A stream lasts no longer than the right to it: every few seconds each process asks for the credentials of all its
streams at once, and ends those of people who were kept out, signed out, or given other rights.
"""

import asyncio
import hashlib
import resource
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.base import ChannelsBackend
from litestar.channels.backends.redis import RedisChannelsPubSubBackend

from api.background import Repeating
from api.pools import lent
from api.redis_client import RedisClient, redis_errors
from ideation.actions.live import read_mark
from ideation.entities.sign_in import Credential
from ideation.errors import Unavailable

if TYPE_CHECKING:
    from api.platform import Platform

PULSE_SECONDS = 2.0
# A stream ends after so long without a pulse, and anyway after so long, so that no old process is kept by it.
SILENT_SECONDS = 12.0
STREAM_SECONDS = 300.0
# So often a stream says something even without news: it finds out that its watcher has gone, and no proxy cuts it.
HEARTBEAT_SECONDS = 20.0
# A stream outlives the sign-in it was opened with by no more than this and the time of one statement.
CALLERS_SECONDS = 3.0
# Streams take at most this share of the files a process may open, so that requests still find room.
_SHARE_OF_FILES = 0.5
_REDIS_TIMEOUT_SECONDS = 1.0
_RECONNECT_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class PatientBackend(ChannelsBackend):
    """Litestar's channels on Redis publish/subscribe, which outlive a Redis that goes and comes back."""

    def __init__(self, redis_url: str) -> None:
        self._redis = RedisClient(redis_url)
        self._channels: RedisChannelsPubSubBackend | None = None
        self._watched = asyncio.Event()

    async def on_startup(self) -> None:
        """Nothing yet: Redis is asked when somebody watches."""

    async def on_shutdown(self) -> None:
        """Close both connections."""
        if self._channels is not None:
            await self._channels.on_shutdown()
        await self._redis.close()

    async def publish(self, data: bytes, channels: Iterable[str]) -> None:
        """Publish to all processes."""
        await (await self._open()).publish(data, channels)

    async def subscribe(self, channels: Iterable[str]) -> None:
        """Hear what is published on these channels."""
        await (await self._open()).subscribe(channels)
        self._watched.set()

    async def unsubscribe(self, channels: Iterable[str]) -> None:
        """Hear no more of these channels."""
        await (await self._open()).unsubscribe(channels)

    async def stream_events(self) -> AsyncGenerator[tuple[str, bytes], None]:
        """Events as they come; subscriptions are renewed by the client once Redis answers again."""
        await self._watched.wait()
        while True:
            try:
                async for event in (await self._open()).stream_events():
                    yield event
            except redis_errors() as error:
                _log.warning("live updates wait for Redis", error=repr(error))
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def get_history(self, channel: str, limit: int | None = None) -> list[bytes]:  # noqa: ARG002
        """Nothing is kept."""
        return []

    async def _open(self) -> RedisChannelsPubSubBackend:
        redis = await self._redis.get()
        if self._channels is None:
            self._channels = RedisChannelsPubSubBackend(redis=redis)
        return self._channels


def _most_streams() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if files == resource.RLIM_INFINITY else int(_SHARE_OF_FILES * files)


class _Stream:
    """One watcher: of what, by which credential, and whether the stream has to end."""

    def __init__(self, topic: str, credential: Credential) -> None:
        self.topic = topic
        self.credential = credential
        self.ending = asyncio.Event()


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
        self._streams: set[_Stream] = set()
        self._most_streams = _most_streams()
        self._stopping = False
        self._redis = RedisClient(platform.settings.redis_url, answer_seconds=_REDIS_TIMEOUT_SECONDS)
        self._repeating = (
            Repeating("live pulse", PULSE_SECONDS, self.pulse),
            Repeating("callers of live streams", CALLERS_SECONDS, self.check_callers),
        )

    def start(self) -> None:
        """Begin the pulse."""
        for repeating in self._repeating:
            repeating.start()

    def end_streams(self) -> None:
        """The process is about to stop: nobody shall be kept waiting by a stream."""
        self._stopping = True
        for stream in self._streams:
            stream.ending.set()

    async def stop(self) -> None:
        """End the streams and the pulse."""
        self.end_streams()
        for repeating in self._repeating:
            await repeating.stop()
        await self._redis.close()

    async def pulse(self) -> None:
        """Tell the watchers of each topic its mark, unless another process has just done so."""
        for topic in {stream.topic for stream in self._streams}:
            if await self._is_mine(topic):
                async with lent(self._platform.readers) as connection:
                    mark = await read_mark(connection, topic, self._platform.clock())
                await self.channels.wait_published(hashlib.sha256(mark.encode()).hexdigest()[:16], topic)

    async def check_callers(self) -> None:
        """End the streams whose credentials no longer stand for the same person with the same rights."""
        streams = list(self._streams)
        if not streams:
            return
        credentials = {stream.credential for stream in streams}
        valid = await self._platform.callers.still_valid(credentials, self._platform.clock())
        for stream in streams:
            if stream.credential not in valid:
                stream.ending.set()

    async def _is_mine(self, topic: str) -> bool:
        milliseconds = int(PULSE_SECONDS * 900)
        redis = await self._redis.get()
        return bool(await redis.set(f"ideation:pulse:{topic}", b"1", nx=True, px=milliseconds))

    async def marks(self, topic: str, credential: Credential) -> AsyncIterator[str | None]:
        """The topic's mark whenever it has changed, and first of all; None now and then when it has not.

        Ends with the right of the credential, when Redis is silent, or after a while. Unavailable without Redis, and
        when too many are watching already.
        """
        if len(self._streams) >= self._most_streams:
            raise Unavailable("Too many pages are kept up to date at the moment; reload the page instead.")
        try:
            subscriber = await self.channels.subscribe(topic)
        except redis_errors() as error:
            raise Unavailable("Live updates are not available at the moment; reload the page instead.") from error
        return self._follow(_Stream(topic, credential), subscriber)

    async def _follow(self, stream: _Stream, subscriber: Any) -> AsyncIterator[str | None]:
        loop = asyncio.get_running_loop()
        ends_at, last, said_at = loop.time() + STREAM_SECONDS, None, loop.time()
        events = subscriber.iter_events()
        try:
            with self._watching(stream):
                while loop.time() < ends_at:
                    mark = await _next(events, stream.ending)
                    if mark is None:
                        return
                    if mark != last or loop.time() >= said_at + HEARTBEAT_SECONDS:
                        yield None if mark == last else mark
                        last, said_at = mark, loop.time()
        finally:
            await self._unsubscribe(stream.topic, subscriber)

    async def _unsubscribe(self, topic: str, subscriber: Any) -> None:
        try:
            await self.channels.unsubscribe(subscriber, topic)
        except redis_errors():
            _log.info("unsubscribed while Redis was away", topic=topic)

    @contextmanager
    def _watching(self, stream: _Stream) -> Iterator[None]:
        if self._stopping:
            stream.ending.set()
        self._streams.add(stream)
        try:
            yield
        finally:
            self._streams.remove(stream)


async def _next(events: AsyncIterator[bytes], ending: asyncio.Event) -> str | None:
    """The next pulse; None when none comes in time, or the stream has to end."""
    coming, told = asyncio.ensure_future(anext(events)), asyncio.ensure_future(ending.wait())
    try:
        await asyncio.wait({coming, told}, timeout=SILENT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return coming.result().decode() if coming.done() and not ending.is_set() else None
    finally:
        coming.cancel()
        told.cancel()
