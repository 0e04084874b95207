"""Who may watch what, and the marks that tell watchers when to look again."""

from datetime import datetime
from uuid import UUID

from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.queries import live as queries
from ideation.rules.access import require_administrator

JOBS = "jobs"
LARGE_IDEAS = 5_000


def topic_of(challenge_id: UUID) -> str:
    """The topic of a challenge."""
    return f"challenge:{challenge_id}"


async def is_large(connection: Connection, challenge_id: UUID) -> bool:
    """Whether counting through all ideas of the challenge takes noticeably long."""
    return await queries.is_large(connection, challenge_id, LARGE_IDEAS)


async def watch_challenge(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> str:
    """The topic of a challenge, for those who run it."""
    await challenge_run_by(connection, actor, challenge_id, now)
    return topic_of(challenge_id)


def watch_jobs(actor: Actor) -> str:
    """The topic of all jobs, for administrators."""
    require_administrator(actor)
    return JOBS


async def read_mark(connection: Connection, topic: str, now: datetime) -> str:
    """What changes whenever something of the topic does; nobody's rights are asked, and nothing is told but that."""
    if topic == JOBS:
        return await queries.mark_jobs(connection)
    return await queries.mark_challenge(connection, UUID(topic.removeprefix("challenge:")), now)
