"""What `doctor --deep` adds: every row against what must always be true."""

from collections.abc import AsyncIterator

import asyncpg

from ideation.actions.invariants import Examined
from ideation.actions.invariants import examine as examine_rows
from ideation.cli.checks import Finding
from ideation.database import open_connection
from ideation.migrate import pending_migrations
from ideation.settings import Settings


async def examine_deeply(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for every fault, as they are found, and one at the end that says how much was looked at."""
    try:
        connection = await open_connection(settings.database_url)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError):
        # The ordinary checks have said so.
        return
    try:
        if await pending_migrations(connection):
            return
        checks = faults = 0
        async for examined in examine_rows(connection, refine_ideas=settings.refine_ideas):
            checks += 1
            if examined.faults.places:
                faults += 1
                yield _finding(examined)
        if not faults:
            yield Finding(level="ok", subject="every row", text=f"{checks} checks found nothing wrong")
    finally:
        await connection.close()


def _finding(examined: Examined) -> Finding:
    check, faults = examined.check, examined.faults
    more = ", and more" if faults.more else ""
    return Finding(
        level="fail" if check.breaks else "warn",
        subject=check.subject,
        text=f"{check.wrong}: {', '.join(faults.places)}{more}",
        advice=check.advice,
    )
