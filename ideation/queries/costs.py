"""SQL of estimated costs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.costs import ApprovedCosts, IdeaCost
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("costs")


async def list_costs(connection: Connection, challenge_id: UUID) -> list[IdeaCost]:
    """Estimated costs of a challenge's ideas, the dearest first."""
    return rows_as(await connection.fetch(_SQL["list_costs"], challenge_id), IdeaCost)


async def sum_approved(connection: Connection, challenge_id: UUID) -> ApprovedCosts:
    """What the approved ideas of a challenge cost together."""
    return row_as(await connection.fetchrow(_SQL["sum_approved"], challenge_id), ApprovedCosts)


async def known_ideas(connection: Connection, challenge_id: UUID, idea_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these are ideas of the challenge, neither drafts nor merged into others."""
    return {row["id"] for row in await connection.fetch(_SQL["known_ideas"], challenge_id, idea_ids)}


async def put_costs(connection: Connection, costs: Mapping[UUID, float], given_by: UUID, now: datetime) -> None:
    """Keep estimates."""
    await connection.execute(_SQL["put_costs"], list(costs), list(costs.values()), given_by, now)


async def remove_costs(connection: Connection, idea_ids: Sequence[UUID]) -> None:
    """Take estimates back."""
    await connection.execute(_SQL["remove_costs"], idea_ids)
