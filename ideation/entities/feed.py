"""The feed: hands of cards that the server deals."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.people import Actor

DEFAULT_HAND = 10
MAX_HAND = 50


class DealInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many cards to deal. While cards of the present sitting wait for an answer, those come back instead."""

    limit: Annotated[int, Meta(ge=1, le=MAX_HAND, description="Cards to deal.")] = DEFAULT_HAND


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One idea as it is dealt: no author, no counts, so that it is judged by what it says."""

    id: UUID
    idea_id: UUID
    position: int
    title: str
    body: str
    tags: list[str]
    dealt_at: datetime


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """The cards of a sitting that wait for an answer; empty when the person has answered everything there is."""

    sitting_id: UUID
    voting_method: VotingMethod
    cards: list[Card]


class OpenFeed(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a person is dealt cards."""

    challenge: Challenge
    panel_member: bool
    takes_votes: bool


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """A person's latest sitting in a challenge: a run of hands without a long pause."""

    id: UUID
    last_dealt_at: datetime
    last_position: int


class AskedHand(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody asks for cards."""

    actor: Actor
    challenge_id: UUID
    count: int
    at: datetime


class OpenHand(msgspec.Struct, frozen=True, kw_only=True):
    """How the feed of somebody who may be dealt cards stands; `waits`: whether cards of the latest sitting do."""

    voting_method: VotingMethod
    sitting: Sitting | None
    waits: bool


class NewHand(msgspec.Struct, frozen=True, kw_only=True):
    """A hand about to be dealt, in a sitting that has had `last_position` cards before it."""

    asked: AskedHand
    voting_method: VotingMethod
    sitting_id: UUID
    last_position: int


class Candidates(msgspec.Struct, frozen=True, kw_only=True):
    """Ideas that may be dealt, with their counters, all of one length.

    `effective_views` weighs each card by its place in the feed.
    """

    idea_ids: list[UUID]
    views: list[int]
    effective_views: list[float]
    yes: list[int]
    stars_sum: list[int]
    stars_count: list[int]


class Dealt(msgspec.Struct, frozen=True, kw_only=True):
    """A card about to be logged."""

    id: UUID
    idea_id: UUID
    position: int
