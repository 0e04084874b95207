"""Borrowing a connection from a pool, for no longer than a request can wait."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ideation.database import Connection, Pool
from ideation.errors import Unavailable

ACQUIRE_SECONDS = 5.0


async def borrow(pool: Pool) -> "PoolConnectionProxy[asyncpg.Record]":
    """A connection, to be released to its pool; Unavailable when there is none in time."""
    try:
        return await pool.acquire(timeout=ACQUIRE_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable("The database is not available at the moment; try again shortly.") from error


@asynccontextmanager
async def lent(pool: Pool) -> AsyncIterator[Connection]:
    """A connection for the length of the block, without a transaction."""
    connection = await borrow(pool)
    try:
        yield connection
    finally:
        await pool.release(connection)
