"""Placing one new idea among the themes of the last run, and the stored form of their model."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from ideation.entities.themes import PlacedIdea, StoredThemeModel
from ideation.entities.vectors import IdeaText
from ideation.queries import themes as queries
from ideation.queries import vectors as vector_queries
from ideation.text.encoder import load_encoder
from workers.clustering.placement import place
from workers.clustering.values import OUTSIDE, ThemeModel
from workers.context import JobContext
from workers.environment import utc_now
from workers.jobs.corpora import vectors_of

EARLIER_NEAREST = 10


async def place_idea(
    context: JobContext,
    challenge_id: UUID,
    text: IdeaText,
    vectors: Mapping[str, NDArray[np.float32]],
    near: Sequence[UUID],
) -> None:
    """Place a new or edited idea by the model of the last run; nothing before there is one. Needs a transaction.

    vectors: those of the idea by the name of their encoder; the model takes the one it was made with.
    """
    stored = await queries.find_model(context.connection, challenge_id, hold=True)
    if stored is None or stored.encoder not in vectors:
        return
    idea = await vector_queries.find_text(context.connection, text.id)
    if idea is None or idea.revision != text.revision:
        return
    others = await vector_queries.list_analysed(context.connection, challenge_id, stored.encoder, near)
    earlier = await vector_queries.nearest_of_earlier(
        context.connection, challenge_id, text.id, stored.encoder, found_by=load_encoder().name, limit=EARLIER_NEAREST
    )
    vector = vectors[stored.encoder]
    placed = _place(stored, text.id, vector, np.vstack([vectors_of(others, vector.shape[1]), *earlier]))
    await queries.store_placements(context.connection, challenge_id, [placed], utc_now())


def _place(
    stored: StoredThemeModel, idea_id: UUID, vector: NDArray[np.float32], others: NDArray[np.float32]
) -> PlacedIdea:
    placement = place(unpack_model(stored), vector, others=others)
    theme = int(placement.theme_of[0])
    return PlacedIdea(
        idea_id=idea_id,
        theme_id=None if theme == OUTSIDE else stored.theme_ids[theme],
        typicality=float(placement.typicality[0]),
        novelty=float(placement.novelty[0]),
        x=float(placement.places[0, 0]),
        y=float(placement.places[0, 1]),
    )


def pack_model(model: ThemeModel) -> bytes:
    """A model as bytes."""
    return msgspec.msgpack.encode(model, enc_hook=_pack_array)


def unpack_model(stored: StoredThemeModel) -> ThemeModel:
    """What `pack_model` made, back again."""
    return msgspec.msgpack.decode(stored.model, type=ThemeModel, dec_hook=_unpack_array)


def _pack_array(array: Any) -> tuple[str, list[int], bytes]:
    values = np.ascontiguousarray(array)
    return values.dtype.str, list(values.shape), values.tobytes()


def _unpack_array(_: type, packed: Any) -> NDArray[Any]:
    kind, shape, values = packed
    return np.frombuffer(values, dtype=kind).reshape(shape).copy()
