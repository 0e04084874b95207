"""Estimated costs of ideas, for a shortlist under a budget."""

from datetime import datetime
from uuid import UUID

from litestar import get, put

from ideation.actions import costs
from ideation.database import Connection
from ideation.entities.costs import IdeaCost, SetCosts
from ideation.entities.people import Actor

_TAGS = ["shortlists"]


@get("/challenges/{challenge_id:uuid}/costs", summary="List estimated costs", tags=_TAGS)
async def list_costs(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[IdeaCost]:
    """What ideas would cost, the dearest first; for those who run the challenge."""
    return await costs.list_costs(connection, actor, challenge_id, now)


@put("/challenges/{challenge_id:uuid}/costs", summary="Estimate what ideas cost", tags=_TAGS)
async def set_costs(
    challenge_id: UUID, data: SetCosts, connection: Connection, actor: Actor, now: datetime
) -> list[IdeaCost]:
    """Up to 1,000 at once; estimates of other ideas stay, and null takes one back."""
    return await costs.set_costs(connection, actor, challenge_id, data, now)


handlers = [list_costs, set_costs]
