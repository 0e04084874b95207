"""SQL that looks for rows which must not exist: each statement of a check returns one `place` for every fault."""

from collections.abc import AsyncIterator
from itertools import groupby
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.vectors import IdeaText
from ideation.queries import load_statements, row_as

_TOPICS = {topic: load_statements(f"invariants_{topic}") for topic in ("ideas", "votes", "panel", "system")}
_PANEL = _TOPICS["panel"]
_TEXTS_AT_ONCE = 500


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found: the first places, and whether there are more."""

    places: list[str]
    more: bool = False


async def find_faults(connection: Connection, topic: str, name: str, limit: int, *arguments: object) -> Faults:
    """The first places where a check finds its fault; needs an open transaction."""
    cursor = await connection.cursor(_TOPICS[topic][name], *arguments)
    rows = await cursor.fetch(limit + 1)
    return Faults(places=[row["place"] for row in rows[:limit]], more=len(rows) > limit)


async def iterate_unvectored(connection: Connection) -> AsyncIterator[tuple[IdeaText, str]]:
    """Ideas without a vector although nothing is at work on them, each with its challenge's template."""
    after: UUID | None = None
    while rows := await connection.fetch(_TOPICS["ideas"]["list_unvectored"], after, _TEXTS_AT_ONCE):
        for row in rows:
            yield row_as(row, IdeaText), row["idea_template"]
        after = rows[-1]["id"]


async def list_open_assignments(connection: Connection) -> list[tuple[UUID, list[UUID]]]:
    """Ideas that are being reviewed, each with the people who have not sent their review yet."""
    rows = await connection.fetch(_PANEL["list_open_assignments"])
    grouped = groupby(rows, key=lambda row: row["idea_id"])
    return [(idea_id, [row["reviewer_id"] for row in group]) for idea_id, group in grouped]


async def list_ranking_ids(connection: Connection) -> list[UUID]:
    """Every ranking, closing ones first."""
    return [row["id"] for row in await connection.fetch(_PANEL["list_ranking_ids"])]
