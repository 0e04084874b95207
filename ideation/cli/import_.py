"""`ideation import`: the lines of a file, with progress and a report; a run that was cut off goes on where it was."""

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import Progress

from ideation.actions import imports
from ideation.actions.import_lines import Numbered
from ideation.actions.imports import Parsed
from ideation.cli.person import act_as
from ideation.cli.processes import settings_or_exit
from ideation.cli.running import database, run
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.transfer import LINE_KINDS, ImportOut, LineKind
from ideation.rules.transfer import RecordReader

_CHUNK_BYTES = 256_000
_BATCH_LINES = 1_000
_REJECTIONS_SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--challenge", "challenge_id", type=click.UUID, required=True, help="The challenge to import into.")
@click.option("--as", "email", required=True, help="E-mail of whoever runs the challenge, or of an administrator.")
@click.option("--kind", type=click.Choice(LINE_KINDS), help="For CSV: what each record is.")
@click.option("--resume", "import_id", type=click.UUID, help="Go on with an import that was cut off.")
def command(*, file: Path, challenge_id: UUID, email: str, kind: LineKind | None, import_id: UUID | None) -> None:
    """Import FILE (JSON Lines, or CSV with --kind; .gz is unpacked) into a challenge whose ranking is not frozen.

    Lines that do not fit are set aside and told, and the rest is taken; the exit code is then 1.
    """
    run(_import(settings_or_exit().database_url, file, challenge_id, email, kind, import_id))


async def _import(
    database_url: str, file: Path, challenge_id: UUID, email: str, kind: LineKind | None, import_id: UUID | None
) -> None:
    async with database(database_url) as connection:
        actor = await act_as(connection, email)
        running_id = import_id or await _start(connection, actor, challenge_id, file, kind)
        await _send(connection, actor, running_id, file, kind)
        async with connection.transaction():
            finished = await imports.finish_import(connection, actor, running_id, datetime.now(UTC))
        await _report(connection, actor, finished)


async def _start(connection: Connection, actor: Actor, challenge_id: UUID, file: Path, kind: LineKind | None) -> UUID:
    file_format: imports.Format = "jsonl" if kind is None else "csv"
    async with connection.transaction():
        started = await imports.start_import(connection, actor, challenge_id, file_format, file.name, datetime.now(UTC))
    click.echo(f"Import {started.id}; if it is cut off, go on with --resume {started.id}")
    return started.id


async def _send(connection: Connection, actor: Actor, import_id: UUID, file: Path, kind: LineKind | None) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(file.name, total=None)
        for batch in _batches(file, kind):
            async with connection.transaction():
                running = await imports.take_batch(connection, actor, import_id, batch, datetime.now(UTC))
            progress.update(task, completed=running.lines_done, description=f"{running.lines_done} lines")
        progress.update(task, total=1, completed=1)


def _batches(file: Path, kind: LineKind | None) -> Iterator[list[Numbered[Parsed]]]:
    waiting: list[Numbered[Parsed]] = []
    try:
        for number, line in _records(file, kind):
            waiting.append(Numbered(number, line))
            if len(waiting) == _BATCH_LINES:
                yield waiting
                waiting = []
    except click.ClickException:
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting


def _records(file: Path, kind: LineKind | None) -> Iterator[tuple[int, Parsed]]:
    reader = RecordReader(kind)
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as source:
        while chunk := _read(source, file):
            yield from reader.feed(chunk)
    yield from reader.finish()


def _read(source: BufferedReader | gzip.GzipFile, file: Path) -> bytes:
    try:
        # Not read(), which loses what stands before the place where a packed file breaks off.
        return source.read1(_CHUNK_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise click.ClickException(
            f"{file} cannot be read to its end: {error}. What came before it was taken."
        ) from None


async def _report(connection: Connection, actor: Actor, finished: ImportOut) -> None:
    click.echo(f"{finished.accepted} lines taken, {finished.rejected} rejected.")
    page = await imports.list_rejections(connection, actor, finished.id, 0, _REJECTIONS_SHOWN, datetime.now(UTC))
    for rejection in page.items:
        click.echo(f"  line {rejection.line_number}: {rejection.reason}")
    if finished.rejected > len(page.items):
        click.echo(f"  ... all of them: GET /v1/imports/{finished.id}/rejections")
    if finished.rejected:
        raise SystemExit(1)
