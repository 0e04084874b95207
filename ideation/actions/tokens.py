"""Personal access tokens: made (and shown) once, listed, revoked."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from ideation.credentials import ACCESS_TOKEN, hash_secret, new_secret
from ideation.database import Connection
from ideation.entities.people import Actor, Scope
from ideation.entities.tokens import AccessToken, IssuedToken, TokenRequest
from ideation.errors import NotFound, WrongState
from ideation.ids import new_id
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import audit
from ideation.queries import people as people_queries
from ideation.queries import tokens as queries
from ideation.rules.access import require_administrator
from ideation.rules.people import require_person
from ideation.rules.tokens import require_allowed_days, require_full_access, require_possible_scopes


async def create_token(
    connection: Connection, actor: Actor, request: TokenRequest, now: datetime, *, max_days: int
) -> IssuedToken:
    """Make an access token for oneself; it never has more scopes than one has oneself."""
    require_full_access(actor)
    require_possible_scopes(actor, request.scopes)
    require_allowed_days(request.days, max_days)
    return await issue_token(
        connection, actor.person_id, name=request.name, scopes=request.scopes, now=now, days=request.days
    )


async def issue_token(
    connection: Connection, person_id: UUID, *, name: str, scopes: Iterable[Scope], now: datetime, days: int
) -> IssuedToken:
    """Make an access token without asking who wants it: for the command line, the demo and tests."""
    secret = new_secret(ACCESS_TOKEN)
    issued = IssuedToken(
        id=new_id(),
        name=name,
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
        token=secret,
    )
    stored = await queries.add_token(
        connection,
        issued.id,
        person_id,
        name=name,
        token_hash=hash_secret(secret),
        scopes=issued.scopes,
        now=now,
        expires_at=issued.expires_at,
    )
    if not stored:
        raise WrongState("Only an active person can have an access token.", reason="token-of-inactive")
    details = {"scopes": issued.scopes, "person_id": person_id, "expires_at": issued.expires_at}
    await _record(connection, "token.create", issued.id, now, actor_id=person_id, details=details)
    return issued


async def list_tokens(connection: Connection, actor: Actor, *, limit: int, after: PageKey | None) -> Page[AccessToken]:
    """My tokens, newest first, those that ended too."""
    require_full_access(actor)
    return await _page(connection, actor.person_id, limit=limit, after=after)


async def revoke_token(connection: Connection, actor: Actor, token_id: UUID, now: datetime) -> None:
    """End one of my tokens; ending it again changes nothing."""
    require_full_access(actor)
    await _revoke(connection, actor, actor.person_id, token_id, now)


async def list_tokens_of(
    connection: Connection, actor: Actor, person_id: UUID, *, limit: int, after: PageKey | None
) -> Page[AccessToken]:
    """Somebody's tokens; for administrators."""
    require_administrator(actor)
    require_person(await people_queries.find_person(connection, person_id))
    return await _page(connection, person_id, limit=limit, after=after)


async def revoke_token_of(connection: Connection, actor: Actor, person_id: UUID, token_id: UUID, now: datetime) -> None:
    """End somebody's token; for administrators."""
    require_administrator(actor)
    await _revoke(connection, actor, person_id, token_id, now)


async def _page(connection: Connection, person_id: UUID, *, limit: int, after: PageKey | None) -> Page[AccessToken]:
    rows = await queries.list_tokens(connection, person_id, limit=limit + 1, after=time_and_id(after))
    return cut_page(rows, limit, lambda row: time_key(row.created_at, row.id))


async def _revoke(connection: Connection, actor: Actor, person_id: UUID, token_id: UUID, now: datetime) -> None:
    if await queries.find_token(connection, person_id, token_id) is None:
        raise NotFound("There is no such access token.")
    if await queries.revoke_token(connection, person_id, token_id, now):
        details = {"person_id": person_id}
        await _record(connection, "token.revoke", token_id, now, actor_id=actor.person_id, details=details)


async def _record(
    connection: Connection, action: str, token_id: UUID, now: datetime, *, actor_id: UUID, details: Mapping[str, object]
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind="access_token",
        subject_id=token_id,
        now=now,
        actor_id=actor_id,
        details=details,
    )
