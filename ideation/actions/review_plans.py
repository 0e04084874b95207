"""Plans for directed reviewing: the sponsor's target, and the batches that follow from it."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.review_plans import ReviewPlanOut, SetReviewPlan
from ideation.errors import NotFound
from ideation.queries import audit
from ideation.queries import review_plans as queries
from ideation.rules.assignments import require_panel_at_work
from ideation.rules.review_plans import next_batch_size, plan_out
from ideation.staging import stage_job


async def read_plan(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ReviewPlanOut:
    """The plan of a challenge and how far it is, for those who run it."""
    await challenge_run_by(connection, actor, challenge_id, now)
    return await _out(connection, challenge_id)


async def set_plan(
    connection: Connection, actor: Actor, challenge_id: UUID, input: SetReviewPlan, now: datetime
) -> ReviewPlanOut:
    """Set or change the plan; it takes effect at once on the reviews there are."""
    require_panel_at_work(await challenge_run_by(connection, actor, challenge_id, now))
    await queries.put_plan(connection, challenge_id, input, actor.person_id, now)
    await _record(connection, actor, challenge_id, "panel.set_plan", msgspec.to_builtins(input), now)
    await stage_job(connection, "rank_panel", challenge_id, now, queue="analysis")
    return await _out(connection, challenge_id)


async def remove_plan(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> None:
    """No further review is asked for by itself; those asked for stay."""
    await challenge_run_by(connection, actor, challenge_id, now)
    if not await queries.remove_plan(connection, challenge_id):
        raise NotFound("This challenge has no plan for its reviews.")
    await _record(connection, actor, challenge_id, "panel.remove_plan", {}, now)


async def follow_plan(connection: Connection, challenge_id: UUID, now: datetime) -> None:
    """After a panel ranking: have the next batch asked for, where there is a plan and it goes on."""
    plan = await queries.find_plan(connection, challenge_id)
    if plan is None:
        return
    batch_size = next_batch_size(plan, await queries.read_progress(connection, challenge_id))
    if not batch_size:
        return
    arguments: dict[str, object] = {
        "batch_size": batch_size,
        "target_wrong_calls": plan.target_wrong_calls,
        "requested_at": now.isoformat(),
    }
    await stage_job(connection, "direct_reviews", challenge_id, now, arguments=arguments, queue="analysis")


async def first_reviews(connection: Connection, challenge_id: UUID, otherwise: int) -> int:
    """Reviews of each idea to begin with: one where a plan directs the further ones."""
    return otherwise if await queries.find_plan(connection, challenge_id) is None else 1


async def _out(connection: Connection, challenge_id: UUID) -> ReviewPlanOut:
    plan = await queries.find_plan(connection, challenge_id)
    if plan is None:
        raise NotFound("This challenge has no plan for its reviews.")
    return plan_out(plan, await queries.read_progress(connection, challenge_id))


async def _record(
    connection: Connection, actor: Actor, challenge_id: UUID, action: str, details: dict[str, object], now: datetime
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind="challenge",
        subject_id=challenge_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge_id,
        details=details,
    )
