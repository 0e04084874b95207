"""Themes: groups of ideas about one subject, with ids and names that last."""

from datetime import datetime
from uuid import UUID

import msgspec


class ThemeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One standing row of `themes`; a theme that others name as their parent is a wider one."""

    id: UUID
    parent_id: UUID | None
    label: str
    name: str | None
    terms: list[str]
    pinned: bool


class StoredThemeModel(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `theme_models`; `theme_ids[i]` is the theme of the i-th centroid in `model`."""

    version: int
    encoder: str
    model: bytes
    theme_ids: list[UUID]
    fitted_ideas: int
    computed_at: datetime


class FoundTheme(msgspec.Struct, frozen=True, kw_only=True):
    """A theme of a run: new or continued under its earlier id."""

    id: UUID
    parent_id: UUID | None
    label: str
    terms: list[str]


class PlacedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """Where an idea stands: its theme (None when it fits nowhere), how typical and how new it is, its map place."""

    idea_id: UUID
    theme_id: UUID | None
    typicality: float
    novelty: float
    x: float
    y: float


class ThemeProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a challenge the last good run of its themes saw; all None or 0 before the first."""

    ideas: int
    changed: int
    last_ideas: int | None
    last_finished_at: datetime | None
    last_seconds: float | None
