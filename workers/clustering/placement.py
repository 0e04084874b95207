"""A new idea is placed, and mapped, without refitting anything."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from workers.clustering.landscape import places_on_map
from workers.clustering.neighbours import Floats, nearest_by_meaning
from workers.clustering.novelty import NEIGHBOURS
from workers.clustering.values import OUTSIDE, ThemeModel


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where new ideas go; row i of every array belongs to the i-th vector given. As in `values.Themes`."""

    theme_of: NDArray[np.int64]
    typicality: NDArray[np.float64]
    novelty: NDArray[np.float64]
    places: NDArray[np.float64]


def place(model: ThemeModel, vectors: Floats, *, others: Floats | None = None) -> Placement:
    """Theme, typicality, novelty and map place of new ideas from their raw encoder vectors, shape (n, d).

    `others`: raw vectors of the ideas already there (the nearest few suffice), for novelty. An idea that fits no theme
    well enough, or has no vector, is OUTSIDE.
    """
    centred = model.space.transform(vectors)
    theme_of, typicality = assign(model, centred)
    known = np.zeros((0, vectors.shape[1]), np.float32) if others is None else model.space.transform(others)
    cosines = nearest_by_meaning(centred, known, NEIGHBOURS)[1]
    new = np.clip(1.0 - cosines.mean(axis=1), 0.0, 1.0) if cosines.shape[1] else np.ones(len(vectors))
    return Placement(
        theme_of=theme_of,
        typicality=typicality,
        novelty=new.astype(np.float64),
        places=places_on_map(model.map, centred, theme_of),
    )


def assign(model: ThemeModel, centred: Floats) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The nearest theme of each centred vector, OUTSIDE when under that theme's lowest fit; and the cosine to it."""
    if not len(model.centroids) or not len(centred):
        return np.full(len(centred), OUTSIDE), np.zeros(len(centred))
    cosines = (centred @ model.centroids.T).astype(np.float64)
    nearest = np.argmax(cosines, axis=1)
    fit = cosines[np.arange(len(centred)), nearest]
    fits = (fit >= model.lowest_fit[nearest]) & np.any(centred, axis=1)
    return np.where(fits, nearest, OUTSIDE), fit
