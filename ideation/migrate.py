"""Applies the numbered SQL files of `migrations`, each in a transaction, guarded by one advisory lock."""

import asyncio
import re
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

    On a running system requests hold locks that a migration needs: it gives way to them, and tries again as a whole.
    """
    for pause_seconds in PAUSES_SECONDS:
        try:
            return await _migrate_up(connection, target)
        except (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError):
            await asyncio.sleep(pause_seconds)
    return await _migrate_up(connection, target)


async def _migrate_up(connection: Connection, target: int | None) -> list[Migration]:
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _ADVISORY_LOCK)
        # Whoever waits for a whole table makes everybody else wait behind: not for long at a time.
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MILLISECONDS}ms'")
        await connection.execute(_BOOKKEEPING)
        pending = [m for m in await pending_migrations(connection) if target is None or m.number <= target]
        for migration in pending:
            await connection.execute(migration.up)
            await connection.execute(
                "INSERT INTO schema_migrations (number, name) VALUES ($1, $2)", migration.number, migration.name
            )
    return pending


async def migrate_down(connection: Connection, target: int) -> list[Migration]:
    """Take back every migration above `target`, newest first; 0 leaves an empty database."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _ADVISORY_LOCK)
        applied = set(await applied_numbers(connection))
        undone = [m for m in reversed(load_migrations()) if m.number in applied and m.number > target]
        for migration in undone:
            await connection.execute(migration.down)
            await connection.execute("DELETE FROM schema_migrations WHERE number = $1", migration.number)
    return undone
