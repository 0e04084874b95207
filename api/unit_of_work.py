"""One request is one transaction: committed when the handler is done, and before a byte of the answer is sent.

A complete answer is held back until the commit. When that fails, the person gets a problem, never a success.
A streamed answer of a reading request goes out as it comes, its connection staying open to the end.
"""

from contextlib import suppress
from datetime import datetime
from typing import cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from asyncpg.transaction import Transaction
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from api.bodies import read_ahead
from api.idempotency import Claim, keep_answer
from api.platform import Platform, platform_of
from api.pools import borrow
from api.problems import send_problem
from ideation.database import Connection, Pool
from ideation.entities.sign_in import Credential

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class UnitOfWork:
    """What one request holds: its time, its person once known, and its connection once somebody asks for it."""

    def __init__(
        self, platform: Platform, *, writes: bool, one_statement: bool = False, planned_once: bool = False
    ) -> None:
        self.platform = platform
        self.writes = writes
        self._needs_transaction = writes and not one_statement
        self._planned_once = planned_once
        self.now: datetime = platform.clock()
        self.credential: Credential | None = None
        # Whether the credentials were looked at already; without any, `credential` stays None.
        self.identified = False
        self.claim: Claim | None = None
        self._connection: PoolConnectionProxy[asyncpg.Record] | None = None
        self._transaction: Transaction | None = None

    async def connection(self) -> Connection:
        """This request's connection: in a transaction if the request may write, otherwise one that refuses to."""
        if self._connection is None:
            self._connection = await borrow(self._pool)
            if self._needs_transaction:
                self._transaction = self._connection.transaction()
                await self._transaction.start()
        return self._connection

    async def commit(self) -> None:
        """Make everything lasting, and give the connection back."""
        try:
            if self._transaction is not None:
                transaction, self._transaction = self._transaction, None
                await transaction.commit()
        finally:
            await self.release()

    async def release(self) -> None:
        """Take back what was not committed, and give the connection back; a second call does nothing."""
        connection, self._connection = self._connection, None
        transaction, self._transaction = self._transaction, None
        if connection is None:
            return
        try:
            if transaction is not None and not connection.is_closed():
                await transaction.rollback()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            # A broken connection has rolled back by itself; the pool may have taken its proxy away already.
            with suppress(asyncpg.InterfaceError):
                connection.terminate()
        finally:
            await self._pool.release(connection)

    @property
    def _pool(self) -> Pool:
        if self.writes:
            return self.platform.writers
        return self.platform.planned_readers if self._planned_once else self.platform.readers


def work_of(scope: Scope) -> UnitOfWork:
    """The unit of work of the request with this scope."""
    work: UnitOfWork = scope["state"]["work"]
    return work


class UnitOfWorkMiddleware:
    """Gives each request its unit of work and settles it before the answer leaves.

    A handler says by `opt` what is special about it: `writes`, a GET that must write; `one_statement`, whose whole
    effect is one statement, which is then its transaction and saves two round trips (with an Idempotency-Key there is a
    transaction all the same, for the answer that is kept); `planned_once`, a GET whose statements need no plan of their
    own for each set of filters.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        work = UnitOfWork(
            platform_of(scope["litestar_app"]),
            writes=_writes(cast("HTTPScope", scope)),
            one_statement=_is_one_statement(cast("HTTPScope", scope)),
            planned_once=bool(scope["route_handler"].opt.get("planned_once")),
        )
        scope["state"]["work"] = work
        answer = _Answer(work, send)
        try:
            if scope["method"] not in SAFE_METHODS:  # type: ignore[typeddict-item]
                receive = await read_ahead(cast("HTTPScope", scope), receive, work.platform.settings.max_body_bytes)
            await self._app(scope, receive, answer.take)
            await answer.finish()
        except Exception as error:
            if answer.sent:
                raise
            await work.release()
            await send_problem(scope, receive, send, error)
        finally:
            await work.release()


def _writes(scope: HTTPScope) -> bool:
    return scope["method"] not in SAFE_METHODS or bool(scope["route_handler"].opt.get("writes"))


def _is_one_statement(scope: HTTPScope) -> bool:
    if not scope["route_handler"].opt.get("one_statement"):
        return False
    return all(name != b"idempotency-key" for name, _ in scope["headers"])


class _Answer:
    """The messages of one answer, held back until its transaction is settled."""

    def __init__(self, work: UnitOfWork, send: Send) -> None:
        self.sent = False
        self._work = work
        self._send = send
        self._start: HTTPResponseStartEvent | None = None
        self._body: HTTPResponseBodyEvent | None = None

    async def take(self, message: Message) -> None:
        """Hold the message back if the answer can still be held as a whole, otherwise pass it on."""
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body" and (self.sent or message["more_body"]):
            await self._stream(message)
        elif message["type"] == "http.response.body":
            self._body = message

    async def finish(self) -> None:
        """Settle the transaction as the status says, then send what was held back."""
        if self.sent or self._start is None:
            return
        await self._settle(self._start)
        await self._send(self._start)
        self.sent = True
        if self._body is not None:
            await self._send(self._body)

    async def _stream(self, message: HTTPResponseBodyEvent) -> None:
        if not self.sent and self._start is not None:
            if self._work.writes:
                await self._settle(self._start)
            self.sent = True
            await self._send(self._start)
        await self._send(message)

    async def _settle(self, start: HTTPResponseStartEvent) -> None:
        if start["status"] >= 400:
            await self._work.release()
            return
        if self._work.claim is not None:
            await keep_answer(await self._work.connection(), self._work.claim, start, self._body, self._work.now)
        await self._work.commit()
