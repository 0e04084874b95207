"""Applies the numbered SQL files of `migrations`, each in a transaction, all of a run under one advisory lock."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources

import asyncpg
import msgspec

from ideation.database import Connection

_FILE = re.compile(r"^(\d{4})_(\w+)\.(up|down)\.sql$")
# Any number, as long as every copy of the program uses the same.
_ADVISORY_LOCK = 7_236_114_905

LOCK_TIMEOUT_MILLISECONDS = 2000
PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0, 8.0)

_BOOKKEEPING = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered step and its SQL in both directions."""

    number: int
    name: str
    up: str
    down: str


def load_migrations() -> list[Migration]:
    """All migrations that ship with this version, in order."""
    texts: dict[tuple[int, str], dict[str, str]] = {}
    for entry in resources.files("migrations").iterdir():
        if match := _FILE.match(entry.name):
            number, name, direction = int(match[1]), match[2], match[3]
            texts.setdefault((number, name), {})[direction] = entry.read_text(encoding="utf-8")
    return [
        Migration(number=number, name=name, up=sides["up"], down=sides["down"])
        for (number, name), sides in sorted(texts.items())
    ]


async def applied_numbers(connection: Connection) -> list[int]:
    """Numbers of the migrations this database has, in order; empty for a database never migrated."""
    if await connection.fetchval("SELECT to_regclass('public.schema_migrations')") is None:
        return []
    return [row["number"] for row in await connection.fetch("SELECT number FROM schema_migrations ORDER BY number")]


async def pending_migrations(connection: Connection) -> list[Migration]:
    """Migrations that ship with this version and are not applied yet."""
    applied = set(await applied_numbers(connection))
    return [migration for migration in load_migrations() if migration.number not in applied]


async def migrate_up(connection: Connection, target: int | None = None) -> list[Migration]:
    """Apply what is pending, up to and including `target`; several processes may call this at once.

    A step that fails is taken back by itself: those before it stay, and the next call goes on from there.
    """
    async with _alone(connection):
        await connection.execute(_BOOKKEEPING)
        pending = [m for m in await pending_migrations(connection) if target is None or m.number <= target]
        for migration in pending:
            note = "INSERT INTO schema_migrations (number, name) VALUES ($1, $2)"
            await _take_step(connection, migration.up, note, migration.number, migration.name)
    return pending


async def migrate_down(connection: Connection, target: int) -> list[Migration]:
    """Take back every migration above `target`, newest first; 0 leaves an empty database."""
    async with _alone(connection):
        applied = set(await applied_numbers(connection))
        undone = [m for m in reversed(load_migrations()) if m.number in applied and m.number > target]
        for migration in undone:
            note = "DELETE FROM schema_migrations WHERE number = $1"
            await _take_step(connection, migration.down, note, migration.number)
    return undone


@asynccontextmanager
async def _alone(connection: Connection) -> AsyncIterator[None]:
    """Others who migrate wait until the whole run is over; a process that dies gives the lock back with its session."""
    await connection.execute("SELECT pg_advisory_lock($1)", _ADVISORY_LOCK)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock($1)", _ADVISORY_LOCK)


async def _take_step(connection: Connection, sql: str, note: str, *noted: object) -> None:
    """One step and its note in one transaction.

    On a running system requests hold locks that a step needs: it gives way to them, and is tried again.
    """
    for pause_seconds in PAUSES_SECONDS:
        try:
            return await _try_step(connection, sql, note, *noted)
        except (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError):
            await asyncio.sleep(pause_seconds)
    return await _try_step(connection, sql, note, *noted)


async def _try_step(connection: Connection, sql: str, note: str, *noted: object) -> None:
    async with connection.transaction():
        # Whoever waits for a whole table makes everybody else wait behind: not for long at a time.
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MILLISECONDS}ms'")
        await connection.execute(sql)
        await connection.execute(note, *noted)
