"""SQL of sign-in links and browser sessions."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.sessions import LinkState, Session
from ideation.queries import load_statements, row_as
from ideation.queries.results import changed_rows

_SQL = load_statements("sessions")


async def add_link(
    connection: Connection,
    link_id: UUID,
    person_id: UUID,
    token_hash: bytes,
    *,
    uses: int,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Store a sign-in link by its hash."""
    await connection.execute(_SQL["add_link"], link_id, person_id, token_hash, uses, now, expires_at)


async def use_link(connection: Connection, token_hash: bytes, now: datetime) -> UUID | None:
    """Take one use of a link; returns its person, or None when it has none left, has expired or is unknown."""
    person_id: UUID | None = await connection.fetchval(_SQL["use_link"], token_hash, now)
    return person_id


async def find_link(connection: Connection, token_hash: bytes) -> LinkState | None:
    """How a link stands; None when there is no such link."""
    row = await connection.fetchrow(_SQL["find_link"], token_hash)
    return None if row is None else row_as(row, LinkState)


async def void_links(connection: Connection, person_id: UUID) -> None:
    """No link of this person works any more."""
    await connection.execute(_SQL["void_links"], person_id)


async def add_session(
    connection: Connection,
    session_id: UUID,
    person_id: UUID,
    token_hash: bytes,
    *,
    csrf_token: str,
    now: datetime,
    expires_at: datetime,
) -> bool:
    """Store a session by the hash of its cookie; False when the person is not active."""
    values = (session_id, person_id, token_hash, csrf_token, now, expires_at)
    return await connection.fetchval(_SQL["add_session"], *values) is not None


async def list_sessions(connection: Connection, person_id: UUID, now: datetime) -> list[Session]:
    """The sessions of this person that still last, newest first."""
    rows = await connection.fetch(_SQL["list_sessions"], person_id, now)
    return [row_as(row, Session) for row in rows]


async def end_session(connection: Connection, person_id: UUID, session_id: UUID, now: datetime) -> bool:
    """End one session of this person; False when there is none that still lasts."""
    return await connection.fetchval(_SQL["end_session"], person_id, session_id, now) is not None


async def find_session(connection: Connection, person_id: UUID, token_hash: bytes) -> UUID | None:
    """The session of this person that a cookie stands for."""
    session_id: UUID | None = await connection.fetchval(_SQL["find_session"], person_id, token_hash)
    return session_id


async def end_session_by_hash(connection: Connection, token_hash: bytes, now: datetime) -> None:
    """End the session of a cookie, if it still lasts."""
    await connection.execute(_SQL["end_session_by_hash"], token_hash, now)


async def end_all_sessions(connection: Connection, person_id: UUID, now: datetime) -> int:
    """End every session of this person; returns how many there were."""
    return changed_rows(await connection.execute(_SQL["end_all_sessions"], person_id, now))
