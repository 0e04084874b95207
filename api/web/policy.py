"""The usage policy at the first visit, and whenever a new version is in force."""

from datetime import datetime
from urllib.parse import quote

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.web.forms import read_form
from api.web.views import View, safe_path
from ideation.actions import policies as actions
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.markdown import render_markdown


@get("/policy", opt={"before_policy": True})
async def show(view: View, connection: Connection, actor: Actor) -> Response[bytes]:
    """The version in force, to read and accept."""
    policy = await actions.read_current_policy(connection, actor)
    place = safe_path(view.request.query_params.get("next"))
    return view.page("policy.html", policy=policy, body_html=render_markdown(policy.body), next=place)


@post("/policy", opt={"before_policy": True})
async def accept(
    request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Accepts the version that was shown."""
    form = await read_form(request)
    place = safe_path(form.text("next"))
    first = not await actions.list_own_acceptances(connection, actor)
    await actions.accept_policy(connection, actor, form.number("version"), now)
    return view.redirect(f"/welcome?next={quote(place, safe='')}" if first else place, "policy_accepted")


handlers = [show, accept]
