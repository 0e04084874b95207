"""Who may watch what, and the marks that tell watchers when to look again."""

from datetime import datetime
from uuid import UUID

from ideation.actions.challenges import find_visible_challenge
from ideation.database import Connection
from ideation.entities.people import Actor, Scope
from ideation.queries import live as queries
from ideation.rules.access import require_administrator, require_scope
from ideation.rules.challenges import runs_challenge

JOBS = "jobs"
_CHALLENGE, _SHOWN, _REVIEWS = "challenge:", "shown:", "reviews:"
LARGE_IDEAS = 5_000


def topic_of(challenge_id: UUID) -> str:
    """The topic of everything in a challenge."""
    return f"{_CHALLENGE}{challenge_id}"


async def is_large(connection: Connection, challenge_id: UUID) -> bool:
    """Whether counting through all ideas of the challenge takes noticeably long."""
    return await queries.is_large(connection, challenge_id, LARGE_IDEAS)


async def watch_challenge(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> str:
    """The topic of a challenge: everything for those who run it, what everybody is shown for the others who see it."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    return topic_of(challenge_id) if runs_challenge(actor, challenge) else f"{_SHOWN}{challenge_id}"


def watch_reviews(actor: Actor) -> str:
    """The topic of this person's own queue of reviews."""
    require_scope(actor, Scope.READ)
    return f"{_REVIEWS}{actor.person_id}"


def watch_jobs(actor: Actor) -> str:
    """The topic of all jobs, for administrators."""
    require_administrator(actor)
    return JOBS


async def read_mark(connection: Connection, topic: str, now: datetime) -> str:
    """What changes whenever something of the topic does; nobody's rights are asked, and nothing is told but that."""
    if topic == JOBS:
        return await queries.mark_jobs(connection)
    if topic.startswith(_REVIEWS):
        return await queries.mark_reviews(connection, UUID(topic.removeprefix(_REVIEWS)))
    if topic.startswith(_SHOWN):
        return await queries.mark_shown(connection, UUID(topic.removeprefix(_SHOWN)))
    return await queries.mark_challenge(connection, UUID(topic.removeprefix(_CHALLENGE)), now)
