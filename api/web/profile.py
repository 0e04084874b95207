"""My profile: who I am here, my sessions, access tokens, and a copy of everything known about me."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post

from api.authentication import SESSION_COOKIE
from api.dependencies import AnyRequest
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.views import View
from ideation.actions import personal_data, policies, reports, sessions, tokens
from ideation.database import Connection
from ideation.entities.people import Actor, Scope
from ideation.entities.tokens import IssuedToken, TokenRequest

_LISTED = 50
_ROWS = 20


@get("/profile")
async def show(view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """Everything about me on one page."""
    return await _page(view, connection, actor, now)


async def _page(
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
    form: Form = EMPTY_FORM,
    issued: IssuedToken | None = None,
) -> Response[bytes]:
    return view.page(
        "profile.html",
        status=422 if form.errors else 200,
        me=await personal_data.read_me(connection, actor),
        sessions=await sessions.list_sessions(connection, actor, now),
        this_session=await sessions.find_session(connection, actor, view.request.cookies.get(SESSION_COOKIE, "")),
        tokens=(await tokens.list_tokens(connection, actor, limit=_LISTED, after=None)).items,
        acceptances=await policies.list_own_acceptances(connection, actor),
        reports=(await reports.list_my_reports(connection, actor, limit=_LISTED)).items,
        scopes=list(Scope),
        form=form,
        issued=issued,
    )


@post("/profile/tokens")
async def create_token(
    request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Makes an access token; its secret is on the answered page alone."""
    form = await read_form(request)
    given = {"name": form.text("name"), "scopes": form.all("scopes"), "days": form.text("days")}
    wanted = form.read(TokenRequest, given)
    issued = None
    if wanted is not None:
        days = view.settings.token_max_days
        issued = await tokens.create_token(connection, actor, wanted, now, max_days=days)
    return await _page(view, connection, actor, now, form, issued)


@post("/profile/tokens/{token_id:uuid}")
async def revoke_token(
    token_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Ends an access token at once."""
    await tokens.revoke_token(connection, actor, token_id, now)
    return view.redirect("/profile#tokens", "token_revoked")


@post("/profile/sessions/{session_id:uuid}")
async def end_session(
    session_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Signs a browser out."""
    await sessions.end_session(connection, actor, session_id, now)
    return view.redirect("/profile#sessions", "session_ended")


@get("/profile/known")
async def show_known(view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The same to read: what is stored about me, by kind, the latest rows of each."""
    data = await personal_data.read_personal_data(connection, actor, now)
    kinds = [(table, len(rows), rows[-_ROWS:][::-1]) for table, rows in data.tables.items() if rows]
    return view.page("known.html", kinds=kinds)


@get("/profile/data")
async def download_data(connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """A file with everything the system knows about me."""
    data = await personal_data.read_personal_data(connection, actor, now)
    content = msgspec.json.format(msgspec.json.encode(data, enc_hook=str), indent=2)
    headers = {"content-disposition": 'attachment; filename="my-data.json"'}
    return Response(content, media_type="application/json", headers=headers)


handlers = [show, create_token, revoke_token, end_session, show_known, download_data]
