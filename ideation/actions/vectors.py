"""The vector of an idea is stored with its wording, so that the idea is found as soon as it is committed.

The job that compares the idea with the others puts it into the index.
"""

import asyncio

import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.vectors import IdeaText
from ideation.queries import vectors as queries
from ideation.text.encoder import encode_ideas, load_encoder
from ideation.text.templates import own_text

# Encoding takes a few milliseconds up to this length in all; more would keep other requests waiting.
_LONGEST_AT_ONCE = 10_000


async def store_vector(connection: Connection, text: IdeaText, challenge: Challenge) -> None:
    """Encode a wording that was just written and keep its vector."""
    vector = await encode([own_text(text.title, text.body, challenge.idea_template)])
    await queries.store_vectors(connection, load_encoder().name, [text], vector, indexed=False)


async def encode(texts: list[str]) -> NDArray[np.float32]:
    """The vectors of ideas' texts, shape (len(texts), dimensions)."""
    encoder = load_encoder()
    if sum(map(len, texts)) <= _LONGEST_AT_ONCE:
        return encode_ideas(encoder, texts)
    return await asyncio.to_thread(encode_ideas, encoder, texts)
