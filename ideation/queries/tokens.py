"""SQL of access tokens."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.people import Scope
from ideation.entities.tokens import AccessToken
from ideation.queries import load_statements, row_as
from ideation.queries.results import changed_rows

_SQL = load_statements("tokens")


async def add_token(
    connection: Connection,
    token_id: UUID,
    person_id: UUID,
    *,
    name: str,
    token_hash: bytes,
    scopes: Iterable[Scope],
    now: datetime,
    expires_at: datetime,
) -> bool:
    """Store a new token by its hash; False when the person is not active."""
    values = (token_id, person_id, name, token_hash, [str(scope) for scope in scopes], now, expires_at)
    return await connection.fetchval(_SQL["add_token"], *values) is not None


async def list_tokens(
    connection: Connection, person_id: UUID, *, limit: int, after: tuple[datetime, UUID] | None
) -> list[AccessToken]:
    """Up to `limit` tokens of one person, newest first, ended ones too."""
    rows = await connection.fetch(_SQL["list_tokens"], person_id, limit, *(after or (None, None)))
    return [row_as(row, AccessToken) for row in rows]


async def find_token(connection: Connection, person_id: UUID, token_id: UUID) -> AccessToken | None:
    """One token of this person."""
    row = await connection.fetchrow(_SQL["find_token"], person_id, token_id)
    return None if row is None else row_as(row, AccessToken)


async def revoke_token(connection: Connection, person_id: UUID, token_id: UUID, now: datetime) -> bool:
    """End one token of this person; False when there is none that still stands."""
    return await connection.fetchval(_SQL["revoke_token"], person_id, token_id, now) is not None


async def revoke_all_tokens(connection: Connection, person_id: UUID, now: datetime) -> int:
    """End every token of this person; returns how many stood."""
    return changed_rows(await connection.execute(_SQL["revoke_all_tokens"], person_id, now))
