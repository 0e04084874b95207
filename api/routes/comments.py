"""Comments: threads below an idea."""

from datetime import datetime
from uuid import UUID

from litestar import Response, delete, get, patch, post

from api.dependencies import AnyRequest
from api.etags import require_if_match, with_etag
from api.paging import PageOut, PageRequest, page_out
from ideation.actions import comments
from ideation.database import Connection
from ideation.entities.comments import CommentEdit, CommentOut, NewComment
from ideation.entities.people import Actor

_TAGS = ["comments"]


@get("/ideas/{idea_id:uuid}/comments", summary="List the comments on an idea", tags=_TAGS)
async def list_comments(
    idea_id: UUID, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> PageOut[CommentOut]:
    """The earliest first; `parent_id` makes the threads."""
    found = await comments.list_comments(connection, actor, idea_id, now=now, limit=page.limit, after=page.after)
    return page_out(found, page)


@post("/ideas/{idea_id:uuid}/comments", summary="Comment or reply", tags=_TAGS)
async def add_comment(
    idea_id: UUID, connection: Connection, actor: Actor, now: datetime, data: NewComment
) -> Response[CommentOut]:
    """While the challenge runs or is in review. The authors and the others in the thread are told."""
    return _tagged(await comments.add_comment(connection, actor, idea_id, data, now))


@get("/comments/{comment_id:uuid}", summary="Read a comment", tags=_TAGS)
async def read_comment(comment_id: UUID, connection: Connection, actor: Actor, now: datetime) -> Response[CommentOut]:
    """One comment that stands."""
    return _tagged(await comments.read_comment(connection, actor, comment_id, now))


@patch("/comments/{comment_id:uuid}", summary="Edit a comment", tags=_TAGS)
async def edit_comment(
    comment_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime, data: CommentEdit
) -> Response[CommentOut]:
    """Your own, while comments are taken."""
    version = require_if_match(request)
    return _tagged(await comments.edit_comment(connection, actor, comment_id, data, version, now))


@delete("/comments/{comment_id:uuid}", summary="Delete a comment", tags=_TAGS)
async def delete_comment(
    comment_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> None:
    """Your own, for good; where there are replies an empty place remains."""
    await comments.delete_comment(connection, actor, comment_id, require_if_match(request), now)


def _tagged(comment: CommentOut) -> Response[CommentOut]:
    return with_etag(comment, comment.version)


handlers = [list_comments, add_comment, read_comment, edit_comment, delete_comment]
