"""What the analysis of themes gives back: plain values that a job stores and a page shows."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from workers.clustering.corpus import Floats, VectorSpace

OUTSIDE = -1
"""The theme of an idea that fits nowhere."""


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """One theme. `parent` is the position of the wider theme in `Themes.parents`, None in a challenge without them."""

    label: str
    terms: list[str]
    members: list[int]
    typical: list[int]
    parent: int | None


class ParentTheme(msgspec.Struct, frozen=True, kw_only=True):
    """A wider theme of a large challenge: the themes (positions) it holds."""

    label: str
    terms: list[str]
    themes: list[int]


class MapModel(msgspec.Struct, frozen=True, kw_only=True):
    """How a vector gets its place on the map: its theme's place plus its own direction times the spread."""

    theme_places: NDArray[np.float64]
    projection: NDArray[np.float64]
    spread: float


class ThemeModel(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to place a new idea without refitting: centred centroids (themes, d), limits, the map."""

    encoder: str
    space: VectorSpace
    centroids: Floats
    lowest_fit: NDArray[np.float64]
    map: MapModel


class Themes(msgspec.Struct, frozen=True, kw_only=True):
    """The analysis of one challenge. Row i of every array belongs to idea i.

    theme_of: (n,) position in `themes`, or OUTSIDE. typicality: (n,) cosine to the theme's centre, -1 to 1.
    novelty: (n,) 0 (said before) to 1 (unlike everything). places: (n, 2) on the map, within -1 and 1.
    """

    themes: list[Theme]
    parents: list[ParentTheme]
    theme_of: NDArray[np.int64]
    typicality: NDArray[np.float64]
    novelty: NDArray[np.float64]
    places: NDArray[np.float64]
    model: ThemeModel

    @property
    def outsiders(self) -> list[int]:
        """Ideas that fit nowhere."""
        return [int(position) for position in np.flatnonzero(self.theme_of == OUTSIDE)]
