"""SQL of lists of ideas: first the ids of a page in one of the orders, then what the page shows."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.ideas import CountedIdea, IdeaRow, IdeaState
from ideation.entities.ideas_forms import IdeaFilter, IdeaSort
from ideation.entities.votes import CountRow
from ideation.paging import PageKey
from ideation.queries import load_statements, rows_as
from ideation.queries.votes import count_votes as count_folded_votes

_SQL = load_statements("ideas_list")

IdAndKey = tuple[UUID, datetime | float | int]
_KEY_TYPES: dict[str, type] = {
    "ids_newest": datetime,
    "ids_trending": float,
    "ids_supported": float,
    "ids_random": int,
    "ids_matching": float,
}


async def list_ids(
    connection: Connection,
    challenge_id: UUID,
    kept: IdeaFilter,
    sort: IdeaSort,
    *,
    states: list[IdeaState] | None,
    seed: int,
    by_stars: bool,
    after: PageKey | None,
    limit: int,
) -> list[IdAndKey]:
    """Ids of a page with their sort keys; with a text the best matches come first, whatever the sort.

    `states` are what the reader sees as the state they want.
    """
    name = "ids_matching" if kept.text is not None else f"ids_{sort.value}"
    key, last_id = (None, None) if after is None else _decoded(after, _KEY_TYPES[name])
    values: list[Any] = [challenge_id, states, kept.tag, kept.department, kept.theme_id, key, last_id, limit]
    if name == "ids_matching":
        values.append(kept.text)
    elif sort is IdeaSort.RANDOM:
        values.append(seed)
    elif sort is IdeaSort.SUPPORTED:
        values.append(by_stars)
    return [(row["id"], row["key"]) for row in await connection.fetch(_SQL[name], *values)]


def encoded(row: IdAndKey) -> PageKey:
    """The page key of a row; a float keeps every digit, minus infinity too."""
    idea_id, key = row
    if isinstance(key, datetime):
        return [key.isoformat(), str(idea_id)]
    return [repr(key), str(idea_id)]


def _decoded(after: PageKey, kind: type) -> tuple[Any, UUID]:
    text, last_id = str(after[0]), UUID(str(after[1]))
    return (datetime.fromisoformat(text) if kind is datetime else kind(text)), last_id


async def list_rows(connection: Connection, idea_ids: list[UUID], person_id: UUID) -> list[IdeaRow]:
    """What a list shows of some ideas, in the given order, and how one person relates to each."""
    return rows_as(await connection.fetch(_SQL["list_items"], idea_ids, person_id), IdeaRow)


async def count_votes(connection: Connection, idea_ids: list[UUID], person_id: UUID) -> list[CountedIdea]:
    """Counts of some ideas; one that others are merged into counts distinct people over all of them."""
    rows = rows_as(await connection.fetch(_SQL["tallies"], idea_ids, person_id), CountedIdea)
    folded = [row.idea_id for row in rows if row.folded]
    together = await count_folded_votes(connection, folded) if folded else {}
    return [_folded(row, together) for row in rows]


def _folded(counted: CountedIdea, together: dict[UUID, CountRow]) -> CountedIdea:
    if not counted.folded:
        return counted
    return msgspec.structs.replace(counted, **msgspec.structs.asdict(together[counted.idea_id]))
