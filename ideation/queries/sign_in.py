"""SQL that finds out who requests come from: one statement for all that arrive at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from ideation.database import Connection
from ideation.entities.people import ALL_SCOPES, Actor, Role, Scope
from ideation.entities.sign_in import Credential
from ideation.queries import load_statements

_SQL = load_statements("sign_in")


async def find_actors_by_token(connection: Connection, token_hashes: Sequence[bytes]) -> list[Credential | None]:
    """Whose access tokens these are; None for one unknown, revoked or of somebody who may no longer sign in."""
    return _in_order(token_hashes, await connection.fetch(_SQL["find_actors_by_token"], token_hashes))


async def find_actors_by_session(connection: Connection, token_hashes: Sequence[bytes]) -> list[Credential | None]:
    """Whose browser sessions these are; None for one unknown, ended or of somebody who may no longer sign in."""
    return _in_order(token_hashes, await connection.fetch(_SQL["find_actors_by_session"], token_hashes))


async def note_token_uses(connection: Connection, uses: Mapping[UUID, datetime]) -> None:
    """Store when tokens were last used."""
    await connection.execute(_SQL["note_token_uses"], list(uses), list(uses.values()))


def _in_order(token_hashes: Sequence[bytes], rows: Sequence[asyncpg.Record]) -> list[Credential | None]:
    found = {row["token_hash"]: _credential(row) for row in rows}
    return [found.get(token_hash) for token_hash in token_hashes]


def _credential(row: asyncpg.Record) -> Credential:
    actor = Actor(
        person_id=row["person_id"],
        name=row["name"],
        department=row["department"],
        site=row["site"],
        roles=frozenset(map(Role, row["roles"])),
        scopes=ALL_SCOPES if row["scopes"] is None else frozenset(map(Scope, row["scopes"])),
        policy_accepted=row["policy_accepted"],
    )
    return Credential(
        actor=actor,
        expires_at=row["expires_at"],
        token_hash=row["token_hash"],
        token_id=row["token_id"],
        csrf_token=row["csrf_token"],
    )
