"""A place for every idea on a two-dimensional map that does not jump between runs."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes

from workers.clustering.neighbours import Floats
from workers.clustering.values import OUTSIDE, MapModel

Places = NDArray[np.float64]

EDGE = 0.75
"""Themes lie within this radius of the middle; the ring outside it is for ideas that fit nowhere."""
RING = 0.92
APART_STEPS = 60


def fit_map(
    vectors: Floats, theme_of: NDArray[np.int64], centroids: Floats, *, before: Places | None = None
) -> MapModel:
    """The map of themes: near themes lie near each other, and none covers another.

    Themes are laid out by classical scaling of their cosines (Torgerson 1952), then pushed apart. `before` holds the
    places (n, 2) ideas had on the last map, NaN for new ones: the map is turned to it by orthogonal Procrustes
    (Schönemann 1966), around each theme too, and themes stay where their ideas were.
    """
    spread = 0.5 * EDGE / np.sqrt(max(len(centroids), 1))
    projection, places = _principal_plane(vectors), _scaled(centroids)
    known = np.zeros(len(vectors), dtype=np.bool_) if before is None else np.isfinite(before).all(axis=1)
    if before is not None and known.any():
        inside = (vectors[known], theme_of[known], before[known])
        projection = _turned(projection, *inside)
        places = _themes_before(_shifts(projection, spread, inside[0]), theme_of[known], before[known], places)
    return MapModel(theme_places=_pushed_apart(places, 2 * spread), projection=projection, spread=float(spread))


def places_on_map(model: MapModel, vectors: Floats, theme_of: NDArray[np.int64]) -> Places:
    """Places of shape (n, 2), each coordinate within -1 and 1. Ideas outside all themes lie on the outer ring."""
    inside = theme_of != OUTSIDE
    places = RING * _directions(vectors.astype(np.float64) @ model.projection)
    if inside.any():
        shifts = _shifts(model.projection, model.spread, vectors[inside])
        places[inside] = model.theme_places[theme_of[inside]] + shifts
    return np.clip(places, -1.0, 1.0)


def _shifts(projection: Places, spread: float, vectors: Floats) -> Places:
    """How far from its theme's place each idea lies, and where."""
    inner = vectors.astype(np.float64) @ projection
    reach: Places = np.tanh(2 * np.linalg.norm(inner, axis=1, keepdims=True)) * spread
    return _directions(inner) * reach


def _directions(offsets: Places) -> Places:
    length = np.linalg.norm(offsets, axis=1, keepdims=True)
    return np.asarray(np.where(length > 1e-9, offsets / np.maximum(length, 1e-9), 0.0))


def _turned(projection: Places, vectors: Floats, theme_of: NDArray[np.int64], before: Places) -> Places:
    """The projection turned or mirrored so that ideas lie around their themes as they did."""
    now = _directions(_around_theme(_directions(vectors.astype(np.float64) @ projection), theme_of))
    turn, _ = orthogonal_procrustes(now, _directions(_around_theme(before, theme_of)))
    return np.asarray(projection @ turn)


def _around_theme(places: Places, theme_of: NDArray[np.int64]) -> Places:
    """Places less the mean of their theme's; those of ideas outside stay as they are."""
    around = places.copy()
    for theme in np.unique(theme_of[theme_of != OUTSIDE]):
        around[theme_of == theme] -= places[theme_of == theme].mean(axis=0)
    return around


def _scaled(centroids: Floats) -> Places:
    count = len(centroids)
    if count < 3:
        return np.array([[0.0, 0.0]] if count == 1 else [[-0.4, 0.0], [0.4, 0.0]])[:count]
    distances = np.clip(1.0 - centroids.astype(np.float64) @ centroids.T.astype(np.float64), 0.0, None)
    middle = np.eye(count) - 1.0 / count
    values, vectors = np.linalg.eigh(-0.5 * middle @ distances @ middle)
    plane = vectors[:, ::-1][:, :2] * np.sqrt(np.clip(values[::-1][:2], 1e-12, None))
    return _within_edge(_steady_signs(plane))


def _themes_before(shifts: Places, theme_of: NDArray[np.int64], before: Places, fresh: Places) -> Places:
    """Where each theme was by the ideas it has, and for a new theme where it belongs among those."""
    old = np.full_like(fresh, np.nan)
    for theme in np.unique(theme_of[theme_of != OUTSIDE]):
        members = theme_of == theme
        # The median: an idea that came from elsewhere does not pull its theme there.
        old[theme] = np.median(before[members] - shifts[members], axis=0)
    kept = np.isfinite(old[:, 0])
    if kept.sum() >= 2:
        turn, _ = orthogonal_procrustes(fresh[kept], old[kept])
        fresh = fresh @ turn
    return np.where(kept[:, None], old, fresh)


def _pushed_apart(places: Places, distance: float) -> Places:
    """Moves places until no two are nearer than `distance`, the same way every time."""
    places = places.copy()
    for _ in range(APART_STEPS if len(places) > 1 else 0):
        offset = places[:, None, :] - places[None, :, :]
        gap = np.linalg.norm(offset, axis=2)
        np.fill_diagonal(gap, np.inf)
        if gap.min() >= distance * 0.98:
            break
        push = np.clip(distance - gap, 0.0, None) / 2 / np.maximum(gap, 1e-6)
        places = places + (offset * push[:, :, None]).sum(axis=1) * 0.5
    return _within_edge(places, shrink_only=True)


def _within_edge(places: Places, *, shrink_only: bool = False) -> Places:
    reach = float(np.linalg.norm(places, axis=1).max(initial=0.0))
    if reach < 1e-9 or (shrink_only and reach <= EDGE):
        return places
    return places * (EDGE / reach)


def _principal_plane(vectors: Floats) -> Places:
    if len(vectors) < 3:
        return np.eye(vectors.shape[1], 2)
    scatter = vectors.T.astype(np.float64) @ vectors
    return _steady_signs(np.linalg.eigh(scatter)[1][:, ::-1][:, :2] * 2.0)


def _steady_signs(plane: Places) -> Places:
    """The sign of each axis chosen so that its largest entry is positive: eigenvectors come with either sign."""
    largest = plane[np.argmax(np.abs(plane), axis=0), np.arange(plane.shape[1])]
    return plane * np.where(largest < 0, -1.0, 1.0)
