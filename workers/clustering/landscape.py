"""A place for every idea on a two-dimensional map that does not jump between runs."""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import orthogonal_procrustes

from workers.clustering.neighbours import Floats
from workers.clustering.values import OUTSIDE, MapModel

Places = NDArray[np.float64]

EDGE = 0.75
"""Themes lie within this radius of the middle; the ring outside it is for ideas that fit nowhere."""
APART_STEPS = 60


def fit_map(
    vectors: Floats, theme_of: NDArray[np.int64], centroids: Floats, *, before: Places | None = None
) -> MapModel:
    """The map of themes: near themes lie near each other, and none covers another.

    Themes are laid out by classical scaling of their cosines (Torgerson 1952), then pushed apart. `before` holds the
    places (n, 2) ideas had on the last map, NaN for new ones: the map is turned to it by orthogonal Procrustes
    (Schönemann 1966), and themes start where their ideas were.
    """
    spread = 0.5 * EDGE / np.sqrt(max(len(centroids), 1))
    places = _pushed_apart(_themes_before(theme_of, before, _scaled(centroids)), 2 * spread)
    return MapModel(theme_places=places, projection=_principal_plane(vectors), spread=float(spread))


def places_on_map(model: MapModel, vectors: Floats, theme_of: NDArray[np.int64]) -> Places:
    """Places of shape (n, 2), each coordinate within -1 and 1. Ideas outside all themes lie on the outer ring."""
    inner = vectors.astype(np.float64) @ model.projection
    length = np.linalg.norm(inner, axis=1, keepdims=True)
    direction = np.where(length > 1e-9, inner / np.maximum(length, 1e-9), 0.0)
    inside = theme_of != OUTSIDE
    places = 0.92 * direction
    if inside.any():
        shift = direction * np.tanh(2 * length) * model.spread
        places[inside] = model.theme_places[theme_of[inside]] + shift[inside]
    return np.clip(places, -1.0, 1.0)


def _scaled(centroids: Floats) -> Places:
    count = len(centroids)
    if count < 3:
        return np.array([[0.0, 0.0]] if count == 1 else [[-0.4, 0.0], [0.4, 0.0]])[:count]
    distances = np.clip(1.0 - centroids.astype(np.float64) @ centroids.T.astype(np.float64), 0.0, None)
    middle = np.eye(count) - 1.0 / count
    values, vectors = np.linalg.eigh(-0.5 * middle @ distances @ middle)
    plane = vectors[:, ::-1][:, :2] * np.sqrt(np.clip(values[::-1][:2], 1e-12, None))
    return _within_edge(_steady_signs(plane))


def _themes_before(theme_of: NDArray[np.int64], before: Places | None, fresh: Places) -> Places:
    if before is None:
        return fresh
    known = np.isfinite(before).all(axis=1)
    old = np.full_like(fresh, np.nan)
    for theme in range(len(fresh)):
        members = known & (theme_of == theme)
        if members.any():
            old[theme] = before[members].mean(axis=0)
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
