"""Answers that are files: sent as they are read, from a connection of their own that sees one moment."""

from collections.abc import AsyncIterator, Callable

from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from api.platform import Platform
from ideation.actions.tables import TableFormat
from ideation.database import Connection

_CHUNK_BYTES = 64 * 1024
_MEDIA_TYPES: dict[TableFormat, str] = {"csv": "text/csv", "jsonl": "application/jsonl"}

# For the API's description, which knows one media type an answer.
FILE_RESPONSE = {
    200: ResponseSpec(
        str,
        generate_examples=False,
        media_type=_MEDIA_TYPES["jsonl"],
        description="One JSON object a line; with `format=csv` the same as text/csv.",
    )
}

ReadLines = Callable[[Connection], AsyncIterator[bytes]]


def download(platform: Platform, name: str, table_format: TableFormat, read_lines: ReadLines) -> Stream:
    """The lines as a file `name`.`table_format`; nothing but a few of them is ever in memory."""
    return Stream(
        _chunks(platform, read_lines),
        media_type=_MEDIA_TYPES[table_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{table_format}"'},
    )


async def _chunks(platform: Platform, read_lines: ReadLines) -> AsyncIterator[bytes]:
    async with (
        platform.readers.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        chunk = bytearray()
        async for line in read_lines(connection):
            chunk += line
            if len(chunk) >= _CHUNK_BYTES:
                yield bytes(chunk)
                chunk.clear()
        yield bytes(chunk)
