"""The crowd's ranking, interim or closing."""

from ideation.actions.rankings_making import gather, pack, store
from ideation.entities.jobs import AnalysisKind
from ideation.entities.rankings import CrowdInputs
from ideation.queries import rankings as ranking_queries
from ideation.queries.challenges import find_challenge
from ideation.rules.crowd_scores import compute
from workers.context import JobContext
from workers.environment import utc_now
from workers.jobs.analysis import recorded


async def rank_challenge(context: JobContext) -> None:
    """Rank the challenge from the answers to dealt cards; a snapshot only when something changed since the last one."""
    challenge = await find_challenge(context.connection, context.subject_id, context.now)
    if challenge is None:
        return
    async with recorded(context, challenge.id, AnalysisKind.RANKING) as run:
        inputs = await gather(context.connection, challenge)
        run.idea_count = len(inputs.ideas)
        run.details["new_snapshot"] = await _rank(context, inputs)


async def _rank(context: JobContext, inputs: CrowdInputs) -> bool:
    packed, sha256 = pack(inputs)
    if await ranking_queries.has_inputs(context.connection, inputs.challenge_id, inputs.kind, sha256):
        return False
    computed = compute(inputs)
    async with context.connection.transaction():
        return await store(context.connection, inputs, packed, sha256, computed, utc_now()) is not None
