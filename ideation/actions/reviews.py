"""A reviewer's work on one idea: read it, save, send, hand back."""

from datetime import datetime, timedelta
from uuid import UUID

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.replacements import replace_reviewer
from ideation.database import Connection
from ideation.entities.assignments import Assignment
from ideation.entities.challenges import Challenge
from ideation.entities.conflicts import DeclareConflict
from ideation.entities.ideas import Idea, IdeaState
from ideation.entities.people import Actor, Scope
from ideation.entities.reviews import (
    NOT_BEGUN_VERSION,
    IdeaForReview,
    Review,
    ReviewForm,
    ReviewOut,
    SaveReview,
    SentReview,
)
from ideation.errors import NotFound, PreconditionFailed, WrongState
from ideation.queries import assignments as assignment_queries
from ideation.queries import audit
from ideation.queries import reviews as queries
from ideation.queries.challenges import find_challenge
from ideation.queries.conflicts import declare_conflict as store_conflict
from ideation.queries.conflicts import find_conflict
from ideation.queries.ideas import find_idea, is_author
from ideation.rules.access import require_policy, require_scope
from ideation.rules.challenges import runs_challenge
from ideation.rules.conflicts import require_no_conflict
from ideation.rules.ideas import require_visible_idea
from ideation.rules.reviews import (
    require_complete,
    require_may_read_reviews,
    require_review_window,
    require_scores_on_scale,
    reviewers_may_know_authors,
    reviewing_is_over,
    takes_reviews,
)
from ideation.staging import stage_job

# Reviews are often sent in a row: ranking once after them is enough.
RANKING_DELAY_SECONDS = 5


async def read_form(connection: Connection, actor: Actor, assignment_id: UUID, now: datetime) -> ReviewForm:
    """One idea that I am asked to review; without its author where review is blind, and never with its rank."""
    assignment, challenge, idea = await _my_work(connection, actor, assignment_id, now)
    await _require_no_conflict(connection, actor, challenge, idea)
    review = await queries.find_review(connection, assignment_id)
    given = await queries.has_other_wildcard(connection, challenge.id, actor.person_id, assignment_id)
    return ReviewForm(
        assignment_id=assignment.id,
        challenge_id=challenge.id,
        question=challenge.question,
        idea=await _show(connection, challenge, idea),
        criteria=await queries.list_criteria(connection, challenge.id),
        due_at=assignment.due_at,
        takes_reviews=takes_reviews(challenge, now),
        wildcard_left=not given,
        review=None if review is None else await _out(connection, review),
        version=NOT_BEGUN_VERSION if review is None else review.version,
    )


async def save_review(
    connection: Connection, actor: Actor, assignment_id: UUID, input: SaveReview, version: int, now: datetime
) -> ReviewOut:
    """Save a draft over `version` of it (1 when it was not begun)."""
    _, challenge, idea = await _my_open_work(connection, actor, assignment_id, now)
    await _require_no_conflict(connection, actor, challenge, idea)
    require_scores_on_scale(input.scores, await queries.list_criteria(connection, challenge.id))
    if not await queries.save_review(connection, assignment_id, version, input, now):
        await _refuse_stale(connection, assignment_id)
    return await _read_out(connection, assignment_id)


async def send_review(
    connection: Connection, actor: Actor, assignment_id: UUID, version: int, now: datetime
) -> ReviewOut:
    """Send a complete review; afterwards it no longer changes, and I may read those of others."""
    _, challenge, idea = await _my_open_work(connection, actor, assignment_id, now)
    await _require_no_conflict(connection, actor, challenge, idea)
    review = await queries.find_review(connection, assignment_id)
    scores = [] if review is None else await queries.list_scores(connection, review.id)
    require_complete(scores, await queries.list_criteria(connection, challenge.id))
    if not await queries.send_review(connection, assignment_id, version, now):
        await _refuse_stale(connection, assignment_id)
    await stage_ranking(connection, challenge.id, now)
    return await _read_out(connection, assignment_id)


async def declare_conflict(
    connection: Connection, actor: Actor, assignment_id: UUID, input: DeclareConflict, now: datetime
) -> None:
    """Hand an idea back because of a conflict of interest; it goes to somebody else."""
    assignment, challenge, idea = await _my_work(connection, actor, assignment_id, now)
    require_policy(actor)
    if not await replace_reviewer(connection, challenge.id, idea.id, actor.person_id, now):
        raise WrongState(
            "This review was sent, so the idea can no longer be handed back.", reason="review-sent-no-return"
        )
    await store_conflict(connection, idea.id, actor.person_id, input.reason, now)
    await audit.record(
        connection,
        action="conflict.declare",
        subject_kind="idea",
        subject_id=assignment.idea_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge.id,
        details={"reason": input.reason},
    )


async def list_sent_reviews(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> list[SentReview]:
    """The sent reviews of an idea, for those who run the challenge and for its reviewers once they sent theirs."""
    idea = await find_idea(connection, idea_id)
    visible = await find_visible_challenge(
        connection, actor, idea_id if idea is None else idea.challenge_id, now, asked_for="idea"
    )
    author = await is_author(connection, idea_id, actor.person_id)
    require_visible_idea(actor, visible, idea, author=author)
    standing = await queries.standing_of(connection, idea_id, actor.person_id)
    owes = standing.owes and not reviewing_is_over(visible, now)
    require_may_read_reviews(owes=owes, sent=standing.sent, runs=runs_challenge(actor, visible))
    return await queries.list_sent(connection, idea_id)


async def stage_ranking(connection: Connection, challenge_id: UUID, now: datetime) -> None:
    """Have the panel's ranking made anew, once for all reviews that are sent within a few seconds."""
    not_before = now + timedelta(seconds=RANKING_DELAY_SECONDS)
    await stage_job(connection, "rank_panel", challenge_id, now, queue="analysis", not_before=not_before)


async def _my_work(
    connection: Connection, actor: Actor, assignment_id: UUID, now: datetime
) -> tuple[Assignment, Challenge, Idea]:
    """The assignment with challenge and idea, for its reviewer; to everybody else it is not there."""
    require_scope(actor, Scope.REVIEW)
    assignment = await assignment_queries.find_assignment(connection, assignment_id)
    if assignment is None or assignment.reviewer_id != actor.person_id or assignment.released_at is not None:
        raise NotFound("You have no such review to write.")
    challenge = await find_challenge(connection, assignment.challenge_id, now)
    idea = await find_idea(connection, assignment.idea_id)
    if challenge is None or idea is None or idea.hidden_at is not None or idea.state is IdeaState.WITHDRAWN:
        raise NotFound("This idea is no longer there to be reviewed.")
    return assignment, challenge, idea


async def _my_open_work(
    connection: Connection, actor: Actor, assignment_id: UUID, now: datetime
) -> tuple[Assignment, Challenge, Idea]:
    """The same while reviews are taken, with the challenge held undecided until the commit."""
    await queries.hold_for_review(connection, assignment_id)
    work = await _my_work(connection, actor, assignment_id, now)
    require_policy(actor)
    require_review_window(work[1], now)
    return work


async def _require_no_conflict(connection: Connection, actor: Actor, challenge: Challenge, idea: Idea) -> None:
    kind = await find_conflict(connection, idea.id, actor.person_id)
    require_no_conflict(kind, blind=not reviewers_may_know_authors(challenge))


async def _show(connection: Connection, challenge: Challenge, idea: Idea) -> IdeaForReview:
    known = reviewers_may_know_authors(challenge)
    return IdeaForReview(
        id=idea.id,
        title=idea.title,
        body=idea.body,
        tags=idea.tags,
        authors=await queries.list_author_names(connection, idea.id) if known else None,
    )


async def _read_out(connection: Connection, assignment_id: UUID) -> ReviewOut:
    review = await queries.find_review(connection, assignment_id)
    if review is None:
        raise NotFound("You have no such review to write.")
    return await _out(connection, review)


async def _out(connection: Connection, review: Review) -> ReviewOut:
    return ReviewOut(
        comment=review.comment,
        wildcard=review.wildcard,
        scores=await queries.list_scores(connection, review.id),
        version=review.version,
        updated_at=review.updated_at,
        sent_at=review.sent_at,
    )


async def _refuse_stale(connection: Connection, assignment_id: UUID) -> None:
    """Nothing was changed: the review was sent before, or saved from another window."""
    review = await queries.find_review(connection, assignment_id)
    if review is not None and review.sent_at is not None:
        raise WrongState("This review was sent and no longer changes.", reason="review-sent")
    raise PreconditionFailed(current_version=NOT_BEGUN_VERSION if review is None else review.version)
