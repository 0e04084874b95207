"""Odd voting patterns and what they do to the ranking."""

from datetime import datetime
from uuid import UUID

from litestar import get, post

from ideation.actions import integrity
from ideation.database import Connection
from ideation.entities.integrity import DismissFlag, IntegrityFlag
from ideation.entities.people import Actor


@get("/challenges/{challenge_id:uuid}/integrity", summary="List odd voting patterns", tags=["rankings"])
async def list_flags(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[IntegrityFlag]:
    """Votes given in return, rings, bursts and one-department ballots, with each idea's rank with and without them.

    For those who run the challenge and for moderators. The votes count as before: people judge.
    """
    return await integrity.list_flags(connection, actor, challenge_id, now)


@post("/integrity-flags/{flag_id:uuid}/dismissal", summary="Dismiss a pattern", tags=["rankings"], status_code=200)
async def dismiss(
    flag_id: UUID, data: DismissFlag, connection: Connection, actor: Actor, now: datetime
) -> IntegrityFlag:
    """With a reason, which is kept; the flag stays in the list, below the open ones."""
    return await integrity.dismiss_flag(connection, actor, flag_id, data, now)


handlers = [list_flags, dismiss]
