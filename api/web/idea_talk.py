"""What people do on an idea's page: comment, support, report."""

from datetime import datetime
from uuid import UUID

from litestar import Response, post

from api.dependencies import AnyRequest
from api.paging import PageRequest
from api.web.forms import Form, read_form
from api.web.ideas import idea_page
from api.web.views import View
from ideation.actions import challenges, comments, ideas_reading, reports, votes
from ideation.database import Connection
from ideation.entities.challenges import TOKEN_METHODS, VotingMethod
from ideation.entities.comments import NewComment
from ideation.entities.moderation import NewReport
from ideation.entities.people import Actor
from ideation.entities.votes import AnswerInput, Word


@post("/ideas/{idea_id:uuid}/comments")
async def comment(
    idea_id: UUID,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
) -> Response[bytes]:
    """Adds a comment or a reply."""
    form = await read_form(request)
    given = {"body": form.text("body")} | ({"parent_id": form.text("parent_id")} if form.text("parent_id") else {})
    new = form.read(NewComment, given)
    if new is None:
        return await _show_again(view, connection, actor, idea_id, now, page, form)
    added = await comments.add_comment(connection, actor, idea_id, new, now)
    return view.redirect(f"/ideas/{idea_id}#comment-{added.id}", "comment_added")


@post("/comments/{comment_id:uuid}/delete")
async def delete_comment(
    comment_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Deletes one's own comment."""
    form = await read_form(request)
    said = await comments.read_comment(connection, actor, comment_id, now)
    await comments.delete_comment(connection, actor, comment_id, form.number("version"), now)
    return view.redirect(f"/ideas/{said.idea_id}#comments", "comment_deleted")


@post("/ideas/{idea_id:uuid}/support")
async def support(
    idea_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Supports an idea, or takes the support back."""
    form = await read_form(request)
    if form.text("button") == "take_back":
        await votes.remove_vote(connection, actor, idea_id, now)
        return view.redirect(f"/ideas/{idea_id}", "support_removed")
    idea = await ideas_reading.read_idea(connection, actor, idea_id, now)
    challenge = await challenges.read_challenge(connection, actor, idea.challenge_id, now)
    await votes.put_vote(connection, actor, idea_id, _support(challenge.voting_method), now)
    return view.redirect(f"/ideas/{idea_id}", "supported")


@post("/ideas/{idea_id:uuid}/report")
async def report(
    idea_id: UUID,
    request: AnyRequest,
    view: View,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
) -> Response[bytes]:
    """Tells the moderators about the idea, or about one of its comments."""
    form = await read_form(request)
    new = form.read(NewReport, {"reason": form.text("reason")})
    if new is None:
        return await _show_again(view, connection, actor, idea_id, now, page, form)
    comment_id = form.text("comment_id")
    if comment_id:
        await reports.report_comment(connection, actor, UUID(comment_id), new, now)
    else:
        await reports.report_idea(connection, actor, idea_id, new, now)
    return view.redirect(f"/ideas/{idea_id}", "reported")


def _support(method: VotingMethod) -> AnswerInput:
    if method is VotingMethod.STARS:
        return AnswerInput(answer=5)
    if method in TOKEN_METHODS:
        return AnswerInput(answer=1)
    return AnswerInput(answer=Word.YES if method is VotingMethod.YES_NO else Word.UP)


async def _show_again(
    view: View, connection: Connection, actor: Actor, idea_id: UUID, now: datetime, page: PageRequest, form: Form
) -> Response[bytes]:
    idea = await ideas_reading.read_idea(connection, actor, idea_id, now)
    challenge = await challenges.read_challenge(connection, actor, idea.challenge_id, now)
    return await idea_page(view, connection, actor, now, page, idea, challenge, form)


handlers = [comment, delete_comment, support, report]
