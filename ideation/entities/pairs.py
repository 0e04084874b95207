"""Pairs of ideas that people compare, on a challenge that is voted on pairwise."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class PairAnswer(StrEnum):
    """Which of the two ideas is the better one; skip when neither can be said to be."""

    LEFT = "left"
    RIGHT = "right"
    SKIP = "skip"


class DealPairs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many pairs to deal at most."""

    limit: Annotated[int, Meta(ge=1, le=50)] = 5


class AnswerPair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to a dealt pair."""

    answer: PairAnswer


class PairedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a pair, without author and counts."""

    idea_id: UUID
    title: str
    body: str
    tags: list[str]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two ideas side by side, and how the person answered so far."""

    id: UUID
    left: PairedIdea
    right: PairedIdea
    dealt_at: datetime
    answer: PairAnswer | None


class PairHand(msgspec.Struct, frozen=True, kw_only=True):
    """The pairs that wait for an answer; empty when the person has compared everything there is."""

    challenge_id: UUID
    pairs: list[Pair]


class PairCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """An idea that may be dealt, with the chance to win that the latest ranking gives it (None before the first)."""

    idea_id: UUID
    chance: float | None
    chance_low: float | None
    chance_high: float | None


class PairRow(msgspec.Struct, frozen=True, kw_only=True):
    """A pair as the database gives it."""

    id: UUID
    left_id: UUID
    left_title: str
    left_body: str
    left_tags: list[str]
    right_id: UUID
    right_title: str
    right_body: str
    right_tags: list[str]
    dealt_at: datetime
    answer: PairAnswer | None
