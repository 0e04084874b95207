"""Counts the statements that the application sends to PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

_SENDING = ("execute", "executemany", "fetch", "fetchrow", "fetchval")


class Sent:
    """The statements sent within a block, in their order."""

    def __init__(self) -> None:
        self.statements: list[str] = []


@contextmanager
def statements_sent() -> Iterator[Sent]:
    """What goes to the database until the end of the block, from every connection of this process."""
    sent = Sent()
    before = {name: getattr(asyncpg.Connection, name) for name in _SENDING}
    for name, method in before.items():
        setattr(asyncpg.Connection, name, _noted(sent, method))
    try:
        yield sent
    finally:
        for name, method in before.items():
            setattr(asyncpg.Connection, name, method)


def _noted(sent: Sent, method: Callable[..., Any]) -> Callable[..., Any]:
    async def send(self: Any, statement: str, *arguments: Any, **more: Any) -> Any:
        sent.statements.append(statement)
        return await method(self, statement, *arguments, **more)

    return send
