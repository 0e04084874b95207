"""An idea's page, and writing one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.views import View
from ideation.actions import challenges, comments, decisions, ideas, ideas_reading, similar
from ideation.database import Connection
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.comments import CommentOut
from ideation.entities.ideas import IdeaState
from ideation.entities.ideas_forms import IdeaEdit, IdeaOut, NewDraft, NewIdea
from ideation.entities.people import Actor
from ideation.entities.similar import SimilarIdea, SimilarRequest
from ideation.errors import Invalid, PreconditionFailed

_NEAR = 4


@get("/ideas/{idea_id:uuid}")
async def show(
    idea_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """The idea with everything this person may know of it."""
    idea = await ideas_reading.read_idea(connection, actor, idea_id, now)
    challenge = await challenges.read_challenge(connection, actor, idea.challenge_id, now)
    return await idea_page(view, connection, actor, now, page, idea, challenge)


async def idea_page(
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    idea: IdeaOut,
    challenge: ChallengeOut,
    form: Form = EMPTY_FORM,
) -> Response[bytes]:
    """The idea's page, with what was typed into its forms when that was refused."""
    said = await comments.list_comments(connection, actor, idea.id, now=now, limit=100, after=page.after)
    near = [] if idea.state is IdeaState.DRAFT else await _near(connection, actor, idea, now)
    revisions = await ideas_reading.list_revisions(connection, actor, idea.id, now) if idea.revision > 1 else []
    return view.page(
        "idea.html",
        status=422 if form.errors else 200,
        idea=idea,
        challenge=challenge,
        answers=await decisions.list_decisions(connection, actor, idea.id, now),
        comments=page_out(said, page),
        threads=_threads(said.items),
        revisions=revisions,
        near=near,
        form=form,
    )


async def _near(connection: Connection, actor: Actor, idea: IdeaOut, now: datetime) -> list[SimilarIdea]:
    return await similar.find_similar_to_idea(connection, actor, idea.id, limit=_NEAR, now=now)


def _threads(said: list[CommentOut]) -> list[tuple[CommentOut, int]]:
    """Comments in reading order, each with its depth; a reply whose parent is on another page stands alone."""
    known = {comment.id for comment in said}
    children: dict[UUID | None, list[CommentOut]] = {}
    for comment in said:
        children.setdefault(comment.parent_id if comment.parent_id in known else None, []).append(comment)
    ordered: list[tuple[CommentOut, int]] = []
    waiting = [(comment, 0) for comment in reversed(children.get(None, []))]
    while waiting:
        comment, depth = waiting.pop()
        ordered.append((comment, depth))
        waiting.extend((reply, min(depth + 1, 4)) for reply in reversed(children.get(comment.id, [])))
    return ordered


@get("/challenges/{challenge_id:uuid}/ideas/new")
async def begin(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """An empty form, filled with the challenge's template."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    return _writing_page(view, challenge, Form({"body": challenge.idea_template}))


@post("/challenges/{challenge_id:uuid}/ideas/new")
async def write(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Submits the idea, keeps it as a draft, or looks for similar ones, as the button says."""
    form = await read_form(request)
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    if form.text("button") == "similar":
        return await _similar(view, connection, actor, challenge, form, now)
    try:
        stored = await _store_new(connection, actor, challenge_id, form, now)
    except Invalid as error:
        form.refuse(error, "title")
        stored = None
    if stored is None:
        return _writing_page(view, challenge, form)
    return view.redirect(f"/ideas/{stored.id}", _outcome(stored))


async def _store_new(
    connection: Connection, actor: Actor, challenge_id: UUID, form: Form, now: datetime
) -> IdeaOut | None:
    if form.text("button") == "draft":
        draft = form.read(NewDraft, _wording(form))
        return None if draft is None else await ideas.create_draft(connection, actor, challenge_id, draft, now)
    new = form.read(NewIdea, _wording(form))
    return None if new is None else await ideas.submit_idea(connection, actor, challenge_id, new, now)


async def _similar(
    view: View, connection: Connection, actor: Actor, challenge: ChallengeOut, form: Form, now: datetime
) -> Response[bytes]:
    """The form again with what is near its text; to the script of the page only that part."""
    typed = form.read(SimilarRequest, {"title": form.text("title"), "body": form.text("body")})
    near = [] if typed is None else await similar.find_similar(connection, actor, challenge.id, typed, now)
    if view.request.headers.get("x-part") == "similar":
        return view.page("similar.html", near=near)
    return _writing_page(view, challenge, form, near=near)


@get("/ideas/{idea_id:uuid}/edit")
async def begin_edit(idea_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The idea's wording in a form."""
    idea = await ideas_reading.read_idea(connection, actor, idea_id, now)
    challenge = await challenges.read_challenge(connection, actor, idea.challenge_id, now)
    typed = {"title": idea.title, "body": idea.body, "tags": ", ".join(idea.tags), "version": str(idea.version)}
    return _writing_page(view, challenge, Form(typed), idea)


@post("/ideas/{idea_id:uuid}/edit")
async def edit(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Stores the new wording; a draft can be submitted with the same press."""
    form = await read_form(request)
    before = await ideas_reading.read_idea(connection, actor, idea_id, now)
    challenge = await challenges.read_challenge(connection, actor, before.challenge_id, now)
    try:
        stored = await _store_edit(connection, actor, idea_id, form, now)
    except Invalid as error:
        form.refuse(error, "title")
        stored = None
    except PreconditionFailed:
        # What was typed stays in the form; sending it again means to overwrite what somebody else wrote meanwhile.
        form = Form({**form.values, "version": str(before.version)})
        form.errors["version"] = "form.changed_meanwhile"
        stored = None
    if stored is None:
        return _writing_page(view, challenge, form, before)
    return view.redirect(f"/ideas/{idea_id}", _outcome(stored))


async def _store_edit(connection: Connection, actor: Actor, idea_id: UUID, form: Form, now: datetime) -> IdeaOut | None:
    change = form.read(IdeaEdit, _wording(form))
    if change is None:
        return None
    stored = await ideas.edit_idea(connection, actor, idea_id, change, form.number("version"), now)
    if form.text("button") == "submit" and stored.state is IdeaState.DRAFT:
        return await ideas.submit_draft(connection, actor, idea_id, stored.version, now)
    return stored


@post("/ideas/{idea_id:uuid}/withdraw")
async def withdraw(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Takes the idea back."""
    version = (await read_form(request)).number("version")
    await ideas.withdraw_idea(connection, actor, idea_id, version, now)
    return view.redirect(f"/ideas/{idea_id}", "idea_withdrawn")


@post("/ideas/{idea_id:uuid}/restore")
async def restore(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Brings a withdrawn idea back."""
    version = (await read_form(request)).number("version")
    await ideas.restore_idea(connection, actor, idea_id, version, now)
    return view.redirect(f"/ideas/{idea_id}", "idea_submitted")


@post("/ideas/{idea_id:uuid}/delete")
async def delete(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Deletes a draft for good."""
    await ideas.delete_draft(connection, actor, idea_id, (await read_form(request)).number("version"), now)
    return view.redirect("/", "draft_deleted")


def _wording(form: Form) -> dict[str, Any]:
    tags = [tag.strip() for tag in form.text("tags").split(",") if tag.strip()]
    return {"title": form.text("title"), "body": form.text("body"), "tags": tags}


def _writing_page(
    view: View,
    challenge: ChallengeOut,
    form: Form,
    idea: IdeaOut | None = None,
    near: Sequence[SimilarIdea] | None = None,
) -> Response[bytes]:
    status = 422 if form.errors else 200
    return view.page("write.html", status=status, challenge=challenge, form=form, idea=idea, near=near)


def _outcome(idea: IdeaOut) -> str:
    return "draft_saved" if idea.state is IdeaState.DRAFT else "idea_submitted"


handlers = [show, begin, write, begin_edit, edit, withdraw, restore, delete]
