"""`ideation export`: a challenge as the lines an import takes."""

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import UUID

import click

from ideation.actions.exports import Naming, export_csv, export_jsonl, plan_export
from ideation.cli.person import act_as
from ideation.cli.processes import settings_or_exit
from ideation.cli.running import database, run
from ideation.entities.transfer import LINE_KINDS, LineKind
from ideation.settings import Settings


@click.command("export")
@click.argument("challenge_id", type=click.UUID, metavar="CHALLENGE")
@click.option("--as", "email", required=True, help="E-mail of whoever runs the challenge, or of an administrator.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file (.gz packs it), or stdout.")
@click.option("--kind", type=click.Choice(LINE_KINDS), help="Write the lines of this kind as CSV.")
@click.option("--people", type=click.Choice(["pseudonyms", "names"]), default="pseudonyms", show_default=True)
def command(*, challenge_id: UUID, email: str, output: Path | None, kind: LineKind | None, people: Naming) -> None:
    """Export CHALLENGE as JSON Lines, or one kind of line as CSV."""
    settings = settings_or_exit()
    with _open(output) as target:
        run(_export(settings, challenge_id, email, kind, people, target))


@contextmanager
def _open(output: Path | None) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Standard output, or a file that takes its name once it is whole: one cut short never stands for an export.

    A link stays, and the file behind it is replaced; a pipe or a device is written to.
    """
    if output is None or (output.exists() and not output.is_file()):
        with click.open_file("-" if output is None else str(output), "wb") as target:
            yield target
        return
    whole = output.resolve()
    unfinished = whole.with_name(f".{whole.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as plain:
            if output.suffix == ".gz":
                with gzip.GzipFile(output.stem, "wb", fileobj=plain) as packed:
                    yield packed
            else:
                yield plain
        unfinished.replace(whole)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)


async def _export(
    settings: Settings,
    challenge_id: UUID,
    email: str,
    kind: LineKind | None,
    people: Naming,
    target: IO[bytes] | gzip.GzipFile,
) -> None:
    async with database(settings.database_url) as connection:
        async with connection.transaction():
            actor = await act_as(connection, email)
            now = datetime.now(UTC)
            plan = await plan_export(connection, actor, challenge_id, people, settings.secret_key, now)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            lines = export_jsonl(connection, plan) if kind is None else export_csv(connection, plan, kind)
            async for line in lines:
                target.write(line)
