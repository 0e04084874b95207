"""SQL of personal data: one statement for each table that knows people. A test finds tables that were forgotten."""

from typing import Any
from uuid import UUID

from ideation.database import Connection
from ideation.queries import load_statements

_SQL = load_statements("personal_data")


async def read_personal_data(connection: Connection, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """The rows about one person by table, secrets left out."""
    return {
        table: [row["entry"] for row in await connection.fetch(statement, person_id)]
        for table, statement in _SQL.items()
    }
