"""Rows as a file, a few at a time: JSON Lines for programs, CSV for spreadsheets."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from typing import Any, Literal

import msgspec

from ideation.rules.transfer import guard_csv_cell

TableFormat = Literal["jsonl", "csv"]


def write_table(
    rows: AsyncIterator[Any], row_type: type[msgspec.Struct], table_format: TableFormat
) -> AsyncIterator[bytes]:
    """The rows, all of one struct type, as the bytes of a file; CSV has a header even without rows."""
    return _csv(rows, row_type) if table_format == "csv" else _jsonl(rows)


async def _jsonl(rows: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    async for row in rows:
        yield msgspec.json.encode(row) + b"\n"


async def _csv(rows: AsyncIterator[Any], row_type: type[msgspec.Struct]) -> AsyncIterator[bytes]:
    yield _record(field.name for field in msgspec.structs.fields(row_type))
    async for row in rows:
        yield _record(_cell(value) for value in msgspec.to_builtins(row).values())


def _record(cells: Iterable[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guard_csv_cell(value)
    return msgspec.json.encode(value).decode()
