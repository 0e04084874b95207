"""Importing and exporting a challenge as JSON Lines or CSV, streamed both ways."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.exceptions import ClientException
from litestar.params import Parameter, QueryParameter
from litestar.response import Stream

from api.dependencies import AnyRequest
from api.downloads import FILE_RESPONSE, download
from api.paging import PageOut, PageRequest, page_out
from api.platform import platform_of
from api.unit_of_work import work_of
from ideation.actions import imports
from ideation.actions.exports import Naming, export_csv, export_jsonl, plan_export
from ideation.actions.import_lines import Numbered
from ideation.actions.imports import Format, Parsed
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.transfer import ImportOut, LineKind, Rejection
from ideation.errors import Invalid
from ideation.rules.transfer import RecordReader
from ideation.settings import Settings

_BATCH_LINES = 500

SourceName = Annotated[str, Parameter(max_length=200, description="What the file is called; shown in the report.")]
Kind = Annotated[LineKind | None, Parameter(description="For CSV: what each record is; a CSV file has one kind.")]


@post("/challenges/{challenge_id:uuid}/imports", summary="Start an import", tags=["transfer"])
async def start(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    file_format: Annotated[Format, QueryParameter(name="format")] = "jsonl",
    source_name: SourceName = "",
) -> ImportOut:
    """Opens an import; its lines are sent to `/v1/imports/{id}/lines`, as often as it takes."""
    return await imports.start_import(connection, actor, challenge_id, file_format, source_name, now)


@post(
    "/imports/{import_id:uuid}/lines",
    summary="Send the file of an import",
    tags=["transfer"],
    status_code=200,
    request_max_body_size=None,
    opt={"idempotency": False, "streams": True},
)
async def send_lines(
    import_id: UUID, request: AnyRequest, actor: Actor, settings: Settings, kind: Kind = None
) -> ImportOut:
    """Takes the file from its first line, streamed; after a broken connection send it again and it goes on.

    Every batch of lines is one transaction. Rejected lines are listed under `/v1/imports/{id}/rejections`.
    """
    platform = platform_of(request.app)
    reader = RecordReader(kind)
    # Who may not import is told before the file is read; and no connection is held while it comes in.
    taken = await imports.read_import(await work_of(request.scope).connection(), actor, import_id, platform.clock())
    await work_of(request.scope).release()
    async for lines in _batches(request, reader, settings.import_max_bytes):
        async with platform.writers.acquire() as connection, connection.transaction():
            taken = await imports.take_batch(connection, actor, import_id, lines, platform.clock())
    return taken


@post("/imports/{import_id:uuid}/finish", summary="Finish an import", tags=["transfer"], status_code=200)
async def finish(import_id: UUID, connection: Connection, actor: Actor, now: datetime) -> ImportOut:
    """Says that the whole file was sent; the workers then look for duplicates and themes and rank."""
    return await imports.finish_import(connection, actor, import_id, now)


@get("/imports/{import_id:uuid}", summary="Read how far an import is", tags=["transfer"])
async def read(import_id: UUID, connection: Connection, actor: Actor, now: datetime) -> ImportOut:
    """Lines done, accepted and rejected so far."""
    return await imports.read_import(connection, actor, import_id, now)


@get("/challenges/{challenge_id:uuid}/imports", summary="List imports of a challenge", tags=["transfer"])
async def list_of_challenge(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[ImportOut]:
    """The hundred newest imports, newest first."""
    return await imports.list_imports(connection, actor, challenge_id, now)


@get("/imports/{import_id:uuid}/rejections", summary="List rejected lines", tags=["transfer"])
async def list_rejections(
    import_id: UUID, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> PageOut[Rejection]:
    """Line number and reason of every line that was not taken, in file order."""
    after_line = int(page.after[0] or 0) if page.after else 0
    found = await imports.list_rejections(connection, actor, import_id, after_line, page.limit, now)
    return page_out(found, page)


@get(
    "/challenges/{challenge_id:uuid}/export",
    summary="Export a challenge",
    tags=["transfer"],
    responses=FILE_RESPONSE,
    opt={"writes": True},
)
async def export(
    challenge_id: UUID,
    request: AnyRequest,
    connection: Connection,
    actor: Actor,
    settings: Settings,
    now: datetime,
    file_format: Annotated[Format, QueryParameter(name="format")] = "jsonl",
    kind: Kind = None,
    people: Naming = "pseudonyms",
) -> Stream:
    """The challenge with its people, ideas, votes, comments, sent reviews and decisions, as lines that import again.

    CSV holds one `kind` a file. People who judged leave as pseudonyms unless an administrator asks for names; where
    authors are sealed, whoever voted does so all the same.
    """
    if file_format == "csv" and kind is None:
        raise Invalid("A CSV file holds one kind of line; name it with `kind`.")
    if file_format == "jsonl" and kind is not None:
        raise Invalid("JSON Lines hold every kind of line; leave `kind` out, or ask for `format=csv`.")
    plan = await plan_export(connection, actor, challenge_id, people, settings.secret_key, now)
    return download(
        platform_of(request.app),
        f"challenge-{challenge_id}{'' if kind is None else f'-{kind}'}",
        file_format,
        lambda reader: export_jsonl(reader, plan) if kind is None else export_csv(reader, plan, kind),
    )


async def _batches(
    request: Request[Any, Any, Any], reader: RecordReader, max_bytes: int
) -> AsyncIterator[list[Numbered[Parsed]]]:
    received = 0
    waiting: list[Numbered[Parsed]] = []
    async for chunk in request.stream():
        received += len(chunk)
        if received > max_bytes:
            raise ClientException(status_code=413, detail=f"An import has at most {max_bytes} bytes.")
        waiting.extend(Numbered(number, line) for number, line in reader.feed(chunk))
        while len(waiting) >= _BATCH_LINES:
            yield waiting[:_BATCH_LINES]
            del waiting[:_BATCH_LINES]
    waiting.extend(Numbered(number, line) for number, line in reader.finish())
    if waiting:
        yield waiting


handlers = [start, send_lines, finish, read, list_of_challenge, list_rejections, export]
