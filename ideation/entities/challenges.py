"""Challenges: a question with an audience, dated windows, criteria and a voting method."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Stage(StrEnum):
    """What people decided about a challenge; everything else follows from its dates."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DECIDED = "decided"
    ARCHIVED = "archived"


class ChallengeState(StrEnum):
    """What people see."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    ARCHIVED = "archived"


# From then on everybody may know what was decided.
DECIDED_CHALLENGE_STATES = (ChallengeState.DECIDED, ChallengeState.ARCHIVED)


class VotingMethod(StrEnum):
    """How the crowd answers."""

    YES_NO = "yes_no"
    UP_VOTE = "up_vote"
    STARS = "stars"
    BUDGET = "budget"
    LEMONS = "lemons"
    PAIRWISE = "pairwise"


# Methods in which a person has a number of tokens to spread, for the best ideas or against the worst.
TOKEN_METHODS = frozenset({VotingMethod.BUDGET, VotingMethod.LEMONS})


class Authorship(StrEnum):
    """Who may know the author: everybody, only those who run the challenge, or nobody until it is unsealed."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    SEALED = "sealed"


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `challenges`, with its state at the moment it was read."""

    id: UUID
    question: str
    brief: str
    sponsor_id: UUID
    owner_id: UUID
    audience_departments: list[str]
    audience_sites: list[str]
    stage: Stage
    state: ChallengeState
    submit_opens_at: datetime | None
    submit_closes_at: datetime | None
    vote_opens_at: datetime | None
    vote_closes_at: datetime | None
    review_opens_at: datetime | None
    review_closes_at: datetime | None
    answer_by: datetime | None
    voting_method: VotingMethod
    token_budget: int
    counts_hidden: bool
    blind_review: bool
    authorship: Authorship
    shortlist_size: int
    reviews_per_idea: int
    idea_template: str
    stop_words: list[str]
    opened_at: datetime | None
    frozen_at: datetime | None
    decided_at: datetime | None
    version: int
    created_by: UUID
    created_at: datetime
    updated_at: datetime


# The columns people may change, in the order in which the statements take them.
EDITABLE = (
    "question",
    "brief",
    "sponsor_id",
    "owner_id",
    "audience_departments",
    "audience_sites",
    "submit_opens_at",
    "submit_closes_at",
    "vote_opens_at",
    "vote_closes_at",
    "review_opens_at",
    "review_closes_at",
    "answer_by",
    "voting_method",
    "counts_hidden",
    "blind_review",
    "authorship",
    "shortlist_size",
    "reviews_per_idea",
    "idea_template",
    "stop_words",
    "token_budget",
)
