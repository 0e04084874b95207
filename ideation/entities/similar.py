"""Ideas near a text: what was said before, and what became of it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Body
from ideation.entities.ideas import IdeaState
from ideation.entities.ideas_forms import DraftTitle


class SimilarRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody has typed so far."""

    title: DraftTitle = ""
    body: Body = ""
    limit: Annotated[int, Meta(ge=1, le=20)] = 5


class IdeaVectors(msgspec.Struct, frozen=True, kw_only=True):
    """The vectors of one wording, each a float32 array: the static one, and the refined one with its encoder."""

    vector: Any = None
    refined: Any = None
    refined_by: str | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An idea that may be near: cosines of its static and its refined vector, and its words as the index has them.

    novelty: 1 minus the likeness to its own nearest ideas; None until an analysis has placed it.
    """

    id: UUID
    similarity: float | None
    refined: float | None = None
    novelty: float | None = None
    lexemes: list[str]


class Likely(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate that was ordered, with the cosine that counted; None without a vector."""

    id: UUID
    similarity: float | None


class NearIdea(msgspec.Struct, frozen=True, kw_only=True):
    """A near idea as the database gives it; an idea that was merged is represented by the one shown for it."""

    id: UUID
    challenge_id: UUID
    question: str
    title: str
    body: str
    state: IdeaState
    submitted_at: datetime
    similarity: float | None
    outcome: str | None
    reason: str | None
    lesson: str | None
    decided_at: datetime | None


class SimilarIdea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea near the text, with what became of it and why it is near."""

    idea_id: UUID
    challenge_id: UUID
    question: Annotated[str, Meta(description="Of the challenge it answers.")]
    same_challenge: bool
    title: str
    state: IdeaState
    submitted_at: datetime
    similarity: Annotated[float, Meta(description="0 to 1: how near the meanings are.")]
    shared_terms: list[str]
    matching_passage: Annotated[str | None, Meta(description="The sentence of that idea nearest to the text.")]
    outcome: Annotated[str | None, Meta(description="The latest decision; null while undecided.")]
    reason: str | None
    lesson: str | None
    decided_at: datetime | None
