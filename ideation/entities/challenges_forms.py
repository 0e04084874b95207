"""What people send to change a challenge, and what they get to see of one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ideation.entities.challenges import Authorship, ChallengeState, VotingMethod
from ideation.entities.fields import Body, Moment, Name, Question, Reason

# A department or a site; a company with more of them than this opens the challenge to everyone.
Places = Annotated[list[Name], Meta(max_length=500)]
StopWords = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=50, pattern=r"^[^\x00]+$")]],
    Meta(max_length=1000, description="Words to leave out when ideas are compared and themes named."),
]
ShortlistSize = Annotated[int, Meta(ge=1, le=500, description="How many ideas the panel's shortlist holds.")]
TokenBudget = Annotated[
    int, Meta(ge=1, le=100, description="Tokens or lemons of each person, where the voting method has them.")
]
ReviewsPerIdea = Annotated[int, Meta(ge=1, le=20, description="How many people review each idea.")]
CriterionKey = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,49}$(?!\n)", examples=["feasibility"])]
Weight = Annotated[float, Meta(gt=0, le=1, description="Share of the whole; all criteria of a challenge sum to 1.")]
ScaleEnd = Annotated[int, Meta(ge=-100, le=100)]


class Anchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one score of a criterion stands for, so that reviewers mean the same by it."""

    score: ScaleEnd
    text: Annotated[str, Meta(min_length=1, max_length=300, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]


Anchors = Annotated[
    list[Anchor], Meta(max_length=101, description="What scores stand for, going up; some or all of the scale.")
]


class CriterionInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One measure that reviewers score, with its share and its scale."""

    key: CriterionKey
    label: Name
    description: Annotated[str, Meta(max_length=2_000, pattern=r"^[^\x00]*$")] = ""
    weight: Weight
    scale_min: ScaleEnd = 1
    scale_max: ScaleEnd = 5
    anchors: Anchors = []


Criteria = Annotated[list[CriterionInput], Meta(max_length=20)]


class NewChallenge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A challenge to be drafted; only the question is needed to begin with."""

    question: Question
    brief: Body = ""
    sponsor_id: UUID | None = None
    owner_id: UUID | None = None
    audience_departments: Places = []
    audience_sites: Places = []
    submit_opens_at: Moment | None = None
    submit_closes_at: Moment | None = None
    vote_opens_at: Moment | None = None
    vote_closes_at: Moment | None = None
    review_opens_at: Moment | None = None
    review_closes_at: Moment | None = None
    answer_by: Moment | None = None
    voting_method: VotingMethod = VotingMethod.YES_NO
    counts_hidden: bool = True
    blind_review: bool = True
    authorship: Authorship = Authorship.SHOWN
    shortlist_size: ShortlistSize = 20
    reviews_per_idea: ReviewsPerIdea = 3
    idea_template: Body = ""
    stop_words: StopWords = []
    token_budget: TokenBudget = 10
    criteria: Criteria = []


class ChallengeEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields to change; those left out stay as they are."""

    question: Question | UnsetType = UNSET
    brief: Body | UnsetType = UNSET
    sponsor_id: UUID | UnsetType = UNSET
    owner_id: UUID | UnsetType = UNSET
    audience_departments: Places | UnsetType = UNSET
    audience_sites: Places | UnsetType = UNSET
    submit_opens_at: Moment | UnsetType | None = UNSET
    submit_closes_at: Moment | UnsetType | None = UNSET
    vote_opens_at: Moment | UnsetType | None = UNSET
    vote_closes_at: Moment | UnsetType | None = UNSET
    review_opens_at: Moment | UnsetType | None = UNSET
    review_closes_at: Moment | UnsetType | None = UNSET
    answer_by: Moment | UnsetType | None = UNSET
    voting_method: VotingMethod | UnsetType = UNSET
    counts_hidden: bool | UnsetType = UNSET
    blind_review: bool | UnsetType = UNSET
    authorship: Authorship | UnsetType = UNSET
    shortlist_size: ShortlistSize | UnsetType = UNSET
    reviews_per_idea: ReviewsPerIdea | UnsetType = UNSET
    idea_template: Body | UnsetType = UNSET
    stop_words: StopWords | UnsetType = UNSET
    token_budget: TokenBudget | UnsetType = UNSET
    criteria: Criteria | UnsetType = UNSET


class NewClosing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """New ends of the submitting and voting windows; both null makes the challenge an always-on one."""

    submit_closes_at: Moment | None
    vote_closes_at: Moment | None
    reason: Reason


class ChallengeClosing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a challenge ends before its date."""

    reason: Reason


class CriterionOut(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion as everybody sees it."""

    id: UUID
    key: str
    label: str
    description: str
    weight: float
    scale_min: int
    scale_max: int
    anchors: list[Anchor] = []


class ChallengeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge as those who may see it see it."""

    id: UUID
    question: str
    brief: str
    brief_html: str
    state: ChallengeState
    sponsor_id: UUID
    sponsor_name: str
    owner_id: UUID
    owner_name: str
    audience_departments: list[str]
    audience_sites: list[str]
    always_on: bool
    submit_opens_at: datetime | None
    submit_closes_at: datetime | None
    vote_opens_at: datetime | None
    vote_closes_at: datetime | None
    review_opens_at: datetime | None
    review_closes_at: datetime | None
    answer_by: datetime | None
    voting_method: VotingMethod
    counts_hidden: bool
    blind_review: bool
    authorship: Authorship
    shortlist_size: int
    reviews_per_idea: int
    idea_template: str
    stop_words: list[str]
    token_budget: int
    criteria: list[CriterionOut]
    takes_ideas: bool
    takes_votes: bool
    may_run: bool
    decided_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class ChallengeItem(msgspec.Struct, frozen=True, kw_only=True):
    """A challenge in a list."""

    id: UUID
    question: str
    state: ChallengeState
    owner_id: UUID
    owner_name: str
    submit_opens_at: datetime | None
    submit_closes_at: datetime | None
    vote_opens_at: datetime | None
    vote_closes_at: datetime | None
    answer_by: datetime | None
    voting_method: VotingMethod
    idea_count: int
    created_at: datetime


class ParticipationOut(msgspec.Struct, frozen=True, kw_only=True):
    """How many took part in a challenge, and how many of its authors were answered."""

    ideas: int
    authors: int
    voters: int
    answers: int
    comments: int
    answered_ideas: int
    answer_rate: float | None
    median_answer_hours: float | None
    overdue_ideas: int
