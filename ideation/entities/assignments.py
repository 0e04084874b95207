"""Review assignments: who is asked to review which idea, by when, and in which order."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.ideas import IdeaState

ReviewsPerIdea = Annotated[int, Meta(ge=1, le=20, description="Reviews asked for each idea of the pool.")]


class StartAssignment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Deal the best ideas out to the panel; without a number, the challenge's own."""

    reviews_per_idea: ReviewsPerIdea | None = None


class DirectReviews(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for a further batch of reviews where they would change the most.

    Nothing is asked for once the expected number of wrong calls is at or under `target_wrong_calls`.
    """

    batch_size: Annotated[int, Meta(ge=1, le=1000, description="Further reviews to ask for.")] = 20
    target_wrong_calls: Annotated[float, Meta(ge=0, le=500, description="Wrong ins and outs of the top k.")] = 0.0


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """Arguments of the job that finds somebody else: `reviews` is how many the idea had been asked for."""

    challenge_id: UUID
    idea_id: UUID
    reviews: int


class DirectedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What the job of a directed batch was asked for, and when."""

    batch_size: int
    target_wrong_calls: float
    requested_at: datetime


class JobStarted(msgspec.Struct, frozen=True, kw_only=True):
    """The work was accepted and is done in the background."""

    job_id: UUID
    job: str


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `review_assignments`."""

    id: UUID
    challenge_id: UUID
    idea_id: UUID
    reviewer_id: UUID
    position: int
    due_at: datetime | None
    assigned_by: UUID | None
    assigned_at: datetime
    released_at: datetime | None


class AssignmentOut(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment as those who run the challenge see it."""

    id: UUID
    idea_id: UUID
    title: str
    reviewer_id: UUID
    reviewer_name: str
    by_hand: bool
    due_at: datetime | None
    assigned_at: datetime
    sent_at: datetime | None


class QueueItem(msgspec.Struct, frozen=True, kw_only=True):
    """One idea in a reviewer's queue, in that reviewer's own random order. Nothing here tells its rank."""

    assignment_id: UUID
    challenge_id: UUID
    question: str
    idea_id: UUID
    title: str
    position: int
    due_at: datetime | None
    draft_saved: bool
    sent_at: datetime | None


class ReviewCounts(msgspec.Struct, frozen=True, kw_only=True):
    """A person's reviews in one challenge: still to be written, and sent."""

    open: int
    sent: int


class PoolIdea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea that may be reviewed. `place`: its place in the latest crowd ranking, None when it was not ranked."""

    idea_id: UUID
    place: int | None
    theme_id: UUID | None


class PoolText(msgspec.Struct, frozen=True, kw_only=True):
    """What an idea says, for matching it with what its reviewers know."""

    idea_id: UUID
    title: str
    body: str
    state: IdeaState


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """A panel member and how many further reviews they may be asked for."""

    person_id: UUID
    room: int


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A review to ask for, or one that was asked for; `standing` while it was neither sent back nor released."""

    idea_id: UUID
    reviewer_id: UUID
    standing: bool


class NewAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """One review to ask for, with its place in the reviewer's order."""

    idea_id: UUID
    reviewer_id: UUID
    position: int


class PersonText(msgspec.Struct, frozen=True, kw_only=True):
    """One text that a person wrote: an idea, a comment or the comment of a review that was sent."""

    person_id: UUID
    text: str


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """What the latest ranking says of an idea: P(top k), and the standard deviation of its score."""

    idea_id: UUID
    probability_top: float
    score_sd: float


class LatestRanking(msgspec.Struct, frozen=True, kw_only=True):
    """The newest ranking, by the panel if there is one. `expected_wrong_calls` is None where it was not stated."""

    id: UUID
    kind: str
    expected_wrong_calls: float | None
