"""Odd voting patterns: what they are found in, and what people are shown of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ideation.entities.fields import Reason


class AnswerPerson(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Who gave a ranked answer and when; one for each card of the ranking, in the same order."""

    person_id: UUID
    department: str
    at: datetime


class RankEffect(msgspec.Struct, frozen=True, kw_only=True):
    """The rank of an idea with the flagged votes, as it counts, and without them."""

    idea_id: UUID
    rank_with: int
    rank_without: int


class FoundFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern as the job finds it. `fingerprint` is the same whenever the same people and ideas are meant."""

    kind: str
    fingerprint: str
    people: list[UUID]
    votes: int
    p_value: float
    reason: str
    effects: list[RankEffect]


class FlagRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `integrity_flags`."""

    id: UUID
    challenge_id: UUID
    kind: str
    people: list[UUID]
    votes: int
    p_value: float
    reason: str
    effects: list[dict[str, Any]]
    found_at: datetime
    last_seen_at: datetime
    dismissed_by: UUID | None
    dismissed_at: datetime | None
    dismissal: str


class FlaggedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose votes are part of a pattern."""

    person_id: UUID
    name: str


class FlagEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What the flagged votes do to an idea: its rank as it counts, and the rank it would have without them."""

    idea_id: UUID
    title: str
    rank_with: int
    rank_without: int


class IntegrityFlag(msgspec.Struct, frozen=True, kw_only=True):
    """An odd pattern in the votes. The votes count as before; whoever runs the challenge judges.

    `p_value`: how likely chance alone would show as much. `people_involved` counts them; `people` names them where the
    challenge shows its authors, and is empty otherwise.
    """

    id: UUID
    kind: str
    reason: str
    people_involved: int
    people: list[FlaggedPerson]
    votes: int
    p_value: float
    effects: list[FlagEffect]
    found_at: datetime
    last_seen_at: datetime
    dismissed_by: UUID | None
    dismissed_at: datetime | None
    dismissal: str


class DismissFlag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a pattern is no reason to worry."""

    reason: Reason
