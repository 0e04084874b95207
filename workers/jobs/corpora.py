"""From rows to what `workers.clustering` computes on: missing vectors, own texts, one array."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ideation.entities.challenges import Challenge
from ideation.entities.vectors import AnalysedIdea
from ideation.queries import vectors as vector_queries
from ideation.text.encoder import Encoder, encode_ideas
from ideation.text.templates import own_text
from workers.clustering.corpus import Corpus, build_corpus
from workers.context import JobContext

ENCODED_AT_ONCE = 512


async def store_missing_vectors(context: JobContext, challenge: Challenge, encoder: Encoder) -> None:
    """Encode the ideas that came without a vector (by import, or before a change of the encoder), in batches."""
    after: UUID | None = None
    while True:
        texts = await vector_queries.list_without_vector(
            context.connection, challenge.id, encoder.name, after=after, limit=ENCODED_AT_ONCE
        )
        if not texts:
            return
        own = [own_text(text.title, text.body, challenge.idea_template) for text in texts]
        vectors = await asyncio.to_thread(encode_ideas, encoder, own)
        async with context.connection.transaction():
            await vector_queries.store_vectors(context.connection, encoder.name, texts, vectors)
        after = texts[-1].id


def corpus_of(ideas: Sequence[AnalysedIdea], challenge: Challenge, encoder: Encoder) -> Corpus:
    """The corpus of ideas of one challenge."""
    texts = [own_text(idea.title, idea.body, challenge.idea_template) for idea in ideas]
    vectors = vectors_of(ideas, encoder.dimensions)
    return build_corpus(texts, vectors, encoder=encoder.name, stop_words=challenge.stop_words)


def vectors_of(ideas: Sequence[AnalysedIdea], dimensions: int) -> NDArray[np.float32]:
    """Raw vectors, shape (n, dimensions); a zero row for an idea without one."""
    vectors = np.zeros((len(ideas), dimensions), dtype=np.float32)
    for row, idea in enumerate(ideas):
        if idea.vector is not None:
            vectors[row] = idea.vector
    return vectors
