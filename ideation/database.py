"""Connections to PostgreSQL: one way to open them, with JSON and vectors decoded alike everywhere."""

from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    # A plain connection or one that a pool lends: actions and queries take either.
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    # asyncpg's classes take no parameters at run time.
    Connection: TypeAlias = asyncpg.Connection
    Pool: TypeAlias = asyncpg.Pool

_VECTOR_HEADER = np.dtype(">u2")


async def open_connection(database_url: str) -> Connection:
    """One connection, for a job or a command; the caller closes it."""
    connection = await asyncpg.connect(database_url, timeout=10)
    await prepare_connection(connection)
    return connection


async def open_pool(database_url: str, *, size: int) -> Pool:
    """A pool for a server process; connections are opened as they are needed."""
    return await asyncpg.create_pool(database_url, min_size=1, max_size=size, init=prepare_connection, timeout=10)


async def prepare_connection(connection: Connection) -> None:
    """Teach a new connection our types: jsonb as Python values, pgvector's vector as float32 arrays."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_json, decoder=msgspec.json.decode, format="text"
    )
    await connection.set_type_codec(
        "vector", schema="public", encoder=_encode_vector, decoder=_decode_vector, format="binary"
    )


def _encode_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _encode_vector(values: NDArray[np.float32]) -> bytes:
    return np.array([len(values), 0], dtype=_VECTOR_HEADER).tobytes() + np.asarray(values, dtype=">f4").tobytes()


def _decode_vector(data: bytes) -> NDArray[np.float32]:
    return np.frombuffer(data, dtype=">f4", offset=4).astype(np.float32)
