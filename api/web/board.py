"""The board of those who run a challenge: how it goes, what is owed, and the steps from draft to archive."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import ClientException

from api.dependencies import AnyRequest
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.plots import Bar, bars
from api.web.views import View
from ideation.actions import (
    assignments,
    board,
    challenges,
    challenges_stages,
    decisions,
    duplicates,
    jobs,
    panels,
    people,
)
from ideation.database import Connection
from ideation.entities.assignments import StartAssignment
from ideation.entities.board import Board
from ideation.entities.challenges_forms import ChallengeClosing, ChallengeOut, NewClosing
from ideation.entities.decisions import DecideChallenge
from ideation.entities.jobs import AnalysisFreshness
from ideation.entities.panels import SetPanelMember
from ideation.entities.people import Actor, PersonFilter
from ideation.errors import Conflict, Forbidden, Invalid

_OWED = 8
_FOUND_PEOPLE = 8
_CHART_WIDTH = 560
_NEARLY = 0.97


@get("/challenges/{challenge_id:uuid}/board")
async def show(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """Everything at one look."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    return await _page(view, connection, actor, challenge, now)


async def _page(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge: ChallengeOut,
    now: datetime,
    form: Form = EMPTY_FORM,
) -> Response[bytes]:
    if not challenge.may_run:
        raise Forbidden("The board is for those who run this challenge.", reason="board-of-runners")
    owed = await view.figures(
        connection,
        challenge.id,
        "owed",
        lambda: decisions.list_owed(connection, actor, challenge.id, now, after=None, limit=_OWED),
    )
    watched = await view.figures(
        connection, challenge.id, "board", lambda: board.read_board(connection, actor, challenge.id, now)
    )
    return view.page(
        "board.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        form=form,
        participation=await view.figures(
            connection,
            challenge.id,
            "participation",
            lambda: challenges.read_participation(connection, actor, challenge.id, now),
        ),
        panel=await panels.list_panel(connection, actor, challenge.id, now),
        reviews=await panels.read_progress(connection, actor, challenge.id, now),
        answers=await view.figures(
            connection, challenge.id, "answers", lambda: decisions.read_answers(connection, actor, challenge.id, now)
        ),
        owed=owed.items,
        board=watched,
        charts={name: _chart(watched, name) for name in ("ideas", "answers", "comments")},
        pairs_waiting=await duplicates.count_waiting(connection, actor, challenge.id, now),
        progress=lambda analysis: likely_progress(analysis, now),
        analysis=await jobs.read_analysis(connection, actor, challenge.id, now),
        wanted=view.word("person"),
        people=await _find_people(connection, actor, view.word("person")),
    )


def likely_progress(analysis: AnalysisFreshness, now: datetime) -> float:
    """How far a run probably is, after the time that the last one took; never quite at the end."""
    if analysis.running_since is None or not analysis.expected_seconds:
        return 0.0
    return round(min((now - analysis.running_since).total_seconds() / analysis.expected_seconds, _NEARLY), 3)


def _chart(watched: Board, name: str) -> list[Bar]:
    return bars([(day.day, getattr(day, name)) for day in watched.days], _CHART_WIDTH)


async def _find_people(connection: Connection, actor: Actor, wanted: str | None) -> list[Any]:
    if wanted is None:
        return []
    found = await people.list_people(connection, actor, PersonFilter(query=wanted), limit=_FOUND_PEOPLE, after=None)
    return list(found.items)


@post("/challenges/{challenge_id:uuid}/stage")
async def change_stage(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Publishes, extends, closes, reopens, decides or archives, as the button says."""
    form = await read_form(request)
    step = form.text("step")
    if step not in _STEPS:
        raise ClientException(detail="The form names no step.")
    try:
        done = await _STEPS[step](connection, actor, challenge_id, form, now)
    except Invalid as error:
        form.refuse(view, error, step)
        done = False
    except Conflict as error:
        if "answers_owed" not in error.extra:
            raise
        form.refuse(view, error, "answers_owed")
        done = False
    if not done:
        challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
        return await _page(view, connection, actor, challenge, now, form)
    return view.redirect(f"/challenges/{challenge_id}/board", f"stage_{step}")


async def _publish(connection: Connection, actor: Actor, challenge_id: UUID, form: Form, now: datetime) -> bool:
    await challenges_stages.publish_challenge(connection, actor, challenge_id, form.number("version"), now)
    return True


async def _extend(connection: Connection, actor: Actor, challenge_id: UUID, form: Form, now: datetime) -> bool:
    closing = form.read(NewClosing, _closing(form))
    if closing is not None:
        await challenges_stages.extend_challenge(connection, actor, challenge_id, closing, form.number("version"), now)
    return closing is not None


async def _reopen(connection: Connection, actor: Actor, challenge_id: UUID, form: Form, now: datetime) -> bool:
    closing = form.read(NewClosing, _closing(form))
    if closing is not None:
        await challenges_stages.reopen_challenge(connection, actor, challenge_id, closing, form.number("version"), now)
    return closing is not None


async def _close(connection: Connection, actor: Actor, challenge_id: UUID, form: Form, now: datetime) -> bool:
    closing = form.read(ChallengeClosing, {"reason": form.text("reason")})
    if closing is not None:
        version = form.number("version")
        await challenges_stages.close_challenge_early(connection, actor, challenge_id, closing, version, now)
    return closing is not None


async def _decide(connection: Connection, actor: Actor, challenge_id: UUID, form: Form, now: datetime) -> bool:
    owed = DecideChallenge(answers_owed=form.number("answers_owed"))
    await decisions.decide_challenge(connection, actor, challenge_id, owed, form.number("version"), now)
    return True


async def _archive(connection: Connection, actor: Actor, challenge_id: UUID, form: Form, now: datetime) -> bool:
    await challenges_stages.archive_challenge(connection, actor, challenge_id, form.number("version"), now)
    return True


_STEPS = {
    "publish": _publish,
    "extend": _extend,
    "close": _close,
    "reopen": _reopen,
    "decide": _decide,
    "archive": _archive,
}


@post("/challenges/{challenge_id:uuid}/members")
async def change_panel(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Adds somebody to the panel, or removes them."""
    form = await read_form(request)
    person_id = form.id("person_id")
    if form.text("button") == "remove":
        await panels.remove_panel_member(connection, actor, challenge_id, person_id, now)
    else:
        await panels.set_panel_member(connection, actor, challenge_id, person_id, SetPanelMember(), now)
    return view.redirect(f"/challenges/{challenge_id}/board#panel", "panel_changed")


@post("/challenges/{challenge_id:uuid}/assign")
async def assign(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Has the ideas dealt out to the panel."""
    await assignments.start_assignment(connection, actor, challenge_id, StartAssignment(), now)
    return view.redirect(f"/challenges/{challenge_id}/board#panel", "assigning")


def _closing(form: Form) -> dict[str, Any]:
    closes = {name: form.moment(name) for name in ("submit_closes_at", "vote_closes_at")}
    return closes | {"reason": form.text("reason")}


handlers = [show, change_stage, change_panel, assign]
