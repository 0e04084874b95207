"""Panels: who reviews a challenge's ideas, and how far they are."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class SetPanelMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many ideas a panel member takes on at most."""

    max_reviews: Annotated[int, Meta(ge=1, le=500, description="Most ideas this person is asked to review.")] = 15


class PanelMember(msgspec.Struct, frozen=True, kw_only=True):
    """One member of a panel and how many of the ideas given to them they have reviewed."""

    person_id: UUID
    name: str
    department: str
    active: bool
    max_reviews: int
    assigned: int
    sent: int
    added_at: datetime


class IdeaProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the reviews asked for an idea have been sent: "2 of 4 reviewed"."""

    idea_id: UUID
    title: str
    assigned: int
    sent: int


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """After so many reviews, so many wrong ins and outs of the top k were still to be expected."""

    reviews: int
    expected_wrong_calls: float
    at: datetime


class PanelProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the whole panel is."""

    assigned: int
    sent: int
    overdue: int
    ideas: int
    ideas_reviewed_by_all: int
    reviewers: int
    reviewers_finished: int
    curve: list[CurvePoint]
