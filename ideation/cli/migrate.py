"""`ideation migrate`."""

import asyncio

import asyncpg
import click

from ideation.cli.processes import settings_or_exit
from ideation.migrate import applied_numbers, load_migrations, migrate_down, migrate_up


@click.command("migrate")
@click.option("--status", is_flag=True, help="Only say which migrations are applied.")
@click.option("--down-to", type=click.IntRange(min=0), help="Take back every migration above this number; loses data.")
def command(*, status: bool, down_to: int | None) -> None:
    """Bring the database to this version. Several may run this at once; one does the work."""
    asyncio.run(_migrate(settings_or_exit().database_url, status=status, down_to=down_to))


async def _migrate(database_url: str, *, status: bool, down_to: int | None) -> None:
    connection = await _connect(database_url)
    try:
        if status:
            await _show(connection)
        elif down_to is None:
            done = await migrate_up(connection)
            click.echo("\n".join(f"applied {m.number:04} {m.name}" for m in done) or "The database is up to date.")
        else:
            undone = await migrate_down(connection, down_to)
            click.echo("\n".join(f"took back {m.number:04} {m.name}" for m in undone) or "Nothing to take back.")
    finally:
        await connection.close()


async def _connect(database_url: str) -> "asyncpg.Connection[asyncpg.Record]":
    # Without our types: in a database that was never migrated there is no `vector` yet.
    try:
        return await asyncpg.connect(database_url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise click.ClickException(f"The database named by IDEATION_DATABASE_URL does not answer: {error}") from None


async def _show(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    applied = set(await applied_numbers(connection))
    for migration in load_migrations():
        state = "applied" if migration.number in applied else "pending"
        click.echo(f"{migration.number:04} {migration.name}: {state}")
