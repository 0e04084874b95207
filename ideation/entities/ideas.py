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
