"""Counts the statements that the application sends to PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg

_SENDING = ("execute", "executemany", "fetch", "fetchrow", "fetchval")


class Sent:
    """The statements sent within a block, in their order."""

    def __init__(self) -> None:
        self.statements: list[str] = []


_noting: ContextVar[Sent | None] = ContextVar("_noting", default=None)


@contextmanager
def statements_sent() -> Iterator[Sent]:
    """What the block sends to the database, over any connection; what runs beside it in this process does not count."""
    sent = Sent()
    outside = _noting.set(sent)
    before = {name: getattr(asyncpg.Connection, name) for name in _SENDING}
    for name, method in before.items():
        setattr(asyncpg.Connection, name, _noted(method))
    try:
        yield sent
    finally:
        for name, method in before.items():
            setattr(asyncpg.Connection, name, method)
        _noting.reset(outside)


def _noted(method: Callable[..., Any]) -> Callable[..., Any]:
    async def send(self: Any, statement: str, *arguments: Any, **more: Any) -> Any:
        sent = _noting.get()
        if sent is not None:
            sent.statements.append(statement)
        return await method(self, statement, *arguments, **more)

    return send
