"""Whether a file can be what somebody says it is, judged by its beginning, before a line of it is taken."""

import csv
from tempfile import SpooledTemporaryFile

import msgspec

from ideation.entities.transfer import (
    CommentLine,
    DecisionLine,
    IdeaLine,
    LineKind,
    PersonLine,
    ReviewLine,
    VoteLine,
)

_HEAD_BYTES = 8_192
_STRUCTS: dict[LineKind, type[msgspec.Struct]] = {
    "person": PersonLine,
    "idea": IdeaLine,
    "vote": VoteLine,
    "comment": CommentLine,
    "review": ReviewLine,
    "decision": DecisionLine,
}
# Several columns, `score.` and the key of a criterion, stand for this field.
_SPREAD = {"scores"}


def what_is_wrong(file: SpooledTemporaryFile[bytes], kind: LineKind | None) -> str | None:
    """The key of a text about why this is no JSON Lines file, or no CSV file of this kind; None where it may be.

    The file is left at its beginning.
    """
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if not head.strip():
        return "imports.empty"
    text = _as_text(head)
    if text is None:
        return "imports.not_text"
    if kind is None:
        return None if text.lstrip().startswith("{") else "imports.not_jsonl"
    return _wrong_header(text.splitlines()[0], kind)


def _as_text(head: bytes) -> str | None:
    if b"\0" in head:
        return None
    try:
        # The head may end within a letter of up to four bytes.
        return (
            head[: max(len(head) - 3, 1)].decode("utf-8-sig") if len(head) == _HEAD_BYTES else head.decode("utf-8-sig")
        )
    except UnicodeDecodeError:
        return None


def _wrong_header(line: str, kind: LineKind) -> str | None:
    if line.lstrip().startswith("{"):
        return "imports.not_csv"
    columns = set(next(csv.reader([line]), []))
    needed = {field.name for field in msgspec.structs.fields(_STRUCTS[kind]) if field.required} - _SPREAD
    if needed <= columns:
        return None
    return "imports.semicolons" if needed <= set(line.replace('"', "").split(";")) else "imports.columns"
