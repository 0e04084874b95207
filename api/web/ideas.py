"""An idea's page, and what its authors do there."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.co_authors import co_author_values
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.views import View
from ideation.actions import challenges, comments, decisions, ideas, ideas_reading, similar
from ideation.database import Connection
from ideation.entities.challenges_forms import ChallengeOut
from ideation.entities.comments import CommentOut
from ideation.entities.ideas import IdeaState
from ideation.entities.ideas_forms import IdeaOut
from ideation.entities.people import Actor
from ideation.entities.similar import SimilarIdea

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
        merged=await ideas_reading.list_merged(connection, actor, idea.id, now) if idea.merged_count else [],
        **await co_author_values(view, connection, actor, idea, now),
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


handlers = [show, withdraw, restore, delete]
