"""Ideas: a proposal answering a challenge."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class IdeaState(StrEnum):
    """From a draft to implemented, declined or withdrawn."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    SELECTED = "selected"
    PLANNED = "planned"
    IMPLEMENTED = "implemented"
    DECLINED = "declined"
    ALREADY_EXISTS = "already_exists"
    WITHDRAWN = "withdrawn"


DECIDED_STATES = frozenset(
    {
        IdeaState.SELECTED,
        IdeaState.PLANNED,
        IdeaState.IMPLEMENTED,
        IdeaState.DECLINED,
        IdeaState.ALREADY_EXISTS,
    }
)


def state_shown(state: IdeaState, *, decisions_known: bool) -> IdeaState:
    """An idea's state as a reader sees it who may know what was decided, or may not."""
    return state if decisions_known or state not in DECIDED_STATES else IdeaState.UNDER_REVIEW


def states_shown_as(state: IdeaState, *, decisions_known: bool) -> list[IdeaState]:
    """The states that such a reader sees as this one."""
    return [one for one in IdeaState if state_shown(one, decisions_known=decisions_known) is state]


class Idea(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `ideas`."""

    id: UUID
    challenge_id: UUID
    author_id: UUID
    department: str
    title: str
    body: str
    tags: list[str]
    state: IdeaState
    canonical_id: UUID | None
    hidden_at: datetime | None
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """Title, body and tags, tidied."""

    title: str
    body: str
    tags: list[str]


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around an idea, and how one person relates to it."""

    merged_count: int
    theme_id: UUID | None
    theme: str | None
    comment_count: int
    answered: bool
    is_author: bool
    is_invited: bool
    panel_member: bool
    owes_review: bool
    unsealed: bool


class IdeaRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a list reads of one idea, before it is decided what its reader may know."""

    id: UUID
    challenge_id: UUID
    title: str
    excerpt: str
    tags: list[str]
    state: IdeaState
    department: str
    merged_count: int
    theme_id: UUID | None
    theme: str | None
    comment_count: int
    answered: bool
    is_author: bool
    owes_review: bool
    unsealed: bool
    submitted_at: datetime | None
    updated_at: datetime


class CountedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of an idea and one person's own vote; `folded` when others are merged into it."""

    idea_id: UUID
    views: int
    positive: int
    no: int
    skips: int
    supporters: int
    mean_stars: float | None
    answered: bool
    own_value: int | None
    folded: bool
