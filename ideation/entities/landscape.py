"""The map of a challenge's ideas."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class MapPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One idea on the map, x and y within -1 and 1."""

    idea_id: UUID
    title: str
    theme_id: UUID | None
    x: float
    y: float
    novelty: float


class MapCell(msgspec.Struct, frozen=True, kw_only=True):
    """Ideas of one theme that lie close together, at their middle."""

    theme_id: UUID | None
    x: float
    y: float
    novelty: float
    idea_count: int


class Landscape(msgspec.Struct, frozen=True, kw_only=True):
    """The map: every idea as a point, or, beyond 2,000 ideas, cells of near ones."""

    idea_count: int
    points: Annotated[list[MapPoint] | None, Meta(description="Null where there are too many; see `cells`.")]
    cells: list[MapCell] | None
    computed_at: datetime | None
