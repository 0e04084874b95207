"""Imports of a challenge from the browser: send a file, see how far it is, and read why lines were not taken."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import get_args
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.unit_of_work import work_of
from api.web.forms import EMPTY_FORM, Form
from api.web.import_files import what_is_wrong
from api.web.refusals import word_reason
from api.web.views import View
from ideation.actions import challenges, imports
from ideation.actions.import_lines import Numbered
from ideation.actions.imports import Parsed
from ideation.database import Connection
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.people import Actor
from ideation.entities.transfer import LINE_KINDS, ImportOut, LineKind, Rejection
from ideation.errors import Invalid
from ideation.rules.transfer import RecordReader
from ideation.settings import Settings

_CHUNK_BYTES = 65_536
_BATCH_LINES = 500
# An import that was begun so long ago and is not finished was cut off.
_GOES_ON = timedelta(hours=1)


@get("/challenges/{challenge_id:uuid}/imports")
async def show_all(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """The form for a file, and the imports there were."""
    return await _page(view, connection, actor, challenge_id, now, EMPTY_FORM)


@post(
    "/challenges/{challenge_id:uuid}/imports",
    request_max_body_size=None,
    opt={"idempotency": False, "streams": True},
)
async def send(
    challenge_id: UUID,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    settings: Settings,
    now: datetime,
) -> Response[bytes]:
    """Takes a file whole, batch after batch; sent again, it takes nothing twice."""
    # Who may not import is told before the file is read; and no connection is held while it comes in.
    before = await imports.list_imports(connection, actor, challenge_id, now)
    await work_of(request.scope).release()
    _require_sensible_length(request, settings.import_max_bytes)
    sent = await request.form()
    form, file = Form({"holds": str(sent.get("holds", ""))}), sent.get("file")
    kind = _kind(form.text("holds"))
    if not isinstance(file, UploadFile) or not file.filename:
        form.errors["file"] = "imports.no_file"
    elif (wrong := await asyncio.to_thread(what_is_wrong, file.file, kind)) is not None:
        form.errors["file"] = wrong
    if form.errors or not isinstance(file, UploadFile):
        connection = await work_of(request.scope).connection()
        return await _page(view, connection, actor, challenge_id, now, form, before)
    taken = await _take(request, actor, challenge_id, file, kind)
    return view.redirect(f"/imports/{taken.id}", "import_finished")


@get("/imports/{import_id:uuid}")
async def show(
    import_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """How far an import is, and the lines that were not taken."""
    found = await imports.read_import(connection, actor, import_id, now)
    after_line = int(page.after[0] or 0) if page.after else 0
    rejections = page_out(
        await imports.list_rejections(connection, actor, import_id, after_line, page.limit, now), page
    )
    return view.page(
        "import.html",
        challenge=await challenges.read_challenge(connection, actor, found.challenge_id, now),
        run=found,
        goes_on=_goes_on(found, now),
        rejections=[(line.line_number, _why(view, line)) for line in rejections.items],
        next_cursor=rejections.next_cursor,
    )


async def _page(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    form: Form,
    runs: list[ImportOut] | None = None,
) -> Response[bytes]:
    if runs is None:
        runs = await imports.list_imports(connection, actor, challenge_id, now)
    challenge: ChallengeOut = await challenges.read_challenge(connection, actor, challenge_id, now)
    return view.page(
        "imports.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        form=form,
        kinds=LINE_KINDS,
        runs=[(run, _goes_on(run, now)) for run in runs],
        most_megabytes=view.settings.import_max_bytes // 1_000_000,
    )


async def _take(
    request: AnyRequest, actor: Actor, challenge_id: UUID, file: UploadFile, kind: LineKind | None
) -> ImportOut:
    platform = work_of(request.scope).platform
    async with platform.writers.acquire() as connection, connection.transaction():
        taken = await imports.start_import(
            connection, actor, challenge_id, "jsonl" if kind is None else "csv", file.filename, platform.clock()
        )
    records = _lines(file.file, RecordReader(kind))
    while lines := await asyncio.to_thread(lambda: list(islice(records, _BATCH_LINES))):
        async with platform.writers.acquire() as connection, connection.transaction():
            taken = await imports.take_batch(connection, actor, taken.id, lines, platform.clock())
    async with platform.writers.acquire() as connection, connection.transaction():
        return await imports.finish_import(connection, actor, taken.id, platform.clock())


def _lines(file: SpooledTemporaryFile[bytes], reader: RecordReader) -> Iterator[Numbered[Parsed]]:
    """The records of the file; one that is too long ends it, and is the last that is reported."""
    last = 0
    try:
        while chunk := file.read(_CHUNK_BYTES):
            for last, line in reader.feed(chunk):
                yield Numbered(last, line)
        for last, line in reader.finish():
            yield Numbered(last, line)
    except Invalid as error:
        yield Numbered(last + 1, error)


def _why(view: View, line: Rejection) -> str:
    return line.reason if line.code is None else word_reason(view.texts, line.code, line.details)


def _kind(holds: str) -> LineKind | None:
    if holds == "jsonl":
        return None
    found = next((kind for kind in LINE_KINDS if kind == holds), None)
    if found is None:
        raise ClientException(detail=f"A file holds jsonl or lines of one kind: {', '.join(get_args(LineKind))}.")
    return found


def _require_sensible_length(request: AnyRequest, max_bytes: int) -> None:
    declared = request.headers.get("content-length", "")
    if not declared.isdigit():
        raise ClientException(status_code=411, detail="Say how long the file is.")
    if int(declared) > max_bytes:
        raise ClientException(status_code=413, detail=f"An import has at most {max_bytes} bytes.")


def _goes_on(run: ImportOut, now: datetime) -> bool:
    return run.state == "running" and run.started_at > now - _GOES_ON


handlers = [show_all, send, show]
