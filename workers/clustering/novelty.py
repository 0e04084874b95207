"""How far an idea is from the rest and from what was said before. A figure of its own, never part of a score."""

import numpy as np
from numpy.typing import NDArray

from workers.clustering.neighbours import Floats, nearest_by_meaning

NEIGHBOURS = 5


def novelty(near: Floats, vectors: Floats, *, earlier: Floats | None = None) -> NDArray[np.float64]:
    """1 minus the mean cosine to the five nearest other ideas, here and among `earlier` ones; shape (n,), 0 to 1.

    near: cosines of each idea to its nearest others, (n, k). vectors, earlier: unit rows of one space, (n, d) and
    (m, d). An idea without any other is 1.
    After the k-nearest-neighbour distance of Ramaswamy et al. (2000).
    """
    if earlier is not None and len(earlier):
        near = np.hstack([near, nearest_by_meaning(vectors, earlier, NEIGHBOURS)[1]])
    near = -np.sort(-near, axis=1)[:, :NEIGHBOURS]
    if near.shape[1] == 0:
        return np.ones(len(vectors))
    return np.asarray(np.clip(1.0 - near.mean(axis=1).astype(np.float64), 0.0, 1.0))
