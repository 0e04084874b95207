"""Every named SQL statement, prepared against the real schema: it catches a wrong column, table or type."""

import asyncpg
import pytest

from ideation.database import Connection
from ideation.queries import all_statements, load_statements
from ideation.queries.loader import _HEADER


async def test_every_statement_prepares(connection: Connection) -> None:
    faults = {}
    for name, sql in all_statements().items():
        try:
            async with connection.transaction():
                await connection.prepare(sql)
        except asyncpg.PostgresError as error:
            faults[name] = str(error)
    assert faults == {}


def test_statements_are_split_at_their_headers() -> None:
    statements = load_statements("audit")
    assert statements["add_audit_event"].startswith("INSERT INTO audit_events")
    assert not statements["add_audit_event"].endswith(";")


def test_unknown_topic_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load_statements("nothing")


@pytest.mark.parametrize("line", ["-- Note: capital", "--no_space: x", "-- no purpose:", "-- two words: x"])
def test_ordinary_comment_is_no_header(line: str) -> None:
    assert _HEADER.match(line) is None
