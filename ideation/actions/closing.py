"""Opening and closing by date: what follows from the dates needs nobody; here are the side effects, done once."""

from datetime import datetime
from uuid import UUID

from ideation.actions.notifications import notify_all
from ideation.database import Connection
from ideation.entities.closing import Turned
from ideation.queries import challenges as challenge_queries
from ideation.queries import closing as closing_queries
from ideation.queries.audit import record
from ideation.staging import stage_job


async def freeze(connection: Connection, challenge_id: UUID, now: datetime, *, endless: bool = False) -> bool:
    """Close a challenge whose dates have passed; True for the one caller that did it.

    Whoever decides a challenge without an end closes it by that: `endless`.

    The lock waits for votes and submissions under way: each is either in before the freeze or refused after it. The
    closing ranking is computed afterwards from votes that no longer change.
    """
    await challenge_queries.lock_challenge(connection, challenge_id, now)
    turned = await closing_queries.freeze_challenge(connection, challenge_id, now, endless=endless)
    if turned is None:
        return False
    await stage_job(connection, "rank_challenge", challenge_id, now, queue="analysis")
    await _tell(connection, challenge_id, turned, "closed", now)
    return True


async def open_by_date(connection: Connection, challenge_id: UUID, now: datetime) -> bool:
    """Do what an opening brings with it; True for the one caller that did it."""
    turned = await closing_queries.mark_opened(connection, challenge_id, now)
    if turned is None:
        return False
    await _tell(connection, challenge_id, turned, "opened", now)
    return True


async def _tell(connection: Connection, challenge_id: UUID, turned: Turned, what: str, now: datetime) -> None:
    await record(
        connection,
        action=f"challenge.{what}",
        subject_kind="challenge",
        subject_id=challenge_id,
        now=now,
        actor_id=None,
        challenge_id=challenge_id,
    )
    await notify_all(
        connection,
        sorted({turned.owner_id, turned.sponsor_id}),
        f"challenge_{what}",
        _MESSAGES[what].format(question=turned.question),
        f"challenge-{what}:{challenge_id}:{now.isoformat()}",
        now=now,
        challenge_id=challenge_id,
    )


_MESSAGES = {
    "opened": "Your challenge “{question}” is open.",
    "closed": "Your challenge “{question}” has closed. Its ranking is being computed.",
}
