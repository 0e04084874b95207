"""Reports of ideas and comments, and what moderators make of them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from ideation.entities.fields import Note, Reason


class Outcome(StrEnum):
    """What a moderator decided about reported content."""

    HIDDEN = "hidden"
    KEPT = "kept"


class NewReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong with an idea or a comment."""

    reason: Reason


class Resolution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A moderator's decision; the note reaches whoever reported it, and the author when it is hidden."""

    outcome: Outcome
    note: Note = ""


class Hiding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why something is hidden or shown again; its author is told."""

    reason: Reason


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `reports`, with the challenge and the idea it belongs to."""

    id: UUID
    idea_id: UUID | None
    comment_id: UUID | None
    challenge_id: UUID
    about_idea_id: UUID
    reporter_id: UUID
    reason: str
    created_at: datetime
    outcome: Outcome | None


class ReportOut(msgspec.Struct, frozen=True, kw_only=True):
    """A person's own report and what came of it."""

    id: UUID
    idea_id: UUID | None
    comment_id: UUID | None
    reason: str
    created_at: datetime
    outcome: Outcome | None
    note: str
    resolved_at: datetime | None


class QueuedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report that waits for a moderator; who reported it is not told."""

    id: UUID
    challenge_id: UUID
    about_idea_id: UUID
    idea_title: str
    comment_id: UUID | None
    text: str
    reason: str
    open_reports: int
    already_hidden: bool
    created_at: datetime


class HiddenItem(msgspec.Struct, frozen=True, kw_only=True):
    """An idea or a comment that is hidden at present."""

    challenge_id: UUID
    idea_id: UUID
    comment_id: UUID | None
    idea_title: str
    text: str
    hidden_at: datetime
