"""Pairs of ideas that may say the same, and what people said of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


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


class StoredModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of this installation's own verdicts, with its measured curve."""

    model: dict[str, Any]
    curve: list[dict[str, float]]
    confirmed: int
    dismissed: int
    fitted_at: datetime
