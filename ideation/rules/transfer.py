"""What a line of an import must look like, and which records a stream of bytes holds."""

import csv
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ideation.entities.challenges import VotingMethod
from ideation.entities.fields import in_words
from ideation.entities.transfer import (
    CommentLine,
    DecisionLine,
    IdeaLine,
    Line,
    LineKind,
    PersonLine,
    ReviewLine,
    VoteLine,
)
from ideation.errors import Invalid

MAX_LINE_BYTES = 400_000

_DECODER = msgspec.json.Decoder(Line)
_STRUCTS: dict[LineKind, type[Line]] = {
    "person": PersonLine,
    "idea": IdeaLine,
    "vote": VoteLine,
    "comment": CommentLine,
    "review": ReviewLine,
    "decision": DecisionLine,
}
_LIST_COLUMNS = frozenset({"tags", "co_authors"})
_LIST_SEPARATOR = ";"
_SCORE_PREFIX = "score."
# Cells that a spreadsheet would run as a formula travel behind an apostrophe; so do those that begin with one already.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def parse_json_line(record: bytes) -> Line:
    """One JSON Lines record; Invalid says what is wrong with it."""
    _require_sensible_length(record)
    try:
        line: Line = _DECODER.decode(record)
        return line
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error) from None


def _malformed(error: Exception) -> Invalid:
    message = in_words(str(error))
    return Invalid(message, reason="line-malformed", message=message)


def parse_csv_header(record: bytes) -> list[str]:
    """The column names of a CSV file."""
    try:
        header = next(csv.reader([_decode(record)]), [])
    except csv.Error as error:
        raise Invalid(f"The first line of a CSV file must name its columns: {error}.", reason="csv-columns") from None
    if not header or len(set(header)) != len(header):
        raise Invalid("The first line of a CSV file must name its columns, each once.", reason="csv-columns")
    return header


def parse_csv_record(kind: LineKind, header: list[str], record: bytes) -> Line:
    """One CSV record as a line of the given kind; empty cells count as not given."""
    _require_sensible_length(record)
    try:
        cells = next(csv.reader(_decode(record).splitlines(keepends=True), strict=True), [])
        if len(cells) != len(header):
            raise Invalid(
                f"{len(cells)} cells where the header has {len(header)}.",
                reason="line-cells",
                cells=len(cells),
                columns=len(header),
            )
        line: Line = msgspec.convert(_line_values(header, cells), _STRUCTS[kind], strict=False)
        return line
    except (msgspec.ValidationError, csv.Error) as error:
        raise _malformed(error) from None


def take_lines(buffer: bytearray) -> Iterator[bytes]:
    """Remove and yield every finished line of the buffer, without its line feed."""
    while (end := buffer.find(b"\n")) >= 0:
        line = bytes(buffer[:end])
        del buffer[: end + 1]
        yield line


def guard_csv_cell(cell: str) -> str:
    """The cell as an export writes it: never something a spreadsheet runs."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard_csv_cell(cell: str) -> str:
    """The cell as it was before `guard_csv_cell`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def vote_value(method: VotingMethod, line: VoteLine) -> int | None:
    """The number stored for an answer, or Invalid when this challenge is not voted on in that way."""
    if line.answer == "skip" and line.dealt:
        return None
    allowed: dict[VotingMethod, dict[str | int, int]] = {
        VotingMethod.YES_NO: {"yes": 1, "no": 0},
        VotingMethod.UP_VOTE: {"yes": 1},
        VotingMethod.STARS: {stars: stars for stars in range(1, 6)},
    }
    answers = allowed.get(method, {})
    if line.answer not in answers:
        raise Invalid(
            f"The answer '{line.answer}' is not one this challenge ({method}) can have.",
            reason="line-answer",
            answer=line.answer,
        )
    return answers[line.answer]


def _line_values(header: list[str], cells: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, cell in zip(header, map(unguard_csv_cell, cells), strict=True):
        if cell == "" or column == "kind":
            continue
        if column.startswith(_SCORE_PREFIX):
            values.setdefault("scores", {})[column.removeprefix(_SCORE_PREFIX)] = cell
        elif column in _LIST_COLUMNS:
            values[column] = [part.strip() for part in cell.split(_LIST_SEPARATOR) if part.strip()]
        else:
            values[column] = cell
    return values


def _require_sensible_length(record: bytes) -> None:
    if len(record) > MAX_LINE_BYTES:
        raise Invalid(
            f"The line has {len(record)} bytes; at most {MAX_LINE_BYTES} are taken.",
            reason="line-long",
            maximum=MAX_LINE_BYTES,
        )


def _decode(record: bytes) -> str:
    try:
        return record.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The line is not UTF-8 text.", reason="line-not-text") from None


class RecordReader:
    """Cuts a stream of bytes into numbered records and parses each; what cannot be parsed comes as the reason why.

    With `kind` the stream is CSV with a header and every record is of that kind; otherwise it is JSON Lines. A number
    is the line on which the record starts. Empty lines are passed over.
    """

    def __init__(self, kind: LineKind | None = None) -> None:
        self._kind = kind
        self._header: list[str] | None = None
        self._buffer = bytearray()
        self._record = bytearray()
        self._quotes = 0
        self._record_number = 0
        self._lines_read = 0

    def feed(self, chunk: bytes) -> Iterator[tuple[int, Line | Invalid]]:
        """The records that this chunk completes."""
        self._buffer += chunk
        for line in take_lines(self._buffer):
            yield from self._take(line)
        if len(self._buffer) > MAX_LINE_BYTES:
            raise Invalid(
                f"Line {self._lines_read + 1} is longer than {MAX_LINE_BYTES} bytes.",
                reason="file-line-long",
                line=self._lines_read + 1,
                maximum=MAX_LINE_BYTES,
            )

    def finish(self) -> Iterator[tuple[int, Line | Invalid]]:
        """The last record, when the stream does not end in a line break."""
        rest, self._buffer = bytes(self._buffer), bytearray()
        if rest:
            yield from self._take(rest)
        if self._record:
            yield self._record_number, Invalid("The file ends inside quotes.", reason="file-open-quotes")

    def _take(self, line: bytes) -> Iterator[tuple[int, Line | Invalid]]:
        self._lines_read += 1
        if not self._record:
            self._record_number = self._lines_read
        # Counted line by line: looking at the whole record again for each of its lines would take for ever.
        self._quotes += line.count(b'"')
        self._record += line
        if self._kind is not None and self._quotes % 2 == 1:
            self._record += b"\n"
            if len(self._record) > MAX_LINE_BYTES:
                raise Invalid(
                    f"The record at line {self._record_number} is longer than {MAX_LINE_BYTES} bytes.",
                    reason="file-line-long",
                    line=self._record_number,
                    maximum=MAX_LINE_BYTES,
                )
            return
        record = bytes(self._record).removesuffix(b"\r")
        self._record.clear()
        self._quotes = 0
        if record.strip():
            yield from self._parse(record)

    def _parse(self, record: bytes) -> Iterator[tuple[int, Line | Invalid]]:
        if self._kind is not None and self._header is None:
            self._header = parse_csv_header(record)
            return
        try:
            yield self._record_number, self._parsed(record)
        except Invalid as error:
            yield self._record_number, error

    def _parsed(self, record: bytes) -> Line:
        if self._kind is None or self._header is None:
            return parse_json_line(record)
        return parse_csv_record(self._kind, self._header, record)
