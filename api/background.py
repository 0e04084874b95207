"""Tasks that run beside the requests of a process."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_log = structlog.get_logger(__name__)


class Repeating:
    """Calls something again and again until stopped, and once more at the end; its errors are logged, not fatal."""

    def __init__(self, name: str, every_seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._every_seconds = every_seconds
        self._work = work
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._task = asyncio.create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End after a last call; without a start before, nothing happens."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await self._wait()
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001
                _log.warning("background task failed", task=self._name, error=repr(error))

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._every_seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
