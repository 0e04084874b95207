"""The cookie that carries a browser session."""

from datetime import datetime

from litestar.datastructures import Cookie

from api.authentication import SESSION_COOKIE
from ideation.entities.sessions import StartedSession
from ideation.settings import Settings


def session_cookie(session: StartedSession, now: datetime, settings: Settings) -> Cookie:
    """The cookie of a session just started: no script reads it, and other sites cannot make a browser post with it."""
    return _cookie(session.secret, int((session.expires_at - now).total_seconds()), settings)


def ended_cookie(settings: Settings) -> Cookie:
    """What removes the cookie from the browser."""
    return _cookie("", 0, settings)


def _cookie(value: str, max_age_seconds: int, settings: Settings) -> Cookie:
    return Cookie(
        key=SESSION_COOKIE,
        value=value,
        max_age=max_age_seconds,
        path="/",
        secure=settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
