"""Writing an idea: similar ones appear while it is typed, and what is typed is kept as a draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.web.forms import Form, read_form
from api.web.views import View
from ideation.actions import challenges, ideas, ideas_reading, similar
from ideation.database import Connection
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.ideas import IdeaState
from ideation.entities.ideas_forms import IdeaEdit, IdeaOut, MyIdea, NewDraft, NewIdea
from ideation.entities.people import Actor
from ideation.entities.similar import SimilarIdea, SimilarRequest
from ideation.errors import Invalid, PreconditionFailed
from ideation.rules.ideas_writing import require_author

_DRAFTS = 20


@get("/challenges/{challenge_id:uuid}/ideas/new")
async def begin(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """An empty form, filled with the challenge's template, and the drafts that were begun before."""
    await ideas.require_contributing(connection, actor, challenge_id, now)
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    mine = await ideas_reading.list_my_ideas(connection, actor, limit=_DRAFTS, challenge_id=challenge_id)
    drafts = [idea for idea in mine.items if idea.state is IdeaState.DRAFT and not idea.is_invited]
    return _writing_page(view, challenge, Form({"body": challenge.idea_template}), drafts=drafts)


@post("/challenges/{challenge_id:uuid}/ideas/new")
async def write(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Submits the idea, keeps it as a draft, or looks for similar ones, as the button says."""
    form = await read_form(request)
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    if form.text("button") == "similar":
        near = await _similar(connection, actor, challenge, form, now)
        return _writing_page(view, challenge, form, near=near)
    try:
        stored = await _store_new(connection, actor, challenge_id, form, now)
    except Invalid as error:
        form.refuse(view, error, "title")
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


@post("/challenges/{challenge_id:uuid}/ideas/similar")
async def look_while_typing(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """The part of the page that shows what is near the text."""
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    near = await _similar(connection, actor, challenge, await read_form(request), now)
    return view.page("similar.html", near=near)


async def _similar(
    connection: Connection, actor: Actor, challenge: ChallengeOut, form: Form, now: datetime
) -> list[SimilarIdea]:
    typed = form.read(SimilarRequest, {"title": form.text("title"), "body": form.text("body")})
    return [] if typed is None else await similar.find_similar(connection, actor, challenge.id, typed, now)


@post("/challenges/{challenge_id:uuid}/ideas/keep")
async def keep_while_typing(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Keeps what is typed so far as a draft; answers with the part of the page that says so."""
    form = await read_form(request)
    challenge = await challenges.read_challenge(connection, actor, challenge_id, now)
    form.values = {**form.values, "button": "draft"}
    kept: IdeaOut | None = None
    try:
        if form.text("draft"):
            kept = await _store_edit(connection, actor, form.id("draft"), form, now)
        elif _has_words(form, challenge):
            kept = await _store_new(connection, actor, challenge_id, form, now)
    except Invalid as error:
        form.refuse(view, error, "title")
    except PreconditionFailed:
        form.errors["version"] = "write.kept_elsewhere"
    if kept is None:
        return view.page("kept.html", idea=None, form=form)
    return view.page("kept.html", idea=kept, form=Form({**form.values, "version": str(kept.version)}))


def _has_words(form: Form, challenge: ChallengeOut) -> bool:
    return bool(form.text("title").strip()) or form.text("body").strip() not in ("", challenge.idea_template.strip())


@get("/ideas/{idea_id:uuid}/edit")
async def begin_edit(idea_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The idea's wording in a form, for its authors."""
    idea = await ideas_reading.read_idea(connection, actor, idea_id, now)
    require_author(author=idea.is_author)
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
    if form.text("button") == "similar":
        near = await _similar(connection, actor, challenge, form, now)
        return _writing_page(view, challenge, form, before, near=near)
    try:
        stored = await _store_edit(connection, actor, idea_id, form, now)
    except Invalid as error:
        form.refuse(view, error, "title")
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


def _wording(form: Form) -> dict[str, Any]:
    tags = [tag.strip() for tag in form.text("tags").split(",") if tag.strip()]
    return {"title": form.text("title"), "body": form.text("body"), "tags": tags}


def _writing_page(
    view: View,
    challenge: ChallengeOut,
    form: Form,
    idea: IdeaOut | None = None,
    near: Sequence[SimilarIdea] | None = None,
    drafts: Sequence[MyIdea] = (),
) -> Response[bytes]:
    # Only a draft is kept while typing: every change to a submitted idea is a wording that others can read.
    keeps = idea is None or idea.state is IdeaState.DRAFT
    return view.page(
        "write.html",
        status=422 if form.errors else 200,
        challenge=challenge,
        form=form,
        idea=idea,
        near=near,
        drafts=drafts,
        keeps=keeps,
    )


def _outcome(idea: IdeaOut) -> str:
    return "draft_saved" if idea.state is IdeaState.DRAFT else "idea_submitted"


handlers = [begin, write, look_while_typing, keep_while_typing, begin_edit, edit]
