"""The sentence-transformer refines what the static vectors answered at once: new ideas one by one, batches behind."""

import asyncio
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ideation.entities.challenges import Challenge
from ideation.entities.vectors import IdeaText
from ideation.queries import vectors as queries
from ideation.queries.challenges import find_challenge
from ideation.queries.jobs import is_handed_over, take_over_jobs
from ideation.queries.themes import find_model
from ideation.staging import stage_job
from ideation.text.encoder import Encoder, encode_ideas, load_encoder
from ideation.text.templates import own_text
from ideation.text.transformer import load_transformer
from workers.context import JobContext
from workers.environment import utc_now

REFINED_AT_ONCE = 64
"""Ideas refined within an analysis, so many that it waits seconds; more are left to a job of their own."""
LONGEST_SECONDS = 60.0


async def refine_ideas(context: JobContext) -> None:
    """Refine a challenge's ideas for a minute, then let other jobs have their turn; analyse anew when all are done."""
    challenge = await find_challenge(context.connection, context.subject_id, context.now)
    if challenge is None or not context.settings.refine_ideas:
        return
    await take_over_jobs(context.connection, "refine_ideas", challenge.id, utc_now())
    ends_at = time.monotonic() + LONGEST_SECONDS
    refined = count = await _refine_batch(context, challenge)
    while count == REFINED_AT_ONCE and time.monotonic() < ends_at:
        count = await _refine_batch(context, challenge)
        refined += count
    if count == REFINED_AT_ONCE:
        await _stage(context, challenge)
    elif refined or not await _analysed_refined(context, challenge):
        await stage_job(context.connection, "refresh_themes", challenge.id, utc_now(), queue="analysis")


async def encoder_of(context: JobContext, challenge: Challenge) -> Encoder:
    """What made the vectors that the whole challenge can be compared by: refined ones once every idea has one."""
    if not context.settings.refine_ideas:
        return load_encoder()
    waiting = await queries.list_unrefined(
        context.connection, challenge.id, load_transformer().name, limit=REFINED_AT_ONCE + 1
    )
    if len(waiting) > REFINED_AT_ONCE:
        await _stage(context, challenge)
        return load_encoder()
    await _refine(context, challenge, waiting)
    return load_transformer()


async def refine_idea(context: JobContext, text: IdeaText, own: str) -> NDArray[np.float32] | None:
    """The refined vector of one idea, shape (1, dimensions), stored; None where ideas are not refined."""
    if not context.settings.refine_ideas:
        return None
    encoder = load_transformer()
    vector = await asyncio.to_thread(encode_ideas, encoder, [own])
    await queries.store_refined(context.connection, encoder.name, [text], vector)
    return vector


async def _stage(context: JobContext, challenge: Challenge) -> None:
    """In the lane of large challenges, where nobody with few ideas waits."""
    if not await is_handed_over(context.connection, "refine_ideas", challenge.id):
        await stage_job(context.connection, "refine_ideas", challenge.id, utc_now(), queue="large")


async def _analysed_refined(context: JobContext, challenge: Challenge) -> bool:
    model = await find_model(context.connection, challenge.id)
    return model is not None and model.encoder == load_transformer().name


async def _refine_batch(context: JobContext, challenge: Challenge) -> int:
    """Refine some ideas; how many. There may be more when these are REFINED_AT_ONCE."""
    texts = await queries.list_unrefined(
        context.connection, challenge.id, load_transformer().name, limit=REFINED_AT_ONCE
    )
    await _refine(context, challenge, texts)
    return len(texts)


async def _refine(context: JobContext, challenge: Challenge, texts: Sequence[IdeaText]) -> None:
    if not texts:
        return
    encoder = load_transformer()
    own = [own_text(text.title, text.body, challenge.idea_template) for text in texts]
    vectors = await asyncio.to_thread(encode_ideas, encoder, own)
    await queries.store_refined(context.connection, encoder.name, texts, vectors)
