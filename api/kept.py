"""Figures about whole large challenges, kept until something of the challenge changes or half a minute has passed.

Counting through tens of thousands of ideas takes longer than a page may. Small challenges are always counted anew. What
is kept must not depend on who asks: whoever calls has checked that the person may see it. What moderators, authors and
owners take away or edit is so at once, in every process: the mark that the figures are kept under changes with it. New
comments may be half a minute late.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from ideation.actions.live import is_large, read_mark, topic_of
from ideation.database import Connection

KEPT_SECONDS = 30.0
_MOST_KEPT = 200

Figures = TypeVar("Figures")


class Kept:
    """The kept figures of one process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[str, float, Any]] = OrderedDict()
        self._busy: defaultdict[Hashable, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def recall(
        self,
        connection: Connection,
        challenge_id: UUID,
        what: Hashable,
        now: datetime,
        count: Callable[[], Awaitable[Figures]],
    ) -> Figures:
        """These figures of a challenge: kept ones where they still hold, else counted, once for all who wait."""
        if not await is_large(connection, challenge_id):
            return await count()
        mark, key = await read_mark(connection, topic_of(challenge_id), now), (challenge_id, what)
        async with self._busy[key]:
            found: Figures | None = self._find(key, mark)
            if found is None:
                found = await count()
                self._keep(key, mark, found)
        return found

    def _find(self, key: Hashable, mark: str) -> Any:
        kept_mark, until, figures = self._kept.get(key, ("", 0.0, None))
        return figures if kept_mark == mark and asyncio.get_running_loop().time() < until else None

    def _keep(self, key: Hashable, mark: str, figures: Any) -> None:
        now = asyncio.get_running_loop().time()
        self._kept[key] = (mark, now + KEPT_SECONDS, figures)
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST_KEPT or self._oldest_until() < now:
            gone, _ = self._kept.popitem(last=False)
            self._busy.pop(gone, None)

    def _oldest_until(self) -> float:
        _, until, _ = next(iter(self._kept.values()))
        return until
