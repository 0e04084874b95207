"""Deciding in the meeting: the shortlist one idea at a time, one key for each outcome."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.views import View
from ideation.actions import challenges, decisions, ideas_reading, integrity, rankings, shortlists
from ideation.database import Connection
from ideation.entities.decisions import Decide, Outcome
from ideation.entities.integrity import DismissFlag
from ideation.entities.people import Actor
from ideation.entities.shortlists import ShortlistEntry, ShortlistOut
from ideation.errors import ConflictOfInterest, Forbidden, Invalid, NotFound, WrongState
from ideation.paging import PageKey

KEYS = {
    Outcome.SELECTED: "s",
    Outcome.PLANNED: "p",
    Outcome.UNDER_REVIEW: "u",
    Outcome.DECLINED: "d",
    Outcome.ALREADY_EXISTS: "e",
}
_OPEN_STATES = ("submitted", "under_review")


@get("/challenges/{challenge_id:uuid}/meeting")
async def show(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The idea at the asked place of the shortlist, or the first that is not decided."""
    return await _page(view, connection, actor, challenge_id, now)


@post("/challenges/{challenge_id:uuid}/meeting")
async def decide(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Decides the idea and goes on to the next that waits."""
    form = await read_form(request)
    given = {name: form.text(name) for name in ("outcome", "reason", "lesson")} | {"idea_ids": [form.id("idea")]}
    decision = form.read(Decide, given)
    try:
        if decision is not None:
            await decisions.decide(connection, actor, challenge_id, decision, now)
    except Invalid as error:
        form.refuse(view, error, "reason")
    except (ConflictOfInterest, WrongState) as error:
        form.errors["outcome"] = view.refusal(error)
    if form.errors:
        return await _page(view, connection, actor, challenge_id, now, form)
    return view.redirect(f"/challenges/{challenge_id}/meeting", "decided")


async def _page(
    view: View, connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, form: Form = EMPTY_FORM
) -> Response[bytes]:
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    if not challenge.may_run:
        raise Forbidden("Ideas are decided by those who run this challenge.", reason="decide-of-runners")
    shortlist = await shortlists.read_shortlist(connection, actor, challenge_id, now)
    own = await decisions.find_own(connection, actor, [entry.idea_id for entry in shortlist.entries])
    entry = _chosen(view, form, shortlist, own)
    if entry is None:
        return view.page("meeting.html", challenge=challenge, entry=None, form=form)
    return view.page(
        "meeting.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        form=form,
        entry=entry,
        size=len(shortlist.entries),
        waiting=sum(one.state in _OPEN_STATES for one in shortlist.entries),
        idea=await ideas_reading.read_idea(connection, actor, entry.idea_id, now),
        ranked=await _place(connection, actor, shortlist, entry, now),
        decided=await decisions.list_decisions(connection, actor, entry.idea_id, now),
        keys=KEYS,
    )


def _chosen(view: View, form: Form, shortlist: ShortlistOut, own: set[UUID]) -> ShortlistEntry | None:
    """The idea of the refused form, the one at the asked place, or the first that waits, own ones last."""
    entries, asked = shortlist.entries, view.word("place")
    if form.errors:
        return next((entry for entry in entries if str(entry.idea_id) == form.text("idea")), None)
    if asked is not None:
        found = next((entry for entry in entries if str(entry.position) == asked), None)
        if found is None:
            raise NotFound
        return found
    waiting = [entry for entry in entries if entry.state in _OPEN_STATES]
    return min(waiting, key=lambda entry: entry.idea_id in own, default=None)


async def _place(
    connection: Connection, actor: Actor, shortlist: ShortlistOut, entry: ShortlistEntry, now: datetime
) -> object | None:
    """Its line of the ranking, with the reasons; None for one that came later."""
    if entry.rank is None:
        return None
    after: PageKey = [repr(float(entry.rank - 1)), entry.rank - 1]
    found = await rankings.list_entries(connection, actor, shortlist.ranking_id, now, limit=1, after=after)
    return next((place for place in found.items if place.idea_id == entry.idea_id), None)


@post("/challenges/{challenge_id:uuid}/flags/{flag_id:uuid}")
async def dismiss_flag(
    challenge_id: UUID,
    flag_id: UUID,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
) -> Response[bytes]:
    """Says that there is nothing to an odd voting pattern, and why."""
    form = await read_form(request)
    dismissal = form.read(DismissFlag, {"reason": form.text("reason")})
    if dismissal is None:
        raise Invalid(view.texts("form.missing"), reason="reason-missing", field="reason")
    await integrity.dismiss_flag(connection, actor, flag_id, dismissal, now)
    return view.redirect(f"/challenges/{challenge_id}/panel", "flag_dismissed")


handlers = [show, decide, dismiss_flag]
