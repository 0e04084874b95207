"""Signing in and out: links that start a session, and the sessions themselves.

Single sign-on will verify a person its own way and then call `start_session`, as a used link does.
"""

import secrets
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from ideation.actions.notifications import notify
from ideation.credentials import SESSION, SIGN_IN_LINK, hash_secret, new_secret
from ideation.database import Connection
from ideation.entities.people import Actor, Scope
from ideation.entities.sessions import Session, SignInLink, StartedSession
from ideation.errors import ExpiredSignInLink, NotFound, Unauthenticated, UsedSignInLink
from ideation.ids import new_id
from ideation.queries import audit
from ideation.queries import people as people_queries
from ideation.queries import sessions as queries
from ideation.rules.access import require_administrator, require_scope
from ideation.rules.people import require_active, require_person
from ideation.rules.tokens import require_full_access


async def invite(connection: Connection, actor: Actor, person_id: UUID, now: datetime, *, minutes: int) -> SignInLink:
    """A sign-in link for somebody, made by an administrator; the person is told, since it could be misused."""
    require_administrator(actor)
    link = await create_sign_in_link(connection, person_id, now, minutes=minutes, created_by=actor.person_id)
    if person_id != actor.person_id:
        message = "An administrator made a sign-in link for your account. If you did not ask for one, tell them."
        await notify(connection, person_id, "sign_in_link", message, f"sign-in-link:{link.id}", now=now)
    return link


async def create_sign_in_link(
    connection: Connection,
    person_id: UUID,
    now: datetime,
    *,
    minutes: int = 60,
    uses: int = 1,
    created_by: UUID | None = None,
) -> SignInLink:
    """A link that signs a person in `uses` times; its secret is known only now. Whoever calls has asked: may they?"""
    require_active(require_person(await people_queries.find_person(connection, person_id)))
    secret = new_secret(SIGN_IN_LINK)
    expires_at = now + timedelta(minutes=minutes)
    link = SignInLink(id=new_id(), person_id=person_id, secret=secret, expires_at=expires_at)
    await queries.add_link(
        connection, link.id, person_id, hash_secret(secret), uses=uses, now=now, expires_at=expires_at
    )
    await audit.record(
        connection,
        action="sign_in_link.create",
        subject_kind="person",
        subject_id=person_id,
        now=now,
        actor_id=created_by,
        details={"link_id": link.id, "expires_at": expires_at, "uses": uses},
    )
    return link


async def sign_in_by_link(connection: Connection, secret: str, now: datetime, *, hours: int) -> StartedSession:
    """Use a link once and start a session."""
    return await start_session(connection, await redeem_link(connection, secret, now), now, hours)


async def redeem_link(connection: Connection, secret: str, now: datetime) -> UUID:
    """Use a link once; returns its person. Of simultaneous uses only as many succeed as the link has left."""
    link_hash = hash_secret(secret)
    person_id = await queries.use_link(connection, link_hash, now)
    if person_id is None:
        await _refuse_link(connection, link_hash, now)
    return person_id


async def start_session(connection: Connection, person_id: UUID, now: datetime, hours: int) -> StartedSession:
    """Start a session for a person whose identity is verified; always a new secret, so none can be planted."""
    session = StartedSession(
        id=new_id(),
        person_id=person_id,
        secret=new_secret(SESSION),
        csrf_token=secrets.token_urlsafe(32),
        expires_at=now + timedelta(hours=hours),
    )
    started = await queries.add_session(
        connection,
        session.id,
        person_id,
        hash_secret(session.secret),
        csrf_token=session.csrf_token,
        now=now,
        expires_at=session.expires_at,
    )
    if not started:
        raise Unauthenticated("This account cannot sign in.", reason="account-ended")
    return session


async def sign_out(connection: Connection, secret: str, now: datetime) -> None:
    """End the session of this cookie; one that has ended or never was changes nothing."""
    await queries.end_session_by_hash(connection, hash_secret(secret), now)


async def list_sessions(connection: Connection, actor: Actor, now: datetime) -> list[Session]:
    """Where I am signed in, newest first."""
    require_scope(actor, Scope.READ)
    return await queries.list_sessions(connection, actor.person_id, now)


async def find_session(connection: Connection, actor: Actor, secret: str) -> UUID | None:
    """Which of my sessions the cookie with this secret stands for."""
    require_scope(actor, Scope.READ)
    return await queries.find_session(connection, actor.person_id, hash_secret(secret))


async def end_session(connection: Connection, actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one of my sessions."""
    require_full_access(actor)
    if not await queries.end_session(connection, actor.person_id, session_id, now):
        raise NotFound("You have no such session that still lasts.")


async def _refuse_link(connection: Connection, link_hash: bytes, now: datetime) -> NoReturn:
    link = await queries.find_link(connection, link_hash)
    if link is None or not link.active:
        raise Unauthenticated("This sign-in link is not valid.", reason="link-invalid")
    if link.expires_at <= now:
        raise ExpiredSignInLink
    raise UsedSignInLink
