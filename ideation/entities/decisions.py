"""Decisions: what becomes of an idea, and why. Every author gets an answer."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Note


class Outcome(StrEnum):
    """What was decided. `under_review` is a word on the way, not an answer."""

    UNDER_REVIEW = "under_review"
    SELECTED = "selected"
    PLANNED = "planned"
    IMPLEMENTED = "implemented"
    DECLINED = "declined"
    ALREADY_EXISTS = "already_exists"


class Decide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One outcome for one idea or for a group that shares the reason. Declined and already_exists need a reason."""

    idea_ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]
    outcome: Outcome
    reason: Annotated[Note, Meta(examples=["Costs more than it saves before 2028."])] = ""
    lesson: Annotated[Note, Meta(description="What others can learn from it; shown with the decision.")] = ""


class DecideChallenge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close the books on a challenge. Where answers are still owed, say how many, so that none is forgotten."""

    answers_owed: Annotated[int, Meta(ge=0)] = 0


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; a later one does not remove it."""

    id: UUID
    idea_id: UUID
    outcome: Outcome
    reason: str
    lesson: str
    decided_by: UUID
    decided_by_name: str
    decided_at: datetime


class IdeaToDecide(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision must know of an idea."""

    id: UUID
    title: str
    state: str
    canonical_id: UUID | None


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wrote an idea, or one that was merged into it."""

    idea_id: UUID
    person_id: UUID


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The standing decision about an idea, as everybody in the audience sees it once the challenge is decided."""

    idea_id: UUID
    title: str
    outcome: Outcome
    reason: str
    lesson: str
    decided_at: datetime


class OwedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An idea whose authors wait for an answer: since its submission, or since the close where that came later.

    One that was merged is answered with the idea it was merged into (`canonical_id`).
    """

    idea_id: UUID
    title: str
    state: str
    canonical_id: UUID | None
    theme: str | None
    submitted_at: datetime
    owed_since: datetime
    age_hours: float


class AnswerSummary(msgspec.Struct, frozen=True, kw_only=True):
    """How well a challenge answers its authors. Medians are None before the first answer."""

    ideas: int
    answered: int
    owed: int
    answer_rate: float | None
    median_hours_from_submission: float | None
    median_hours_from_close: float | None
    oldest_owed_hours: float | None
    overdue: int


class DecidedChallenge(msgspec.Struct, frozen=True, kw_only=True):
    """A decided challenge."""

    id: UUID
    state: str
    decided_at: datetime
    answers: AnswerSummary
    version: int
