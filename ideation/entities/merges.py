"""Merges: an idea is shown and counted with another until somebody separates them again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Note
from ideation.entities.ideas import IdeaState


class NewMerge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ideas of one challenge to be shown as one."""

    idea_ids: Annotated[list[UUID], Meta(min_length=2, max_length=50)]
    survivor_id: Annotated[
        UUID | None,
        Meta(description="Which of them stays; null: the one with the most voters, the older one among equals."),
    ] = None
    reason: Note = ""


class Unmerging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Merged ideas that are to stand on their own again."""

    idea_ids: Annotated[list[UUID], Meta(min_length=1, max_length=50)]
    reason: Note = ""


class MergeableIdea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea as merging looks at it; `voters` are distinct people, over those merged into it too."""

    id: UUID
    challenge_id: UUID
    title: str
    state: IdeaState
    canonical_id: UUID | None
    hidden_at: datetime | None
    submitted_at: datetime | None
    voters: int
    is_author: bool


class MergeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A merge and, once separated, when that was."""

    id: UUID
    idea_id: UUID
    idea_title: str
    canonical_id: UUID
    canonical_title: str
    reason: str
    merged_at: datetime
    unmerged_at: datetime | None


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """What stays, and what is now shown with it."""

    survivor_id: UUID
    merged_ids: list[UUID]
