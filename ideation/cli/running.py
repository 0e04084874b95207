"""Running what a command does with the database: whatever stops it is told in one line, with exit code 1."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
import click

from ideation.database import Connection, open_connection
from ideation.errors import IdeationError

Result = TypeVar("Result")

_NO_TABLES = "The database has no tables yet; run `ideation migrate` first."
_NO_ANSWER = "The database named by IDEATION_DATABASE_URL does not answer: {}"


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it to its end; a refusal, missing tables and a lost connection become ClickException."""
    try:
        return asyncio.run(work)
    except IdeationError as error:
        raise click.ClickException(error.detail) from None
    except asyncpg.UndefinedTableError:
        raise click.ClickException(_NO_TABLES) from None
    except (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError) as error:
        raise click.ClickException(_NO_ANSWER.format(error)) from None


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Connection]:
    """A connection for the command; ClickException when there is none to be had."""
    try:
        connection = await open_connection(url)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise click.ClickException(_NO_ANSWER.format(error)) from None
    except ValueError as error:
        # asyncpg's word for pgvector's type, which the first migration brings.
        told = _NO_TABLES if "unknown type" in str(error) else _NO_ANSWER.format(error)
        raise click.ClickException(told) from None
    try:
        yield connection
    finally:
        await connection.close()
