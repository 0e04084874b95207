"""Asking the panel for reviews: by a job, in further directed batches, or by hand."""

from datetime import datetime
from uuid import UUID

from ideation.actions.panels import challenge_run_by
from ideation.actions.review_plans import first_reviews
from ideation.database import Connection
from ideation.entities.assignments import (
    AssignmentOut,
    DirectReviews,
    JobStarted,
    QueueItem,
    StartAssignment,
)
from ideation.entities.challenges import Challenge
from ideation.entities.ideas import Idea
from ideation.entities.people import Actor, Scope
from ideation.errors import Conflict, NotFound, WrongState
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import assignments as queries
from ideation.queries import audit
from ideation.queries.conflicts import find_conflict
from ideation.queries.ideas import find_idea
from ideation.queries.panels import list_members
from ideation.queries.people import lock_person
from ideation.rules.access import require_scope
from ideation.rules.assignments import due_at, require_panel_at_work
from ideation.rules.conflicts import authorship_is_shown, require_no_conflict
from ideation.rules.people import require_may_review
from ideation.staging import stage_job


async def start_assignment(
    connection: Connection, actor: Actor, challenge_id: UUID, input: StartAssignment, now: datetime
) -> JobStarted:
    """Have the best ideas dealt out to the panel; a repeat only fills what is missing."""
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    reviews = input.reviews_per_idea or await first_reviews(connection, challenge_id, challenge.reviews_per_idea)
    return await _start(connection, actor, challenge, "assign_reviews", {"reviews_per_idea": reviews}, now)


async def direct_reviews(
    connection: Connection, actor: Actor, challenge_id: UUID, input: DirectReviews, now: datetime
) -> JobStarted:
    """Have a further batch of reviews asked for where they would change the most."""
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    arguments: dict[str, object] = {
        "batch_size": input.batch_size,
        "target_wrong_calls": input.target_wrong_calls,
        "requested_at": now.isoformat(),
    }
    return await _start(connection, actor, challenge, "direct_reviews", arguments, now)


async def _start(
    connection: Connection, actor: Actor, challenge: Challenge, job: str, arguments: dict[str, object], now: datetime
) -> JobStarted:
    require_panel_at_work(challenge)
    if not await list_members(connection, challenge.id):
        raise Conflict("Put somebody on the panel first.", reason="panel-empty")
    job_id = await stage_job(connection, job, challenge.id, now, arguments=arguments, queue="analysis")
    await audit.record(
        connection,
        action=f"panel.{job}",
        subject_kind="challenge",
        subject_id=challenge.id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge.id,
        details=arguments,
    )
    return JobStarted(job_id=job_id, job=job)


async def assign_by_hand(
    connection: Connection, actor: Actor, challenge_id: UUID, idea_id: UUID, reviewer_id: UUID, now: datetime
) -> AssignmentOut:
    """Ask one member of the panel for a review of one idea, beyond their load if need be."""
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    require_panel_at_work(challenge)
    _require_reviewable(await find_idea(connection, idea_id), challenge)
    # Before the panel, in the order of whoever takes the role away; locked, so that this does not cross it.
    reviewer = await lock_person(connection, reviewer_id)
    await queries.hold_panel(connection, challenge_id)
    if reviewer is None or not await list_members(connection, challenge_id, reviewer_id):
        raise NotFound("This person is not on the panel.")
    require_may_review(reviewer)
    require_no_conflict(await find_conflict(connection, idea_id, reviewer_id), blind=not authorship_is_shown(challenge))
    assignment_id = await queries.assign_by_hand(
        connection, challenge_id, idea_id, reviewer_id, due_at(challenge, now), actor.person_id, now
    )
    await _record(connection, actor, challenge_id, idea_id, reviewer_id, "assignment.add", now)
    return await queries.read_assignment(connection, assignment_id)


async def release_assignment(
    connection: Connection, actor: Actor, challenge_id: UUID, idea_id: UUID, reviewer_id: UUID, now: datetime
) -> None:
    """Free a reviewer of an idea; a review that was sent stays."""
    await challenge_run_by(connection, actor, challenge_id, now)
    if not await queries.release(connection, challenge_id, idea_id, reviewer_id, now):
        raise NotFound("There is no open review of this idea by this person.")
    await _record(connection, actor, challenge_id, idea_id, reviewer_id, "assignment.release", now)


async def list_assignments(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    *,
    reviewer_id: UUID | None,
    after: PageKey | None,
    limit: int,
) -> Page[AssignmentOut]:
    """Reviews asked for, for those who run the challenge."""
    await challenge_run_by(connection, actor, challenge_id, now)
    key = None if after is None else UUID(str(after[0]))
    rows = await queries.list_assignments(connection, challenge_id, reviewer_id, key, limit + 1)
    return cut_page(rows, limit, lambda row: [str(row.id)])


async def list_my_queue(
    connection: Connection,
    actor: Actor,
    *,
    challenge_id: UUID | None,
    sent: bool | None,
    after: PageKey | None,
    limit: int,
) -> Page[QueueItem]:
    """The ideas this person is asked to review, in an order of their own."""
    require_scope(actor, Scope.REVIEW)
    rows = await queries.list_queue(connection, actor.person_id, challenge_id, sent, after, limit + 1)
    return cut_page(rows, limit, lambda row: [str(row.challenge_id), row.position, str(row.assignment_id)])


def _require_reviewable(idea: Idea | None, challenge: Challenge) -> None:
    if idea is None or idea.challenge_id != challenge.id or idea.submitted_at is None:
        raise NotFound("There is no such idea in this challenge.")
    if idea.canonical_id is not None:
        raise WrongState(
            "This idea was merged into another one; ask for a review of that one.", reason="review-of-merged"
        )
    if idea.hidden_at is not None or idea.state not in ("submitted", "under_review"):
        raise WrongState("This idea no longer waits for a review.", state=idea.state, reason="review-not-needed")


async def _record(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    idea_id: UUID,
    reviewer_id: UUID,
    action: str,
    now: datetime,
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind="idea",
        subject_id=idea_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge_id,
        details={"reviewer_id": str(reviewer_id)},
    )
