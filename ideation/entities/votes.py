"""Answers to dealt cards, votes through a link, and the counts that people may see."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.people import Actor


class Word(StrEnum):
    """An answer in words: yes, no and skip on a yes/no challenge, up and skip on an up-vote challenge."""

    YES = "yes"
    NO = "no"
    UP = "up"
    SKIP = "skip"


Number: TypeAlias = Annotated[
    int, Meta(ge=0, le=100, description="1 to 5 stars, or how many tokens or lemons the idea gets.")
]
Answer: TypeAlias = Word | Number


class AnswerInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Yes, no, up, skip, 1 to 5 stars, or a number of tokens or lemons, as the challenge's voting method has it."""

    answer: Answer


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """A standing vote. `ranks` is true for the answer to a dealt card and false for a supporter's vote."""

    idea_id: UUID
    answer: Answer
    ranks: bool
    updated_at: datetime


class VoteCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct people over an idea and those merged into it. Supporters voted through a link and do not rank.

    On a star challenge `ratings` and `mean_stars` count instead of yes and no.
    """

    idea_id: UUID
    views: int
    yes: int
    no: int
    skips: int
    ratings: int
    mean_stars: float | None
    supporters: int
    own_answer: Answer | None


class GivenVote(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants written: on a card or an idea, with the voting methods it fits (None for any)."""

    target_id: UUID
    actor: Actor
    value: int | None
    methods: list[str] | None
    at: datetime


class VoteRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the database returns for a written vote."""

    idea_id: UUID
    value: int | None
    dealt: bool
    voting_method: str
    updated_at: datetime


class CountRow(msgspec.Struct, frozen=True, kw_only=True):
    """Counts as the database gives them; `positive` is yes, up, or any number of stars."""

    views: int
    positive: int
    no: int
    skips: int
    supporters: int
    mean_stars: float | None
