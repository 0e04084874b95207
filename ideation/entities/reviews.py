"""Reviews: what a panel member thinks of an idea, by criterion. Hidden until sent, unchangeable afterwards."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.challenges_forms import Anchor
from ideation.entities.fields import Note

# What a reviewer saves over first: there is no review yet.
NOT_BEGUN_VERSION = 1

_COMMENT = r"^[^\x00]*$"


class ScoreInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The score on one criterion, within its scale."""

    criterion_id: UUID
    score: Annotated[int, Meta(ge=-32_768, le=32_767)]
    comment: Note = ""


class SaveReview(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A review as far as it is written; it takes the place of what was saved before."""

    scores: Annotated[list[ScoreInput], Meta(max_length=50)] = []
    comment: Annotated[str, Meta(max_length=10_000, pattern=_COMMENT, description="Markdown.")] = ""
    wildcard: Annotated[bool, Meta(description="My one wildcard: the panel sees this idea whatever its scores.")] = (
        False
    )


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A score as it was given."""

    criterion_id: UUID
    key: str
    score: int
    comment: str


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion with the scale it is scored on."""

    id: UUID
    key: str
    label: str
    description: str
    weight: float
    scale_min: int
    scale_max: int
    anchors: list[Anchor]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `reviews`."""

    id: UUID
    assignment_id: UUID
    challenge_id: UUID
    idea_id: UUID
    reviewer_id: UUID
    comment: str
    wildcard: bool
    version: int
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None


class ReviewOut(msgspec.Struct, frozen=True, kw_only=True):
    """My own review."""

    comment: str
    wildcard: bool
    scores: list[Score]
    version: int
    updated_at: datetime
    sent_at: datetime | None


class IdeaForReview(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer gets to see of an idea. `authors` is None where authors stay hidden."""

    id: UUID
    title: str
    body: str
    tags: list[str]
    authors: list[str] | None


class ReviewForm(msgspec.Struct, frozen=True, kw_only=True):
    """One idea to review: its text, the criteria, and what I wrote so far."""

    assignment_id: UUID
    challenge_id: UUID
    question: str
    idea: IdeaForReview
    criteria: list[Criterion]
    due_at: datetime | None
    takes_reviews: bool
    wildcard_left: bool
    review: ReviewOut | None
    version: int


class SentReview(msgspec.Struct, frozen=True, kw_only=True):
    """A review that was sent, as those who run the challenge and fellow reviewers of the idea see it."""

    id: UUID
    reviewer_id: UUID
    reviewer_name: str
    comment: str
    wildcard: bool
    scores: list[Score]
    sent_at: datetime
