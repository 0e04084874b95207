"""Themes: groups of ideas about one subject, with ids and names that last."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ideation.entities.fields import Name


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


LARGE_FROM_IDEAS = 5_000
"""A whole analysis of so many ideas takes over ten seconds: it must not stand before those of small challenges."""


class ThemeProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a challenge the last good run of its themes saw; all None or 0 before the first.

    ideas: those that take part, counted up to LARGE_FROM_IDEAS.
    under_way: a run goes on or stands in a queue. When it ends it asks for the next one itself.
    """

    ideas: int
    changed: int
    last_ideas: int | None
    last_finished_at: datetime | None
    last_seconds: float | None
    under_way: bool


class ThemeEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people say of a theme; an absent field stays as it is, a null name gives way to the label again."""

    name: Name | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET


class ThemeJoin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Themes that become one."""

    theme_ids: Annotated[list[UUID], Meta(min_length=1, max_length=50, description="These end.")]
    into_id: Annotated[UUID, Meta(description="This one takes their ideas.")]


class ThemeSplit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a theme becomes two."""

    idea_ids: Annotated[
        Annotated[list[UUID], Meta(max_length=10_000)] | None,
        Meta(description="The ideas of the new theme; null lets the worker divide the theme."),
    ] = None
    name: Name | None = None


class StopWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that say nothing in this challenge, such as the company's name."""

    words: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=50, pattern=r"^[^\s\x00]+$")]], Meta(max_length=500)
    ]


class StopWordsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The words in force; themes and pairs follow in the next run."""

    words: list[str]


class TypicalIdea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea near the middle of its theme."""

    idea_id: UUID
    title: str


class ThemeOut(msgspec.Struct, frozen=True, kw_only=True):
    """A theme as people see it; the wider ones count the ideas of theirs."""

    id: UUID
    parent_id: UUID | None
    name: Annotated[str, Meta(description="What people called it, else its label.")]
    label: Annotated[str, Meta(description="Words of its ideas.")]
    renamed: bool
    pinned: bool
    terms: list[str]
    idea_count: int
    typical_ideas: list[TypicalIdea]


class Themed(msgspec.Struct, frozen=True, kw_only=True):
    """A theme with the challenge it belongs to."""

    id: UUID
    challenge_id: UUID
    parent_id: UUID | None
    label: str
    name: str | None
    pinned: bool
    terms: list[str]


class OutsiderOut(msgspec.Struct, frozen=True, kw_only=True):
    """An idea that fits no theme."""

    idea_id: UUID
    title: str
    novelty: Annotated[float, Meta(description="0: said before; 1: unlike everything.")]


class SplitOut(msgspec.Struct, frozen=True, kw_only=True):
    """The new theme, or that the worker will divide the old one."""

    theme_id: UUID | None
    staged: bool
