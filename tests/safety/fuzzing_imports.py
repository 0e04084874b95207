"""Made-up files in both import formats: every line is taken or rejected with a reason; none costs another its place."""

import asyncio
import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import httpx
import hypothesis
from hypothesis import HealthCheck, Phase, strategies

from ideation.database import Connection
from ideation.ids import new_id
from tests.factories import NOW, insert
from tests.safety.fuzzing import Tried
from tests.safety.world import World

KINDS = ("person", "idea", "vote", "comment", "review", "decision")
# Refused as a whole: too long a line, a header that names no columns.
_ALLOWED = {200, 413, 422}

Value = strategies.SearchStrategy[Any]


_ODD_TEXT = strategies.text(max_size=30) | strategies.sampled_from(
    [
        "\x00",
        "a\x00b",
        "=1+1",
        "'",
        '"',
        "\n",
        "\r\n",
        ";",
        "\ufeff",
        "\u202e",
        "\U0001f4a1" * 10,
        "x" * 300,
        "\x7f\x1b[0m",
    ]
)
_ODD: Value = (
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | _ODD_TEXT
    | strategies.lists(_ODD_TEXT, max_size=3)
    | strategies.dictionaries(_ODD_TEXT, strategies.integers(), max_size=2)
)
_MOMENT = strategies.sampled_from(
    [
        "2026-02-20T10:00:00Z",
        "2026-02-20T10:00:00+05:30",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "2026-02-30",
    ]
)
_EMAIL = strategies.sampled_from(["ada@example.org", "bob@example.org", "nobody", "ADA@example.org", "a@b"])
_ID = strategies.sampled_from(["i1", "i2", "i3", "c1", "\u00e4" * 200, ""])
_FIELDS: dict[str, dict[str, Value]] = {
    "person": {"email": _EMAIL, "name": _ODD_TEXT, "department": _ODD_TEXT, "site": _ODD_TEXT},
    "idea": {
        "id": _ID,
        "author": _EMAIL,
        "title": _ODD_TEXT,
        "body": _ODD_TEXT,
        "tags": strategies.lists(_ODD_TEXT, max_size=3),
        "co_authors": strategies.lists(_EMAIL, max_size=2),
        "submitted_at": _MOMENT,
    },
    "vote": {
        "idea": _ID,
        "person": _EMAIL,
        "answer": strategies.sampled_from(["yes", "no", "skip", 3, 101, "maybe"]),
        "dealt": strategies.booleans(),
        "position": strategies.integers(-1, 2**70),
        "at": _MOMENT,
    },
    "comment": {"id": _ID, "idea": _ID, "author": _EMAIL, "body": _ODD_TEXT, "parent": _ID, "at": _MOMENT},
    "review": {
        "id": _ID,
        "idea": _ID,
        "reviewer": _EMAIL,
        "scores": strategies.dictionaries(
            strategies.sampled_from(["value", "", "\x00"]), strategies.integers(), max_size=2
        ),
        "comment": _ODD_TEXT,
        "at": _MOMENT,
    },
    "decision": {
        "idea": _ID,
        "outcome": strategies.sampled_from(["selected", "declined", "lost"]),
        "reason": _ODD_TEXT,
        "lesson": _ODD_TEXT,
        "at": _MOMENT,
    },
}


@strategies.composite
def json_lines(draw: Any) -> bytes:
    """Some lines, most of them nearly right."""
    lines: list[bytes] = draw(strategies.lists(_json_line() | strategies.binary(max_size=40), max_size=8))
    return b"\n".join(lines)


@strategies.composite
def _json_line(draw: Any) -> bytes:
    kind = draw(strategies.sampled_from(KINDS))
    line = {"kind": kind, **{name: draw(value) for name, value in _FIELDS[kind].items()}}
    for name in draw(strategies.lists(strategies.sampled_from([*line, "unknown"]), max_size=2)):
        line[name] = draw(_ODD)
    text = json.dumps(line, ensure_ascii=draw(strategies.booleans()))
    return text.encode("utf-8", "surrogatepass")


@strategies.composite
def csv_file(draw: Any, kind: str) -> bytes:
    """A header with the kind's columns or others, and some records."""
    columns = list(_FIELDS[kind])
    if draw(strategies.integers(0, 9)) == 0:
        columns = draw(strategies.lists(_ODD_TEXT | strategies.just("y" * 150_000), max_size=4))
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    for _ in range(draw(strategies.integers(0, 5))):
        cells = [draw(_FIELDS[kind].get(column, _ODD_TEXT)) for column in columns]
        writer.writerow([str(cell) for cell in cells][: draw(strategies.sampled_from([None, None, None, 1]))])
    written: bytes = file.getvalue().encode("utf-8", "surrogatepass")
    ending: bytes = draw(strategies.sampled_from([b"", b"", b"\xff\xfe", b'"', b'a"b,"c\r\n', b"\r\n\r\n"]))
    return written + ending


async def try_imports(
    client: httpx.AsyncClient, connection: Connection, world: World, *, examples: int, derandomize: bool
) -> list[Tried]:
    """Files of both formats, those in CSV of every kind."""
    formats: list[tuple[str, str, strategies.SearchStrategy[bytes]]] = [
        ("import as JSON Lines", "", json_lines()),
        *((f"import as CSV of {kind}", f"?kind={kind}", csv_file(kind)) for kind in KINDS),
    ]
    tried = []
    for name, query, files in formats:
        record = Tried(name, Counter())
        send = partial(_send, client, connection, world, query, record)
        await _run(record, send, files, examples=examples, derandomize=derandomize)
        tried.append(record)
    return tried


async def _run(
    record: Tried,
    send: Callable[[bytes], Coroutine[Any, Any, None]],
    files: strategies.SearchStrategy[bytes],
    *,
    examples: int,
    derandomize: bool,
) -> None:
    settings = hypothesis.settings(
        max_examples=examples,
        derandomize=derandomize,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    loop = asyncio.get_running_loop()

    @hypothesis.given(files)
    def test(content: bytes) -> None:
        asyncio.run_coroutine_threadsafe(send(content), loop).result(timeout=60)

    try:
        await asyncio.to_thread(settings(test))
    except (AssertionError, BaseExceptionGroup) as error:
        record.failure = "\n".join(str(part) for part in getattr(error, "exceptions", [error]))


async def _send(
    client: httpx.AsyncClient, connection: Connection, world: World, query: str, record: Tried, content: bytes
) -> None:
    import_id = new_id()
    file = {"format": "csv" if query else "jsonl", "source_name": "file", "started_at": NOW}
    owner = {"challenge_id": world.ids["challenge"], "started_by": world.people["owner"]}
    await insert(connection, "imports", id=import_id, **file, **owner)
    client_headers = {"Authorization": f"Bearer {world.tokens['administrator']}"}
    answer = await client.post(
        f"http://ideation.test/v1/imports/{import_id}/lines{query}", content=content, headers=client_headers
    )
    record.statuses[answer.status_code] += 1
    assert answer.status_code in _ALLOWED, (answer.status_code, answer.text[:500], content)
    if answer.status_code == 200 and not query:
        lines = [line for line in content.split(b"\n") if line.strip()]
        taken = answer.json()
        assert taken["accepted"] + taken["rejected"] == len(lines), (taken, content)
    reasons = await connection.fetch("SELECT reason FROM import_rejections WHERE import_id = $1", import_id)
    assert all(row["reason"] for row in reasons), content
