"""Comments: threads below an idea."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.entities.fields import CommentBody


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `comments`."""

    id: UUID
    idea_id: UUID
    parent_id: UUID | None
    author_id: UUID
    body: str
    version: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None


class NewComment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comment, or with `parent_id` a reply to one."""

    body: CommentBody
    parent_id: UUID | None = None


class CommentEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new wording of one's comment."""

    body: CommentBody


class CommentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A comment as the database gives it, before it is decided what its reader may know."""

    id: UUID
    idea_id: UUID
    parent_id: UUID | None
    author_id: UUID
    author_name: str
    by_idea_author: bool
    body: str
    version: int
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    hidden_at: datetime | None


class CommentOut(msgspec.Struct, frozen=True, kw_only=True):
    """One comment. Body and author are null when it was deleted or hidden; the author also where the comment is by an
    author of the idea whom this reader may not know."""

    id: UUID
    idea_id: UUID
    parent_id: UUID | None
    author_id: UUID | None
    author_name: str | None
    by_idea_author: bool
    body: str | None
    body_html: str | None
    is_mine: bool
    deleted: bool
    hidden: bool
    version: int
    created_at: datetime
    edited_at: datetime | None
