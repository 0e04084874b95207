"""Pairs of ideas that may say the same, and what people said of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Note
from ideation.entities.ideas import IdeaState
from ideation.entities.ideas_forms import IdeaAuthor


class PairState(StrEnum):
    """A verdict, once given, is remembered."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class FoundPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that the worker proposes: idea_a < idea_b, the probability that they are duplicates, and why."""

    idea_a: UUID
    idea_b: UUID
    probability: float
    evidence: dict[str, Any]
    model_version: str


class KnownPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that was proposed before, and what became of it."""

    idea_a: UUID
    idea_b: UUID
    state: PairState


class Verdict(StrEnum):
    """What a moderator says of a pair."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class NewPair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two ideas that somebody takes for the same."""

    idea_ids: Annotated[list[UUID], Meta(min_length=2, max_length=2)]


class Verdicts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One verdict on several pairs; with `merge`, confirmed ones are merged at once."""

    pair_ids: Annotated[list[UUID], Meta(min_length=1, max_length=100)]
    verdict: Verdict
    merge: bool = False
    reason: Note = ""


class HeldPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair with its id."""

    id: UUID
    idea_a: UUID
    idea_b: UUID
    state: PairState


class QueuedPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair as the queue reads it."""

    id: UUID
    idea_a: UUID
    idea_b: UUID
    probability: float
    evidence: dict[str, Any]
    model_version: str
    state: PairState
    by_person: bool
    proposed_at: datetime
    decided_at: datetime | None


class ComparedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a pair, before it is decided what its reader may know."""

    id: UUID
    title: str
    body: str
    tags: list[str]
    state: IdeaState
    submitted_at: datetime
    voters: int
    is_author: bool
    unsealed: bool


class PairSide(msgspec.Struct, frozen=True, kw_only=True):
    """One idea of a pair."""

    id: UUID
    title: str
    body: str
    tags: list[str]
    state: IdeaState
    authors: Annotated[list[IdeaAuthor] | None, Meta(description="Null where this reader may not know them.")]
    submitted_at: datetime
    voters: Annotated[int, Meta(description="Distinct people who answered or supported it.")]


class PairEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why a pair was proposed: terms both use, passages that match, and what each part adds to the log-odds."""

    shared_terms: list[str]
    passages: list[dict[str, Any]]
    parts: list[dict[str, Any]]


class PairOut(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of ideas that may say the same."""

    id: UUID
    first: PairSide
    second: PairSide
    probability: Annotated[float | None, Meta(description="Null when a person proposed the pair.")]
    evidence: PairEvidence
    model_version: str
    state: PairState
    proposed_by_person: bool
    proposed_at: datetime
    decided_at: datetime | None


class ProposedOut(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that waits for a moderator's verdict."""

    id: UUID
    idea_ids: list[UUID]
    state: PairState


class GroupOut(msgspec.Struct, frozen=True, kw_only=True):
    """Ideas that confirmed pairs connect and no dismissed pair separates; nobody has merged them yet."""

    ideas: list[PairSide]


class VerdictsOut(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, and how many ideas were merged into others by it."""

    decided: list[UUID]
    merged: int


class ModelOut(msgspec.Struct, frozen=True, kw_only=True):
    """How often the finder of duplicates is right."""

    model: Annotated[
        dict[str, Any] | None,
        Meta(description="Version, threshold, and precision and recall at it; null before the first run."),
    ]
    own: Annotated[bool, Meta(description="Whether it was fitted on this installation's verdicts.")]
    curve: list[dict[str, float]]
    confirmed: int
    dismissed: int
    measured_precision: Annotated[
        float | None, Meta(description="Share of this installation's decided suggestions that people confirmed.")
    ]
    fitted_at: datetime | None


class StoredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of this installation's own verdicts, with its measured curve."""

    model: dict[str, Any]
    curve: list[dict[str, float]]
    confirmed: int
    dismissed: int
    fitted_at: datetime
