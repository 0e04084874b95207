"""Large results as columns: PostgreSQL's binary COPY, read by numpy without an object for each row."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection

# The signature, flags and the length of an extension that no version has had; at the end a count of fields of -1.
_HEADER_BYTES = 11 + 4 + 4
_TRAILER_BYTES = 2


async def copy_columns(
    connection: Connection, statement: str, *parameters: object, types: Mapping[str, str]
) -> NDArray[np.void]:
    """The rows of a statement as a structured array (n,), with the columns in the order of `types`.

    `types` are numpy's, of the width that PostgreSQL sends, big-endian (">i4" for an integer, ">i8" for microseconds
    since 2000 of a timestamp). ValueError when a column is null or of another width.
    """
    received = bytearray()

    async def take(piece: bytes) -> None:
        received.extend(piece)

    await connection.copy_from_query(statement, *parameters, output=take, format="binary")
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in types.items():
        layout += [(f"{name} bytes", ">i4"), (name, kind)]
    dtype = np.dtype(layout)
    count, left_over = divmod(len(received) - _HEADER_BYTES - _TRAILER_BYTES, dtype.itemsize)
    rows = np.frombuffer(received, dtype, count, _HEADER_BYTES)
    widths = [(rows[f"{name} bytes"] == dtype[name].itemsize).all() for name in types]
    if left_over or not all(widths):
        raise ValueError(f"the result does not consist of {dict(types)} without nulls")
    return rows
