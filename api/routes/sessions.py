"""Signing in with a link, and the sessions of a browser."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post

from api.authentication import SESSION_COOKIE
from api.paging import PageOut
from api.session_cookie import ended_cookie, session_cookie
from api.sign_in import SignInLinks, sign_in
from ideation.actions import sessions as actions
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.sessions import Session, SessionOut, SignIn
from ideation.settings import Settings

_TAGS = ["Sessions"]


@post("/sessions", summary="Sign in with a link", tags=_TAGS, security=[])
async def sign_in_with_link(
    request: Request[Any, Any, Any], connection: Connection, now: datetime, settings: Settings, data: SignIn
) -> Response[SessionOut]:
    """Uses up the link, and sets the session cookie."""
    session = await sign_in(request, SignInLinks(), data.link, connection=connection, now=now, settings=settings)
    return Response(
        SessionOut(person_id=session.person_id, csrf_token=session.csrf_token, expires_at=session.expires_at),
        cookies=[session_cookie(session, now, settings)],
    )


@delete("/sessions/current", summary="Sign out", tags=_TAGS)
async def sign_out(
    request: Request[Any, Any, Any],
    connection: Connection,
    # Asked for so that another site cannot sign a person out: the caller's CSRF token is checked with it.
    actor: Actor,  # noqa: ARG001
    now: datetime,
    settings: Settings,
) -> Response[None]:
    """Ends the session of the cookie and removes it."""
    await actions.sign_out(connection, request.cookies.get(SESSION_COOKIE, ""), now)
    return Response(None, status_code=204, cookies=[ended_cookie(settings)])


@get("/me/sessions", summary="List my sessions", tags=_TAGS)
async def list_mine(connection: Connection, actor: Actor, now: datetime) -> PageOut[Session]:
    """Where I am signed in, newest first; never more than one page."""
    return PageOut(items=await actions.list_sessions(connection, actor, now), next_cursor=None)


@delete("/me/sessions/{session_id:uuid}", summary="End one of my sessions", tags=_TAGS)
async def end(connection: Connection, actor: Actor, now: datetime, session_id: UUID) -> None:
    """That browser is signed out at once."""
    await actions.end_session(connection, actor, session_id, now)


handlers: list[Any] = [sign_in_with_link, sign_out, list_mine, end]
