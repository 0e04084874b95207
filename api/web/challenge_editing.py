"""Making a challenge step by step: the draft is kept at every step, and the last one checks and previews it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from msgspec.structs import replace

from api.dependencies import AnyRequest
from api.web.challenge_fields import (
    CRITERION_FIELDS,
    DATES,
    MOST_ROWS,
    SPARE_ROWS,
    Step,
    anchored_scores,
    filled,
    locked,
    read_step,
)
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.views import View
from ideation.actions import challenges, people
from ideation.database import Connection
from ideation.entities.challenges import Authorship, VotingMethod
from ideation.entities.challenges_check import Finding
from ideation.entities.challenges_forms import ChallengeOut, NewChallenge
from ideation.entities.people import Actor, PersonFilter
from ideation.errors import Forbidden, Invalid, NotFound, PreconditionFailed, WrongState
from ideation.rules.challenges_editing import require_may_create

_MOST_NAMESAKES = 20


@get("/challenges/new")
async def begin(view: View, actor: Actor) -> Response[bytes]:
    """The first step, before there is a draft."""
    require_may_create(actor)
    return _new_page(view, EMPTY_FORM)


@post("/challenges/new")
async def create(
    request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Keeps the draft and goes on to the second step."""
    form = await read_form(request)
    names = ("question", "brief", "idea_template")
    new = form.read(NewChallenge, {name: form.text(name) for name in names})
    if new is None:
        return _new_page(view, form)
    draft = await challenges.create_challenge(connection, actor, new, now)
    return view.redirect(f"/challenges/{draft.id}/edit/{Step.QUESTION.next}", "draft_kept")


def _new_page(view: View, form: Form) -> Response[bytes]:
    status = 422 if form.errors else 200
    return view.page("challenge_new.html", status=status, form=form, steps=list(Step), locked=frozenset())


@get(["/challenges/{challenge_id:uuid}/edit", "/challenges/{challenge_id:uuid}/edit/{step:str}"])
async def show(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, step: str = Step.QUESTION
) -> Response[bytes]:
    """One step, filled with what is stored."""
    challenge = await _to_edit(connection, actor, challenge_id, now)
    return await _page(view, connection, actor, challenge, _step(step), filled(challenge, now), now)


@post("/challenges/{challenge_id:uuid}/edit/{step:str}")
async def save(
    challenge_id: UUID,
    step: str,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
) -> Response[bytes]:
    """Keeps the step and goes on to the next, or stays on it."""
    form, at = await read_form(request), _step(step)
    challenge = await _to_edit(connection, actor, challenge_id, now)
    try:
        saved = await _save(connection, actor, challenge, form, at, now)
    except (Invalid, WrongState) as error:
        form.refuse(view, error, "version")
        saved = False
    except PreconditionFailed:
        form = Form({**form.values, "version": str(challenge.version)})
        form.errors["version"] = "form.changed_meanwhile"
        saved = False
    if not saved:
        return await _page(view, connection, actor, challenge, at, form, now)
    goes_to = at if form.text("button") == "stay" else at.next
    return view.redirect(f"/challenges/{challenge_id}/edit/{goes_to}", "draft_kept")


@post("/challenges/{challenge_id:uuid}/delete")
async def delete(
    challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Deletes a draft that was never published."""
    await challenges.delete_draft_challenge(connection, actor, challenge_id, now)
    return view.redirect("/", "challenge_deleted")


async def _save(
    connection: Connection, actor: Actor, challenge: ChallengeOut, form: Form, step: Step, now: datetime
) -> bool:
    sponsor_id = (
        await _read_sponsor(connection, actor, challenge, form) if step is Step.PEOPLE else challenge.sponsor_id
    )
    edit = read_step(form, step, challenge)
    if edit is None:
        return False
    if sponsor_id != challenge.sponsor_id:
        edit = replace(edit, sponsor_id=sponsor_id)
    await challenges.edit_challenge(connection, actor, challenge.id, edit, form.number("version"), now)
    return True


async def _read_sponsor(connection: Connection, actor: Actor, challenge: ChallengeOut, form: Form) -> UUID:
    """Who is named as sponsor: by name, with the department behind a comma where several have that name."""
    typed = form.text("sponsor").strip()
    if typed == challenge.sponsor_name:
        return challenge.sponsor_id
    if not typed:
        form.errors["sponsor"] = "form.missing"
        return challenge.sponsor_id
    name, _, department = typed.partition(",")
    wanted = PersonFilter(query=name.strip(), department=department.strip() or None)
    found = (await people.list_people(connection, actor, wanted, limit=_MOST_NAMESAKES, after=None)).items
    # The search goes by how words begin: Ada Lind finds Ada Lindgren too.
    named = [person for person in found if person.name.casefold() == name.strip().casefold()] or found
    if len(named) != 1:
        form.errors["sponsor"] = "steps.several_people" if named else "board.nobody"
        return challenge.sponsor_id
    return named[0].id


async def _to_edit(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ChallengeOut:
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    if not challenge.may_run:
        raise Forbidden("Only those who run this challenge change it.", reason="edit-of-runners")
    return challenge


def _step(name: str) -> Step:
    if name not in list(Step):
        raise NotFound
    return Step(name)


async def _page(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge: ChallengeOut,
    step: Step,
    form: Form,
    now: datetime,
) -> Response[bytes]:
    check = await challenges.read_check(connection, actor, challenge.id, now)
    return view.page(
        f"challenge_{step}.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        form=form,
        step=step,
        steps=list(Step),
        locked=locked(challenge),
        check=check,
        concern=lambda finding: _concern(view, finding),
        **await _choices(connection, actor, challenge, step, form),
    )


async def _choices(
    connection: Connection, actor: Actor, challenge: ChallengeOut, step: Step, form: Form
) -> dict[str, Any]:
    """What there is to choose from on a step."""
    if step is Step.PEOPLE:
        groups = {
            "audience_departments": await people.list_departments(connection, actor),
            "audience_sites": await people.list_sites(connection, actor),
        }
        return {"groups": groups, "methods": list(VotingMethod), "authorships": list(Authorship)}
    if step is Step.CRITERIA:
        typed = [row for row in range(MOST_ROWS) if any(form.text(f"{name}-{row}") for name in CRITERION_FIELDS[1:3])]
        rows = range(min(MOST_ROWS, max(typed, default=-1) + 1 + SPARE_ROWS))
        anchored = {row: anchored_scores(form, row) for row in rows}
        filled_in = {row: any(form.text(f"anchor-{row}-{score}") for score in anchored[row]) for row in rows}
        return {"rows": rows, "anchored": anchored, "typed_anchors": filled_in}
    if step is Step.CHECK:
        dated = [(name, moment) for name in DATES if (moment := getattr(challenge, name)) is not None]
        return {"timeline": sorted(dated, key=lambda date: date[1])}
    return {"dates": DATES} if step is Step.DATES else {}


def _concern(view: View, finding: Finding) -> str:
    other = "" if finding.other is None else view.texts(f"field.{finding.other}")
    return view.texts(f"concern.{finding.concern}", field=view.texts(f"field.{finding.field}"), other=other)


handlers = [begin, create, show, save, delete]
