"""Asks together what many requests want to know at once: one statement, one round trip, and for writes one commit.

No question waits for company. With nothing under way it is asked in the same turn of the event loop; what comes while
others are being answered is asked when they are, all of it at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")

# How many groups may be under way at once: one is read or written while the next one gathers.
LANES = 2
LARGEST_GROUP = 100


class Batches(Generic[Question, Answer]):
    """Questions of one kind. `answer` takes some and gives their answers in the same order.

    When it fails, every question of its group fails in the same way.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
        *,
        lanes: int = LANES,
        largest: int = LARGEST_GROUP,
    ) -> None:
        self._answer = answer
        self._largest = largest
        self._free_lanes = lanes
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._about_to_start = False
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, question: Question) -> Answer:
        """The answer to one question."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._free_lanes and not self._about_to_start:
            self._about_to_start = True
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        self._about_to_start = False
        while self._waiting and self._free_lanes:
            group, self._waiting = self._waiting[: self._largest], self._waiting[self._largest :]
            self._free_lanes -= 1
            task = asyncio.create_task(self._run(group))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _run(self, group: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._answer([question for question, _ in group])
        except Exception as error:  # noqa: BLE001
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                # A request that was given up no longer waits.
                if not future.done():
                    future.set_result(answer)
        finally:
            self._free_lanes += 1
            self._start()
