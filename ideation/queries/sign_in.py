"""SQL that finds out who a request comes from: one statement per request."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from ideation.database import Connection
from ideation.entities.people import ALL_SCOPES, Actor, Role, Scope
from ideation.entities.sign_in import Credential
from ideation.queries import load_statements

_SQL = load_statements("sign_in")


async def find_actor_by_token(connection: Connection, token_hash: bytes) -> Credential | None:
    """Whose access token this is; None when unknown, revoked or of somebody who may no longer sign in."""
    row = await connection.fetchrow(_SQL["find_actor_by_token"], token_hash)
    return None if row is None else _credential(row)


async def find_actor_by_session(connection: Connection, token_hash: bytes) -> Credential | None:
    """Whose browser session this is; None when unknown, ended or of somebody who may no longer sign in."""
    row = await connection.fetchrow(_SQL["find_actor_by_session"], token_hash)
    return None if row is None else _credential(row)


async def note_token_uses(connection: Connection, uses: Mapping[UUID, datetime]) -> None:
    """Store when tokens were last used."""
    await connection.execute(_SQL["note_token_uses"], list(uses), list(uses.values()))


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
    return Credential(actor=actor, expires_at=row["expires_at"], token_id=row["token_id"], csrf_token=row["csrf_token"])
