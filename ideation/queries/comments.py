"""SQL of comments."""

from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.comments import Comment, CommentRow
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("comments")


async def find_comment(connection: Connection, comment_id: UUID) -> Comment | None:
    """The comment, whoever asks; visibility is a rule."""
    row = await connection.fetchrow(_SQL["find_comment"], comment_id)
    return None if row is None else row_as(row, Comment)


async def add_comment(connection: Connection, comment: Comment) -> bool:
    """Store a comment; False when it answers none that stands on the same idea."""
    added = await connection.fetchval(
        _SQL["add_comment"],
        comment.id,
        comment.idea_id,
        comment.parent_id,
        comment.author_id,
        comment.body,
        comment.created_at,
    )
    return added is not None


async def edit_comment(connection: Connection, comment_id: UUID, version: int, body: str, now: datetime) -> bool:
    """Store a new wording if the comment stands in this version; whether it did."""
    return await connection.fetchval(_SQL["edit_comment"], comment_id, version, body, now) is not None


async def delete_comment(connection: Connection, comment_id: UUID, version: int, now: datetime) -> bool:
    """Delete the text of a comment of this version; whether there was one."""
    return await connection.fetchval(_SQL["delete_comment"], comment_id, version, now) is not None


async def set_hidden(connection: Connection, comment_id: UUID, hidden_at: datetime | None) -> bool:
    """Hide a comment, or show it again (None); whether that changed anything."""
    return await connection.fetchval(_SQL["set_hidden"], comment_id, hidden_at) is not None


async def list_comments(
    connection: Connection, idea_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[CommentRow]:
    """Comments on an idea, the earliest first."""
    created_at, last_id = after or (None, None)
    rows = await connection.fetch(_SQL["list_comments"], idea_id, created_at, last_id, limit)
    return rows_as(rows, CommentRow)


async def read_comment(connection: Connection, comment_id: UUID) -> CommentRow:
    """An existing comment as the list shows it."""
    return row_as(await connection.fetchrow(_SQL["read_comment"], comment_id), CommentRow)


async def thread_participants(connection: Connection, parent_id: UUID) -> list[UUID]:
    """Who wrote the comment being answered, those above it, and the other replies to it."""
    return [row["author_id"] for row in await connection.fetch(_SQL["thread_participants"], parent_id)]
