"""What people send to write an idea, and what they get to see of one."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ideation.entities.fields import Body, Tag, Tags, Title
from ideation.entities.ideas import IdeaState
from ideation.entities.people import Actor
from ideation.entities.votes import VoteCounts

DraftTitle = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$", description="May be empty in a draft.")]


class NewIdea(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An idea to be submitted at once."""

    title: Title
    body: Body = ""
    tags: Tags = []


class AskedSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's wish to submit an idea, and the request it came with."""

    actor: Actor
    challenge_id: UUID
    new: NewIdea
    at: datetime
    request_id: str | None


class NewDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An idea to be kept as a draft, seen by its authors only."""

    title: DraftTitle = ""
    body: Body = ""
    tags: Tags = []


class IdeaEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields to change; those left out stay as they are."""

    title: DraftTitle | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


class IdeaSort(StrEnum):
    """Orders of a list of ideas; random is the person's own order of the day."""

    NEWEST = "newest"
    TRENDING = "trending"
    RANDOM = "random"
    SUPPORTED = "supported"


# These tell how the crowd voted.
SORTS_BY_COUNTS = frozenset({IdeaSort.TRENDING, IdeaSort.SUPPORTED})


class IdeaFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list keeps; None keeps everything. With a text the best matches come first, whatever the sort."""

    state: IdeaState | None = None
    theme_id: UUID | None = None
    tag: Tag | None = None
    department: str | None = None
    text: str | None = None


class IdeaAuthor(msgspec.Struct, frozen=True, kw_only=True):
    """A person who wrote the idea or agreed to be its co-author."""

    person_id: UUID
    name: str
    department: str


class IdeaOut(msgspec.Struct, frozen=True, kw_only=True):
    """One idea. `authors` and `department` are null where this reader may not know who wrote it; `counts` is null
    where this reader may not yet know how others voted."""

    id: UUID
    challenge_id: UUID
    title: str
    body: str
    body_html: str
    tags: list[str]
    state: IdeaState
    authors: list[IdeaAuthor] | None
    department: str | None
    canonical_id: UUID | None
    merged_count: int
    theme_id: UUID | None
    theme: str | None
    comment_count: int
    counts: VoteCounts | None
    is_author: bool
    is_invited: bool
    hidden: bool
    may_edit: bool
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None


class IdeaItem(msgspec.Struct, frozen=True, kw_only=True):
    """One idea in a list; ideas merged into it are counted, not listed."""

    id: UUID
    challenge_id: UUID
    title: str
    excerpt: str
    tags: list[str]
    state: IdeaState
    authors: list[IdeaAuthor] | None
    department: str | None
    merged_count: int
    theme_id: UUID | None
    theme: str | None
    comment_count: int
    counts: VoteCounts | None
    is_author: bool
    answered: bool
    submitted_at: datetime | None
    updated_at: datetime


class MyIdea(msgspec.Struct, frozen=True, kw_only=True):
    """One of a person's own ideas, drafts and invitations among them; `outcome` and `reason` are the latest answer."""

    id: UUID
    challenge_id: UUID
    question: str
    title: str
    state: IdeaState
    is_invited: bool
    canonical_id: UUID | None
    hidden: bool
    comment_count: int
    outcome: str | None
    reason: str | None
    version: int
    updated_at: datetime
    submitted_at: datetime | None


class MergedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea that is shown with another one."""

    id: UUID
    title: str


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One wording of an idea; `edited_by` is null where this reader may not know who wrote it."""

    revision: int
    title: str
    body: str
    tags: list[str]
    edited_by: UUID | None
    edited_at: datetime
