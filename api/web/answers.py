"""Answering authors, one by one and in groups, and the published results of a challenge."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.views import View
from ideation.actions import challenges, decisions, themes
from ideation.database import Connection
from ideation.entities.decisions import Decide, Outcome
from ideation.entities.people import Actor
from ideation.errors import ConflictOfInterest, Forbidden, Invalid, NotFound, WrongState


@get("/challenges/{challenge_id:uuid}/answers")
async def show(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """Who waits for an answer, the longest waiting first, and the form that answers one or many."""
    return await _page(view, connection, actor, challenge_id, now, page)


@post("/challenges/{challenge_id:uuid}/answers")
async def answer(
    challenge_id: UUID,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
) -> Response[bytes]:
    """One outcome with one reason for all that are ticked; their authors are told."""
    form = await read_form(request)
    given = {name: form.text(name) for name in ("outcome", "reason", "lesson")} | {"idea_ids": form.all("idea")}
    decision = form.read(Decide, given)
    if "idea_ids" in form.errors:
        form.errors["idea_ids"] = "panel.tick_some"
    try:
        if decision is not None:
            await decisions.decide(connection, actor, challenge_id, decision, now)
    except (ConflictOfInterest, Invalid) as error:
        form.refuse(view, error, "idea_ids")
    except WrongState as error:
        form.errors["outcome"] = view.refusal(error)
    if form.errors:
        return await _page(view, connection, actor, challenge_id, now, page, form)
    kept = "" if (theme_id := _theme(view)) is None else f"?theme={theme_id}"
    return view.redirect(f"/challenges/{challenge_id}/answers{kept}", "decided")


async def _page(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    page: PageRequest,
    form: Form = EMPTY_FORM,
) -> Response[bytes]:
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    if not challenge.may_run:
        raise Forbidden("Authors are answered by those who run this challenge.", reason="answers-of-runners")
    theme_id = _theme(view)
    owed = await decisions.list_owed(
        connection, actor, challenge_id, now, after=page.after, limit=page.limit, theme_id=theme_id
    )
    return view.page(
        "answers.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        owed=page_out(owed, page),
        answers=await view.figures(
            connection, challenge_id, "answers", lambda: decisions.read_answers(connection, actor, challenge_id, now)
        ),
        themes=await view.figures(
            connection, challenge_id, "themes", lambda: themes.list_themes(connection, actor, challenge_id, now)
        ),
        theme_id=theme_id,
        outcomes=list(Outcome),
        form=form,
        ticked=form.all("idea") if "idea" in form.values else [],
    )


@get("/challenges/{challenge_id:uuid}/results")
async def show_results(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """What became of the ideas, for everybody in the audience once the challenge is decided."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    outcome = view.choice("outcome", Outcome)
    found = await decisions.list_results(
        connection, actor, challenge_id, now, outcome=outcome, after=page.after, limit=page.limit
    )
    return view.page(
        "results.html",
        challenge=challenge,
        results=page_out(found, page),
        outcome=outcome,
        outcomes=list(Outcome),
        answers=await view.figures(
            connection, challenge_id, "answers", lambda: decisions.read_answers(connection, actor, challenge_id, now)
        ),
    )


def _theme(view: View) -> UUID | None:
    given = view.word("theme")
    try:
        return None if given is None else UUID(given)
    except ValueError:
        raise NotFound from None


handlers = [show, answer, show_results]
