"""`ideation demo`: everything on this machine, with real challenges, up to the panel's shortlist."""

import asyncio
import os
import secrets
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from uuid import UUID

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ideation.actions.sessions import create_sign_in_link
from ideation.cli.children import Children
from ideation.cli.demo_tables import backtest_line, shortlist_table
from ideation.database import Connection, open_connection
from ideation.entities.people import Role
from ideation.local import demo_load, demo_panel
from ideation.local.places import LocalServersError
from ideation.local.servers import LocalServers
from ideation.migrate import migrate_up

ANALYSIS_SECONDS = 300
READY_SECONDS = 30
LINK_MINUTES = 7 * 24 * 60
LINK_USES = 1000
SCRIPT_COLUMNS = 140


@click.command()
@click.option("--once", is_flag=True, help="End after the shortlist; for scripts.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".ideation"),
    show_default=True,
    help="Where the data lies; a second run goes on with it.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port of the pages.")
def command(*, once: bool, directory: Path, port: int) -> None:
    """Run everything here with real challenges: load, analyse, close, and print the panel's shortlist."""
    console = _console()
    _require_free_port(port)
    with _interruptible():
        try:
            with LocalServers.start(directory) as servers:
                _run(console, servers, directory, port, once=once)
        except LocalServersError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt:
            console.print("\nStopped. The data stays in", str(directory), "and the next run goes on with it.")


def _run(console: Console, servers: LocalServers, directory: Path, port: int, *, once: bool) -> None:
    environment = _environment(servers, directory, port)
    started_at = time.monotonic()
    cast, challenges = asyncio.run(_load(console, servers.database_url))
    with Children(environment, log_folder=directory / "logs") as children:
        children.start()
        _wait_until_ready(children, environment["IDEATION_PUBLIC_URL"], directory)
        asyncio.run(_show(console, servers.database_url, cast, challenges, children))
        console.print(f"\nFrom start to shortlist: {time.monotonic() - started_at:.0f} seconds.")
        asyncio.run(_print_links(console, servers.database_url, cast, environment["IDEATION_PUBLIC_URL"]))
        if not once:
            console.print("Running; Ctrl-C stops everything. Logs are in", str(directory / "logs"))
            _stay(children, directory)


def _console() -> Console:
    """As wide as the terminal; a script's output is wide enough for the whole table."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, SCRIPT_COLUMNS))


def _require_free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Port {port} is in use by another program; end it or choose another: ideation demo --port {port + 1}"
            ) from None


def _environment(servers: LocalServers, directory: Path, port: int) -> dict[str, str]:
    return {
        "IDEATION_DATABASE_URL": servers.database_url,
        "IDEATION_REDIS_URL": servers.redis_url,
        "IDEATION_SECRET_KEY": _secret_key(directory / "secret_key"),
        "IDEATION_HOST": "127.0.0.1",
        "IDEATION_PORT": str(port),
        "IDEATION_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "IDEATION_RANKING_INTERVAL_SECONDS": "15",
    }


def _secret_key(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


async def _load(console: Console, database_url: str) -> tuple[demo_load.Cast, Mapping[str, UUID]]:
    connection = await open_migrated(database_url)
    try:
        with _progress(console) as progress:
            tasks = {file.name: progress.add_task(f"Loading {file.name}", total=None) for file in demo_load.FILES}

            def report(name: str, done: int, total: int) -> None:
                progress.update(tasks[name], completed=done, total=total)

            now = datetime.now(UTC)
            async with connection.transaction():
                cast = await demo_load.load_people(connection, now)
            challenges = {}
            for file in demo_load.FILES:
                challenges[file.name] = await demo_load.load_file(connection, file, cast, now, report)
                task = progress.tasks[tasks[file.name]]
                progress.update(task.id, completed=task.total or 1, total=task.total or 1)
        return cast, challenges
    finally:
        await connection.close()


async def open_migrated(database_url: str) -> Connection:
    """A connection to a database brought to this version's schema; before that, pgvector's type is not known."""
    import asyncpg  # noqa: PLC0415 - only needed where the schema may not exist yet

    plain = await asyncpg.connect(database_url)
    try:
        await migrate_up(plain)
    finally:
        await plain.close()
    return await open_connection(database_url)


def _wait_until_ready(children: Children, url: str, directory: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _require_alive(children, directory)
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=2):  # noqa: S310 - ours  # nosec B310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise click.ClickException(f"The API did not become ready; see {directory / 'logs' / 'api.log'}")


def _require_alive(children: Children, directory: Path) -> None:
    if name := children.ended():
        log = directory / "logs" / f"{name}.log"
        raise click.ClickException(f"The process '{name}' ended with code {children.exit_code(name)}; see {log}")


async def _show(
    console: Console,
    database_url: str,
    cast: demo_load.Cast,
    challenges: Mapping[str, UUID],
    children: Children,
) -> None:
    connection = await open_connection(database_url)
    owner = demo_load.acting(cast.owner, [Role.CHALLENGE_OWNER, Role.MODERATOR])
    closing = [file.name for file in (demo_load.COATINGS, demo_load.BIODIVERSITY)]
    try:
        await _wait_for_workers(console, connection, {name: challenges[name] for name in closing}, children)
        for name in closing:
            rows = await demo_panel.shortlist_rows(connection, owner, challenges[name])
            state = await demo_panel.read_state(connection, challenges[name])
            console.print(shortlist_table(name, state, rows, k=len(rows), width=console.width))
        backtest = await demo_panel.decide_known_outcome(
            connection, owner, challenges[demo_load.COATINGS.name], demo_load.COATINGS.name
        )
        console.print(backtest_line(demo_load.COATINGS.name, backtest))
    finally:
        await connection.close()


async def _wait_for_workers(
    console: Console, connection: Connection, challenges: Mapping[str, UUID], children: Children
) -> None:
    deadline = time.monotonic() + ANALYSIS_SECONDS
    with _progress(console) as progress:
        tasks = {
            name: progress.add_task(f"Duplicates, themes, closing, ranking: {name}", total=None) for name in challenges
        }
        while True:
            states = {name: await demo_panel.read_state(connection, key) for name, key in challenges.items()}
            for name, state in states.items():
                progress.update(tasks[name], completed=state.steps_done, total=state.steps)
            if all(state.steps_done == state.steps for state in states.values()):
                return
            await _require_progress(connection, children, deadline)
            await asyncio.sleep(0.2)


async def _require_progress(connection: Connection, children: Children, deadline: float) -> None:
    for failed in await demo_panel.failed_jobs(connection):
        raise click.ClickException(f"The job {failed.job} of {failed.subject} failed: {failed.error}")
    if name := children.ended():
        raise click.ClickException(f"The process '{name}' ended by itself; see its log.")
    if time.monotonic() > deadline:
        raise click.ClickException(f"The workers did not finish within {ANALYSIS_SECONDS} seconds; see their logs.")


async def _print_links(console: Console, database_url: str, cast: demo_load.Cast, url: str) -> None:
    connection = await open_connection(database_url)
    try:
        console.print("\nSign in as (links work for a week, here only):")
        for role, person_id in msgspec.structs.asdict(cast).items():
            async with connection.transaction():
                link = await create_sign_in_link(
                    connection, person_id, datetime.now(UTC), minutes=LINK_MINUTES, uses=LINK_USES
                )
            console.print(f"  {role:<14} {url}/sign-in/{link.secret}", soft_wrap=True, highlight=False)
    finally:
        await connection.close()


def _stay(children: Children, directory: Path) -> None:
    while True:
        _require_alive(children, directory)
        time.sleep(0.5)


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does, so that it takes along what it started."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
