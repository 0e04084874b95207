"""Plans for directed reviewing: the sponsor's target, and the batches that follow from it."""

from datetime import datetime
from uuid import UUID

from litestar import delete, get, put
from litestar.types import ControllerRouterHandler

from ideation.actions import review_plans
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.review_plans import ReviewPlanOut, SetReviewPlan

_TAGS = ["assignments"]
_PLAN = "/challenges/{challenge_id:uuid}/panel/plan"


@get(_PLAN, summary="Read the plan of reviews", tags=_TAGS)
async def read_plan(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> ReviewPlanOut:
    """The target, how far reviewing is, and whether it goes on. For those who run the challenge."""
    return await review_plans.read_plan(connection, actor, challenge_id, now)


@put(_PLAN, summary="Plan the reviews", tags=_TAGS)
async def set_plan(
    challenge_id: UUID, data: SetReviewPlan, connection: Connection, actor: Actor, now: datetime
) -> ReviewPlanOut:
    """From now on batches are asked for by themselves, until the expected number of wrong calls meets the target."""
    return await review_plans.set_plan(connection, actor, challenge_id, data, now)


@delete(_PLAN, summary="End the plan of reviews", tags=_TAGS)
async def remove_plan(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> None:
    """Reviews that were asked for stay."""
    await review_plans.remove_plan(connection, actor, challenge_id, now)


handlers: list[ControllerRouterHandler] = [read_plan, set_plan, remove_plan]
