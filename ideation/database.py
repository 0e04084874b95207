"""Connections to PostgreSQL: one way to open them, with JSON and vectors decoded alike everywhere."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import asyncpg
import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    # A plain connection or one that a pool lends: actions and queries take either.
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
    _PlainConnection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    # asyncpg's classes take no parameters at run time.
    Connection: TypeAlias = asyncpg.Connection
    Pool: TypeAlias = asyncpg.Pool
    _PlainConnection: TypeAlias = asyncpg.Connection

Plans: TypeAlias = Literal["auto", "force_generic_plan"]

_VECTOR_HEADER = np.dtype(">u2")

# A request that waits longer has lost its person anyway; what it holds is freed for the others.
_SERVER_LIMITS = {
    "application_name": "ideation-api",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}


class _PooledConnection(_PlainConnection):
    """A pool's connection that is lent again as it is: nothing here changes a session, so nothing is reset."""

    def get_reset_query(self) -> str:
        return ""


async def open_connection(database_url: str) -> Connection:
    """One connection, for a job or a command; the caller closes it."""
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await prepare_connection(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


async def open_pool(database_url: str, *, size: int, read_only: bool = False, plans: Plans = "auto") -> Pool:
    """A pool for a server process; connections are opened as they are needed, so PostgreSQL may start later.

    `plans="force_generic_plan"` is for statements without optional filters: they are planned once a connection, while
    PostgreSQL by itself plans again for every length of an array, which can take longer than the statement.
    """
    return await asyncpg.create_pool(
        database_url,
        min_size=0,
        max_size=size,
        init=prepare_connection,
        timeout=5,
        connection_class=_PooledConnection,
        server_settings={
            "default_transaction_read_only": "on" if read_only else "off",
            "plan_cache_mode": plans,
            **_SERVER_LIMITS,
        },
    )


async def prepare_connection(connection: Connection) -> None:
    """Teach a new connection our types: jsonb as Python values, pgvector's vector as float32 arrays."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_json, decoder=msgspec.json.decode, format="text"
    )
    await connection.set_type_codec(
        "vector", schema="public", encoder=encode_vector, decoder=_decode_vector, format="binary"
    )


def _encode_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def encode_vector(values: NDArray[np.float32] | bytes) -> bytes:
    """A vector as pgvector sends it, shape (dimensions,); one that is encoded already stays as it is.

    Several are passed encoded: asyncpg takes arrays within a list for further dimensions of an array.
    """
    if isinstance(values, bytes):
        return values
    return np.array([len(values), 0], dtype=_VECTOR_HEADER).tobytes() + np.asarray(values, dtype=">f4").tobytes()


def _decode_vector(data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, dtype=">f4", offset=4).astype(np.float32)
