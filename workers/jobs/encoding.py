"""After an update with other vectors: a challenge's ideas are encoded anew, then analysed by the new vectors."""

from ideation.entities.challenges import Stage
from ideation.queries.challenges import find_challenge
from ideation.staging import stage_job
from ideation.text.encoder import load_encoder
from workers.context import JobContext
from workers.environment import utc_now
from workers.jobs.corpora import store_missing_vectors


async def encode_ideas_anew(context: JobContext) -> None:
    """Replace vectors of an earlier encoder; themes are found anew only where people still take part."""
    challenge = await find_challenge(context.connection, context.subject_id, context.now)
    if challenge is None:
        return
    await store_missing_vectors(context, challenge, load_encoder())
    if challenge.stage is Stage.PUBLISHED:
        await stage_job(context.connection, "refresh_themes", challenge.id, utc_now(), queue="analysis")
