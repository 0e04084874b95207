"""Which theme each idea stays in: hysteresis, ideas that fit nowhere, and no change when nothing changed."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.clustering.corpus import Floats
from workers.clustering.partition import FEWEST_IN_THEME, centres_of
from workers.clustering.values import OUTSIDE

Labels = NDArray[np.int64]

KEEP_MARGIN = 0.05
FIT_MARGIN = 0.02
LOWEST_FIT = 0.05
MOST_STEPS = 20
ROWS_AT_ONCE = 8_192


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Themes 0, 1, 2 .. by falling size: that of each idea or OUTSIDE, their centres and the lowest fit of each."""

    theme_of: Labels
    centroids: Floats
    lowest_fit: NDArray[np.float64]


def settle(rows: Floats, vectors: Floats, labels: Labels, *, kept: Collection[int] = ()) -> Settled:
    """Let ideas move until none has a reason to; what is settled stays as it is when it is settled again.

    rows (n, r): what themes were divided by. vectors (n, d): what fit is measured by; zero rows are never inside.
    labels (n,): theme numbers, or OUTSIDE. An idea moves only to a theme whose centre is nearer by a cosine of 0.05. It
    leaves when its fit is under its theme's lowest (the mean less 2.5 standard deviations, at least 0.05), and comes
    in from outside when over it, by 0.02 either way. Themes of under three ideas dissolve. Ideas of the themes in
    `kept` stay where they are.
    """
    fixed = np.isin(labels, list(kept))
    present = np.any(vectors, axis=1) | fixed
    labels = _dissolved(np.where(present, labels, OUTSIDE), kept)
    for _ in range(MOST_STEPS):
        moved = np.where(fixed, labels, _moved(rows, vectors, labels))
        moved = _dissolved(np.where(present, moved, OUTSIDE), kept)
        if np.array_equal(moved, labels):
            break
        labels = moved
    labels = _numbered_by_size(labels)
    centroids = centres_of(vectors, labels, int(labels.max(initial=OUTSIDE)) + 1)
    return Settled(theme_of=labels, centroids=centroids, lowest_fit=_lowest_fits(vectors, labels, centroids))


def typicality(vectors: Floats, labels: Labels, centroids: Floats) -> NDArray[np.float64]:
    """Cosine of each idea to the centre of its theme, to the nearest one when it is outside; (n,), 0 without themes."""
    fit = np.zeros(len(vectors))
    for start in range(0, len(vectors) if len(centroids) else 0, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        cosines = vectors[part] @ centroids.T
        own = np.where(labels[part] >= 0, labels[part], np.argmax(cosines, axis=1))
        fit[part] = cosines[np.arange(len(own)), own]
    return fit


def _moved(rows: Floats, vectors: Floats, labels: Labels) -> Labels:
    count = int(labels.max(initial=OUTSIDE)) + 1
    if not count:
        return labels
    nearest = _nearest(rows, labels, centres_of(rows, labels, count))
    centroids = centres_of(vectors, labels, count)
    lowest = _lowest_fits(vectors, labels, centroids)
    fit = typicality(vectors, nearest, centroids)
    margin = np.where(labels >= 0, -FIT_MARGIN, FIT_MARGIN)
    return np.where(fit >= lowest[nearest] + margin, nearest, OUTSIDE)


def _nearest(rows: Floats, labels: Labels, centres: Floats) -> Labels:
    """The nearest theme with an idea in it, the idea's own favoured."""
    empty = ~np.any(centres, axis=1)
    nearest = np.zeros(len(rows), dtype=np.int64)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        cosines = rows[start : start + ROWS_AT_ONCE] @ centres.T
        cosines[:, empty] = -np.inf
        own = labels[start : start + ROWS_AT_ONCE]
        settled = np.flatnonzero(own >= 0)
        cosines[settled, own[settled]] += KEEP_MARGIN
        nearest[start : start + ROWS_AT_ONCE] = np.argmax(cosines, axis=1)
    return nearest


def _lowest_fits(vectors: Floats, labels: Labels, centroids: Floats) -> NDArray[np.float64]:
    inside = labels >= 0
    own, fit = labels[inside], typicality(vectors, labels, centroids)[inside]
    sizes = np.maximum(np.bincount(own, minlength=len(centroids)), 1)
    means = np.bincount(own, fit, minlength=len(centroids)) / sizes
    deviations = np.sqrt(np.bincount(own, (fit - means[own]) ** 2, minlength=len(centroids)) / sizes)
    return np.asarray(np.maximum(LOWEST_FIT, means - 2.5 * deviations))


def _dissolved(labels: Labels, kept: Collection[int]) -> Labels:
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    small = set(np.flatnonzero(sizes < FEWEST_IN_THEME).tolist()) - set(kept)
    return np.where(np.isin(labels, list(small)), OUTSIDE, labels)


def _numbered_by_size(labels: Labels) -> Labels:
    numbers, sizes = np.unique(labels[labels >= 0], return_counts=True)
    renamed = np.full(int(labels.max(initial=OUTSIDE)) + 2, OUTSIDE, dtype=np.int64)
    renamed[numbers[np.argsort(-sizes, kind="stable")]] = np.arange(len(numbers))
    return np.where(labels >= 0, renamed[labels], OUTSIDE)
