"""SQL of review plans."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.review_plans import PlanProgress, ReviewPlan, SetReviewPlan
from ideation.queries import load_statements

_SQL = load_statements("review_plans")


async def find_plan(connection: Connection, challenge_id: UUID) -> ReviewPlan | None:
    """The plan of a challenge, if there is one."""
    row = await connection.fetchrow(_SQL["find_plan"], challenge_id)
    return None if row is None else msgspec.convert(dict(row), ReviewPlan)


async def put_plan(
    connection: Connection, challenge_id: UUID, plan: SetReviewPlan, set_by: UUID, now: datetime
) -> None:
    """Set or change the plan."""
    await connection.execute(
        _SQL["put_plan"], challenge_id, plan.target_wrong_calls, plan.review_budget, plan.batch_size, set_by, now
    )


async def remove_plan(connection: Connection, challenge_id: UUID) -> bool:
    """Remove the plan; False when there was none."""
    return await connection.fetchval(_SQL["remove_plan"], challenge_id) is not None


async def read_progress(connection: Connection, challenge_id: UUID) -> PlanProgress:
    """How far reviewing is."""
    return msgspec.convert(dict(await connection.fetchrow(_SQL["read_progress"], challenge_id) or {}), PlanProgress)
