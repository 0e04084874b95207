"""Reading what odd voting patterns are looked for in, and keeping what was found: for jobs, not for requests."""

from datetime import datetime
from uuid import UUID

from ideation.actions.rankings_making import gather
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.integrity import AnswerPerson, FoundFlag
from ideation.entities.rankings import CrowdInputs
from ideation.queries import integrity as queries


async def read_votes(
    connection: Connection, challenge: Challenge
) -> tuple[CrowdInputs, list[AnswerPerson], dict[UUID, UUID]]:
    """What patterns are looked for in, at one instant: the ranking's inputs, who answered, and the ideas' authors."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        inputs = await gather(connection, challenge)
        people = await queries.list_answer_people(connection, challenge.id)
        return inputs, people, await queries.list_authors(connection, inputs.ideas)


async def store_flags(connection: Connection, challenge_id: UUID, flags: list[FoundFlag], now: datetime) -> None:
    """Keep what was found; a pattern that is gone stays in the record with the day it was last seen."""
    await queries.put_flags(connection, challenge_id, flags, now)
