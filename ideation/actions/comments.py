"""Comments: write, reply, edit, delete, list."""

from datetime import datetime
from uuid import UUID

from ideation.actions.ideas_reading import SeenIdea, find_visible_idea, knows_authors
from ideation.actions.notifications import notify_all
from ideation.database import Connection
from ideation.entities.comments import Comment, CommentEdit, CommentOut, CommentRow, NewComment
from ideation.entities.people import Actor, Scope
from ideation.errors import Invalid, NotFound, PreconditionFailed
from ideation.ids import new_id
from ideation.markdown import render_markdown
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import comments as queries
from ideation.queries import idea_authors as author_queries
from ideation.rules.access import require_scope, require_taking_part
from ideation.rules.comments import (
    may_see_hidden_comment,
    require_own_comment,
    require_standing_comment,
    require_taking_comments,
)


async def add_comment(
    connection: Connection, actor: Actor, idea_id: UUID, new: NewComment, now: datetime
) -> CommentOut:
    """Comment on an idea or reply in a thread; its authors and the others in the thread are told."""
    require_taking_part(actor)
    seen = await find_visible_idea(connection, actor, idea_id, now)
    require_taking_comments(seen.challenge, seen.idea)
    comment = _comment(actor, idea_id, new, now)
    if not await queries.add_comment(connection, comment):
        raise Invalid(
            "parent_id names no comment that stands on this idea.", field="parent_id", reason="reply-to-nothing"
        )
    await _tell(connection, seen, comment, now)
    return _comment_out(actor, seen, await queries.read_comment(connection, comment.id))


def _comment(actor: Actor, idea_id: UUID, new: NewComment, now: datetime) -> Comment:
    return Comment(
        id=new_id(),
        idea_id=idea_id,
        parent_id=new.parent_id,
        author_id=actor.person_id,
        body=new.body.strip(),
        version=1,
        created_at=now,
        edited_at=None,
        deleted_at=None,
        hidden_at=None,
    )


async def _tell(connection: Connection, seen: SeenIdea, comment: Comment, now: datetime) -> None:
    """Authors of the idea first; the once-key keeps an author who is also in the thread from being told twice."""
    authors = set(await author_queries.author_ids(connection, comment.idea_id)) - {comment.author_id}
    thread: set[UUID] = set()
    if comment.parent_id is not None:
        thread = set(await queries.thread_participants(connection, comment.parent_id)) - {comment.author_id}
    told = [
        (authors, "comment_on_your_idea", f'There is a new comment on your idea "{seen.idea.title}".'),
        (thread - authors, "reply_in_your_thread", f'There is a new reply in your thread on "{seen.idea.title}".'),
    ]
    for people, kind, message in told:
        await notify_all(
            connection,
            sorted(people),
            kind,
            message,
            f"comment:{comment.id}",
            now=now,
            challenge_id=seen.challenge.id,
            idea_id=comment.idea_id,
        )


async def edit_comment(
    connection: Connection, actor: Actor, comment_id: UUID, edit: CommentEdit, version: int, now: datetime
) -> CommentOut:
    """Change the wording of one's own comment while comments are taken."""
    comment, seen = await _find_own_comment(connection, actor, comment_id, version, now)
    require_taking_comments(seen.challenge, seen.idea)
    if not await queries.edit_comment(connection, comment.id, version, edit.body.strip(), now):
        raise PreconditionFailed
    return _comment_out(actor, seen, await queries.read_comment(connection, comment.id))


async def delete_comment(connection: Connection, actor: Actor, comment_id: UUID, version: int, now: datetime) -> None:
    """Delete one's own comment for good; where there are replies an empty place remains."""
    comment, _ = await _find_own_comment(connection, actor, comment_id, version, now)
    if not await queries.delete_comment(connection, comment.id, version, now):
        raise PreconditionFailed


async def _find_own_comment(
    connection: Connection, actor: Actor, comment_id: UUID, version: int, now: datetime
) -> tuple[Comment, SeenIdea]:
    require_taking_part(actor)
    comment, seen = await find_visible_comment(connection, actor, comment_id, now)
    require_own_comment(actor, comment)
    if comment.version != version:
        raise PreconditionFailed(current_version=comment.version)
    return comment, seen


async def find_visible_comment(
    connection: Connection, actor: Actor, comment_id: UUID, now: datetime
) -> tuple[Comment, SeenIdea]:
    """A standing comment that this person may see, with its idea; NotFound alike for all others."""
    require_scope(actor, Scope.READ)
    comment = await queries.find_comment(connection, comment_id)
    try:
        seen = await find_visible_idea(connection, actor, comment_id if comment is None else comment.idea_id, now)
    except NotFound:
        raise _missing() from None
    if comment is None:
        raise _missing()
    return require_standing_comment(actor, seen.challenge, comment), seen


def _missing() -> NotFound:
    return NotFound("There is no such comment, or it is not open to you.")


async def list_comments(
    connection: Connection, actor: Actor, idea_id: UUID, *, now: datetime, limit: int, after: PageKey | None = None
) -> Page[CommentOut]:
    """Comments on an idea, the earliest first; `parent_id` makes the threads."""
    seen = await find_visible_idea(connection, actor, idea_id, now)
    rows = await queries.list_comments(connection, idea_id, after=time_and_id(after), limit=limit + 1)
    page = cut_page(rows, limit, lambda row: time_key(row.created_at, row.id))
    return Page(items=[_comment_out(actor, seen, row) for row in page.items], next_key=page.next_key)


async def read_comment(connection: Connection, actor: Actor, comment_id: UUID, now: datetime) -> CommentOut:
    """One standing comment."""
    comment, seen = await find_visible_comment(connection, actor, comment_id, now)
    return _comment_out(actor, seen, await queries.read_comment(connection, comment.id))


def _comment_out(actor: Actor, seen: SeenIdea, row: CommentRow) -> CommentOut:
    own = row.author_id == actor.person_id
    hidden = row.hidden_at is not None
    shown = row.deleted_at is None and (not hidden or may_see_hidden_comment(actor, seen.challenge, own=own))
    named = shown and (own or not row.by_idea_author or knows_authors(actor, seen))
    return CommentOut(
        id=row.id,
        idea_id=row.idea_id,
        parent_id=row.parent_id,
        author_id=row.author_id if named else None,
        author_name=row.author_name if named else None,
        by_idea_author=shown and row.by_idea_author,
        body=row.body if shown else None,
        body_html=render_markdown(row.body) if shown else None,
        is_mine=own,
        deleted=row.deleted_at is not None,
        hidden=hidden,
        version=row.version,
        created_at=row.created_at,
        edited_at=row.edited_at,
    )
