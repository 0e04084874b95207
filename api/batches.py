"""Asks together what many requests want to know at once: one statement, one round trip, and for writes one commit.

No question waits for company. With nothing under way it is asked in the same turn of the event loop; what comes while
others are being answered is asked when they are, all of it at once, or after a few milliseconds beside them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")

# How long the next group waits for the one before, so that one that takes long does not hold up everybody.
PATIENCE_SECONDS = 0.005
# How many groups may be under way at once.
LANES = 4
LARGEST_GROUP = 100


class Batches(Generic[Question, Answer]):
    """Questions of one kind. `answer` takes some and gives their answers in the same order.

    When it fails, or gives more or fewer answers, every question of its group fails in the same way.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
    ) -> None:
        self._answer = answer
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._next_start: asyncio.Handle | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer to one question."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._next_start is None:
            self._next_start = (
                loop.call_later(PATIENCE_SECONDS, self._start) if self._running else loop.call_soon(self._start)
            )
        return await future

    def _start(self) -> None:
        """Ask what waits, unless too much is under way already: then the end of a group starts the next one."""
        if self._next_start is not None:
            self._next_start.cancel()
            self._next_start = None
        if not self._waiting or len(self._running) >= LANES:
            return
        group, self._waiting = self._waiting[:LARGEST_GROUP], self._waiting[LARGEST_GROUP:]
        task = asyncio.create_task(self._run(group))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start()

    async def _run(self, group: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        # A request that was given up no longer waits; everybody else gets an answer or an error, whatever happens.
        try:
            answers = await self._answer([question for question, _ in group])
            for (_, future), answer in list(zip(group, answers, strict=True)):
                if not future.done():
                    future.set_result(answer)
        except Exception as error:  # noqa: BLE001
            _fail(group, error)
        except asyncio.CancelledError:
            # Not passed on as it is: to the waiting request it would look as if the request itself were cancelled.
            _fail(group, RuntimeError("the group that this question was asked in was cancelled"))
            raise


def _fail(group: list[tuple[Question, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error)
