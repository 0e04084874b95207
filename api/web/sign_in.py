"""Signing in by link, signing out, and choosing a language."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie

from api.authentication import SESSION_COOKIE
from api.session_cookie import ended_cookie, session_cookie
from api.sign_in import SignInLinks, sign_in
from api.web.forms import read_form
from api.web.texts import CATALOGUES
from api.web.views import LANGUAGE_COOKIE, View, safe_path
from ideation.actions import sessions as actions
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.errors import Unauthenticated
from ideation.settings import Settings

RETURN_COOKIE = "ideation_return"
_RETURN_SECONDS = 3_600


@get("/sign-in", opt={"before_policy": True})
async def ask_to_sign_in(view: View, visitor: Actor | None) -> Response[bytes]:
    """Says how to get in, and remembers where the person wanted to go."""
    place = safe_path(view.request.query_params.get("next"))
    if visitor is not None:
        return view.redirect(place)
    page = view.page("sign_in.html", secret=None, problem=None)
    page.cookies.append(_return_cookie(place, _RETURN_SECONDS, view.settings))
    return page


@get("/sign-in/{secret:str}", opt={"before_policy": True})
async def show_link(view: View, secret: str) -> Response[bytes]:
    """Shows a button only: programs that look at a link beforehand must not use it up."""
    return view.page("sign_in.html", secret=secret, problem=None)


@post("/sign-in/{secret:str}", opt={"before_policy": True})
async def use_link(
    request: Request[Any, Any, Any], view: View, connection: Connection, now: datetime, settings: Settings, secret: str
) -> Response[bytes]:
    """Uses the link and goes on to where the person was before."""
    try:
        session = await sign_in(request, SignInLinks(), secret, connection=connection, now=now, settings=settings)
    except Unauthenticated as error:
        return view.page("sign_in.html", status=401, secret=None, problem=view.refusal(error))
    cookies = [session_cookie(session, now, settings), _return_cookie("", 0, settings)]
    return view.redirect(safe_path(request.cookies.get(RETURN_COOKIE)), cookies=cookies)


@post("/sign-out", opt={"before_policy": True})
async def sign_out(
    request: Request[Any, Any, Any],
    view: View,
    connection: Connection,
    # Asked for so that another site cannot sign a person out: the caller's CSRF token is checked with it.
    actor: Actor,  # noqa: ARG001
    now: datetime,
) -> Response[bytes]:
    """Ends this session."""
    await actions.sign_out(connection, request.cookies.get(SESSION_COOKIE, ""), now)
    return view.redirect("/sign-in", "signed_out", cookies=[ended_cookie(view.settings)])


@post("/language", opt={"before_policy": True})
async def choose(request: Request[Any, Any, Any], view: View) -> Response[bytes]:
    """Shows the pages in another language from now on."""
    form = await read_form(request)
    wanted = form.text("language")
    cookies = [view.keep(LANGUAGE_COOKIE, wanted)] if wanted in CATALOGUES else []
    return view.redirect(safe_path(form.text("next")), cookies=cookies)


def _return_cookie(place: str, max_age_seconds: int, settings: Settings) -> Cookie:
    return Cookie(
        key=RETURN_COOKIE,
        value=place,
        max_age=max_age_seconds,
        path="/sign-in",
        secure=settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


handlers = [ask_to_sign_in, show_link, use_link, sign_out, choose]
