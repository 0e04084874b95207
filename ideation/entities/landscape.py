"""The map of a challenge's ideas."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.ideas import IdeaState, states_shown_as

Coordinate = Annotated[float, Meta(ge=-1, le=1)]


class MapWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the map."""

    left: Coordinate = -1.0
    right: Coordinate = 1.0
    top: Coordinate = -1.0
    bottom: Coordinate = 1.0


class MapFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which ideas the map shows, None keeps everything, and whether its reader may know what was decided."""

    state: IdeaState | None = None
    department: str | None = None
    theme_id: UUID | None = None
    window: MapWindow = MapWindow()
    decisions_known: bool = True

    @property
    def states(self) -> list[IdeaState] | None:
        """The states that the reader sees as the one wanted."""
        return None if self.state is None else states_shown_as(self.state, decisions_known=self.decisions_known)


class MapPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One idea on the map, x and y within -1 and 1.

    `score` and `uncertainty` (half the width of its 90 % interval) stand in the latest ranking that this reader may
    see; null without one.
    """

    idea_id: UUID
    title: str
    state: IdeaState
    theme_id: UUID | None
    theme: str | None
    x: float
    y: float
    novelty: float
    score: float | None
    uncertainty: float | None


class MapCell(msgspec.Struct, frozen=True, kw_only=True):
    """Ideas that lie close together, at their middle; the theme is the one that most of them have."""

    theme_id: UUID | None
    x: float
    y: float
    novelty: float
    idea_count: int
    score: float | None
    uncertainty: float | None


class MapRegion(msgspec.Struct, frozen=True, kw_only=True):
    """Where the ideas of a theme lie: their middle, spread (standard deviations) and slant (covariance)."""

    theme_id: UUID | None
    name: str | None
    idea_count: int
    x: float
    y: float
    spread_x: float
    spread_y: float
    covariance: float
    score: float | None
    uncertainty: float | None


class Landscape(msgspec.Struct, frozen=True, kw_only=True):
    """The map: every idea as a point, or, beyond 2,000 ideas, cells of near ones; a smaller window shows points."""

    idea_count: int
    regions: Annotated[list[MapRegion], Meta(description="The largest first; the one without theme has no name.")]
    points: Annotated[list[MapPoint] | None, Meta(description="Null where there are too many; see `cells`.")]
    cells: list[MapCell] | None
    ranking_id: Annotated[UUID | None, Meta(description="Where scores are from; null where this reader sees none.")]
    computed_at: datetime | None
