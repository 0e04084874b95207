"""What tests of the panel's jobs share."""

from datetime import timedelta
from uuid import UUID

from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.queries import panel_rankings as ranking_queries
from ideation.settings import Settings
from tests.factories import NOW
from tests.panel_world import (
    PanelWorld,
)
from workers.context import JobContext
from workers.jobs.panels import rank_panel

SETTINGS = Settings(database_url="postgresql://x", redis_url="redis://x", secret_key="x" * 32)


def context(connection: Connection, world: PanelWorld, *, minutes: int = 1, **arguments: object) -> JobContext:
    return JobContext(
        connection=connection,
        settings=SETTINGS,
        subject=str(world.challenge_id),
        arguments=arguments,
        now=NOW + timedelta(minutes=minutes),
    )


async def pairs(connection: Connection) -> set[tuple[UUID, UUID]]:
    rows = await connection.fetch("SELECT idea_id, reviewer_id FROM review_assignments WHERE released_at IS NULL")
    return {(row["idea_id"], row["reviewer_id"]) for row in rows}


async def told(connection: Connection, reviewer: Actor) -> list[str]:
    rows = await connection.fetch("SELECT message FROM notifications WHERE person_id = $1", reviewer.person_id)
    return [row["message"] for row in rows]


async def rank(connection: Connection, world: PanelWorld, *, minutes: int = 1) -> UUID:
    await rank_panel(context(connection, world, minutes=minutes))
    head = await ranking_queries.latest(connection, world.challenge_id)
    assert head is not None
    return head.id
