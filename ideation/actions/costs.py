"""Estimated costs of ideas, for a shortlist under a budget."""

from datetime import datetime
from uuid import UUID

from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.costs import ApprovedCosts, IdeaCost, SetCosts
from ideation.entities.people import Actor
from ideation.errors import Invalid, NotFound
from ideation.queries import audit
from ideation.queries import costs as queries
from ideation.rules.challenges import require_unarchived


async def list_costs(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> list[IdeaCost]:
    """What the ideas of a challenge would cost, dearest first, for those who run it."""
    await challenge_run_by(connection, actor, challenge_id, now)
    return await queries.list_costs(connection, challenge_id)


async def sum_approved(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ApprovedCosts:
    """What the approved ideas of a challenge cost together, for those who run it."""
    await challenge_run_by(connection, actor, challenge_id, now)
    return await queries.sum_approved(connection, challenge_id)


async def set_costs(
    connection: Connection, actor: Actor, challenge_id: UUID, input: SetCosts, now: datetime
) -> list[IdeaCost]:
    """Keep these estimates, or none of them when one names an idea that the challenge does not have."""
    require_unarchived(await challenge_run_by(connection, actor, challenge_id, now))
    given = {item.idea_id: item.cost for item in input.costs}
    if len(given) < len(input.costs):
        raise Invalid("An idea is named twice.", reason="idea-twice")
    unknown = set(given) - await queries.known_ideas(connection, challenge_id, list(given))
    if unknown:
        raise NotFound(
            f"{len(unknown)} of these are no ideas of this challenge, or were merged into others.",
            ideas=sorted(str(idea_id) for idea_id in unknown),
        )
    kept = {idea_id: cost for idea_id, cost in given.items() if cost is not None}
    await queries.put_costs(connection, kept, actor.person_id, now)
    await queries.remove_costs(connection, [idea_id for idea_id in given if idea_id not in kept])
    await audit.record(
        connection,
        action="costs.set",
        subject_kind="challenge",
        subject_id=challenge_id,
        now=now,
        actor_id=actor.person_id,
        challenge_id=challenge_id,
        details={"costs": {str(idea_id): cost for idea_id, cost in given.items()}},
    )
    return await queries.list_costs(connection, challenge_id)
