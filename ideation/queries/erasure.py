"""SQL that removes one person's data and leaves what belongs to others."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.people import Person
from ideation.queries import load_statements, row_as
from ideation.queries.results import changed_rows

_SQL = load_statements("erasure")

_REMOVALS = {
    "tokens": "delete_tokens",
    "sessions": "delete_sessions",
    "sign_in_links": "delete_links",
    "notifications": "delete_notifications",
    "remembered_answers": "delete_remembered_answers",
    "invitations": "delete_invitations",
    "drafts": "delete_drafts",
    "deleted_comments": "empty_deleted_comments",
    "rejected_lines": "forget_rejected_lines",
}


async def release_reports(connection: Connection, person_id: UUID, now: datetime) -> None:
    """Part the person from those who report to them."""
    await connection.execute(_SQL["release_reports"], person_id, now)


async def erase_person(connection: Connection, person_id: UUID, now: datetime) -> Person:
    """Put a placeholder in the person's place."""
    return row_as(await connection.fetchrow(_SQL["erase_person"], person_id, now), Person)


async def remove_private_rows(connection: Connection, person_id: UUID) -> dict[str, int]:
    """Delete what only concerned the person, whose e-mail address still stands; returns how many rows of each kind."""
    return {
        kind: changed_rows(await connection.execute(_SQL[statement], person_id))
        for kind, statement in _REMOVALS.items()
    }
