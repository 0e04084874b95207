"""Looking for odd voting patterns after a ranking."""

import asyncio

from ideation.actions.integrity_finding import read_votes, store_flags
from ideation.entities.jobs import AnalysisKind
from ideation.queries.challenges import find_challenge
from ideation.rules.integrity import find_flags
from workers.context import JobContext
from workers.environment import utc_now
from workers.jobs.analysis import recorded


async def check_integrity(context: JobContext) -> None:
    """Flag patterns in the votes with their effect on the ranks; the votes stay."""
    challenge = await find_challenge(context.connection, context.subject_id, context.now)
    if challenge is None:
        return
    async with recorded(context, challenge.id, AnalysisKind.INTEGRITY) as run:
        inputs, people, authors = await read_votes(context.connection, challenge)
        run.idea_count = len(inputs.ideas)
        flags = await asyncio.to_thread(find_flags, inputs, people, authors)
        run.details["flags"] = len(flags)
        async with context.connection.transaction():
            await store_flags(context.connection, challenge.id, flags, utc_now())
