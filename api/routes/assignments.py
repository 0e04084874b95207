"""Asking for reviews: by a job, in directed batches, by hand."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import Parameter, QueryParameter
from litestar.types import ControllerRouterHandler

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import assignments
from ideation.database import Connection
from ideation.entities.assignments import AssignmentOut, DirectReviews, JobStarted, QueueItem, StartAssignment
from ideation.entities.people import Actor

_TAGS = ["assignments"]
_PAIR = "/challenges/{challenge_id:uuid}/assignments/{idea_id:uuid}/{reviewer_id:uuid}"

ReviewerFilter = Annotated[UUID | None, QueryParameter(name="reviewer", description="Only this reviewer.")]
ChallengeFilter = Annotated[UUID | None, QueryParameter(name="challenge", description="Only this challenge.")]
SentFilter = Annotated[bool | None, Parameter(description="Only reviews that were sent, or that were not.")]


@post("/challenges/{challenge_id:uuid}/assignments", summary="Deal ideas out to the panel", tags=_TAGS, status_code=202)
async def start_assignment(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: StartAssignment
) -> JobStarted:
    """The best max(10·k, 10 %) of the crowd's ranking and a reserve from other themes, matched by expertise.

    Nobody gets an idea of their own, of a co-author, of their department or line of management. A repeat fills gaps.
    """
    return await assignments.start_assignment(connection, actor, challenge_id, data, now)


@post(
    "/challenges/{challenge_id:uuid}/assignments/directed",
    summary="Ask for a further batch of reviews",
    tags=_TAGS,
    status_code=202,
)
async def direct_reviews(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: DirectReviews
) -> JobStarted:
    """Where they tell most: the largest P(1−P)·variance. None once the target of wrong calls is reached."""
    return await assignments.direct_reviews(connection, actor, challenge_id, data, now)


@get("/challenges/{challenge_id:uuid}/assignments", summary="List reviews asked for", tags=_TAGS)
async def list_assignments(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    reviewer: ReviewerFilter = None,
) -> PageOut[AssignmentOut]:
    """Who was asked for which review, and whether it was sent. For those who run the challenge."""
    found = await assignments.list_assignments(
        connection, actor, challenge_id, now, reviewer_id=reviewer, after=page.after, limit=page.limit
    )
    return page_out(found, page)


@put(_PAIR, summary="Ask one person for one review", tags=_TAGS)
async def assign_by_hand(
    challenge_id: UUID, idea_id: UUID, reviewer_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> AssignmentOut:
    """Beyond their load if need be, never against a conflict of interest."""
    return await assignments.assign_by_hand(connection, actor, challenge_id, idea_id, reviewer_id, now)


@delete(_PAIR, summary="Free one person of one review", tags=_TAGS)
async def release_assignment(
    challenge_id: UUID, idea_id: UUID, reviewer_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> None:
    """A review that was sent stays."""
    await assignments.release_assignment(connection, actor, challenge_id, idea_id, reviewer_id, now)


@get("/me/assignments", summary="List what I am asked to review", tags=_TAGS)
async def list_my_queue(
    connection: Connection,
    actor: Actor,
    page: PageRequest,
    challenge: ChallengeFilter = None,
    sent: SentFilter = None,
) -> PageOut[QueueItem]:
    """In a random order of your own, so that no idea is judged first by everybody."""
    found = await assignments.list_my_queue(
        connection, actor, challenge_id=challenge, sent=sent, after=page.after, limit=page.limit
    )
    return page_out(found, page)


handlers: list[ControllerRouterHandler] = [
    start_assignment,
    direct_reviews,
    list_assignments,
    assign_by_hand,
    release_assignment,
    list_my_queue,
]
