"""The board of those who run a challenge: who takes part, day by day and by department, and what ideas were shown."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

# Groups of fewer people than this are never shown alone: their members could be told apart.
SMALLEST_GROUP = 5


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """What happened on one day (UTC)."""

    day: date
    ideas: int
    answers: int
    comments: int


class DepartmentCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many of a department are asked, and how many of them submitted, judged or commented."""

    name: Annotated[str | None, Meta(description="Null for the small departments taken together.")]
    departments: Annotated[int, Meta(description="How many departments this line is about.")] = 1
    people: int
    took_part: int


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """How evenly ideas were shown: how often the least, the median and the most shown idea was dealt as a card."""

    ideas: int
    never_shown: int
    least: int
    tenth: float
    median: float
    ninth_tenth: float
    most: int
    median_answers: float


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Participation by day for the last days, by department, and the exposure of the ideas that wait for a decision."""

    days: list[DayCount]
    departments: Annotated[
        list[DepartmentCount] | None, Meta(description="Null where so few are asked that any line could tell who.")
    ]
    exposure: Exposure | None
