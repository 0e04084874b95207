"""SQL of rankings."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection
from ideation.entities.assignments import ReviewCounts
from ideation.entities.challenges import Challenge
from ideation.entities.ideas import IdeaState
from ideation.entities.panel_rankings import PanelInputs
from ideation.entities.rankings import (
    GREY_ZONE,
    ComputedRanking,
    CrowdInputs,
    RankedIdea,
    RankingEntryOut,
    RankingFilter,
    RankingKind,
    RankingOut,
    RankingSort,
    Standing,
)
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as
from ideation.queries.columns import copy_columns

_SQL = load_statements("rankings")
_WHOLE = ("survivor", "against", "person", "department", "position", "shown_count", "own_department", "value", "merged")
ANSWER_COLUMNS = dict.fromkeys(_WHOLE, ">i4") | {"at": ">i8", "number": ">i4"}


class StoredInputs(msgspec.Struct, frozen=True, kw_only=True):
    """What a snapshot was computed from, as it lies in the database, and what it said of itself."""

    kind: RankingKind
    inputs: bytes
    inputs_sha256: str
    summary: dict[str, object]
    formula_version: str


class RankedIdeaRow(msgspec.Struct, frozen=True, kw_only=True):
    """An idea to rank, how many people support it, and how unlike the others it is where that is known."""

    id: UUID
    supporters: int
    novelty: float | None


async def list_ranked_ideas(connection: Connection, challenge_id: UUID) -> list[RankedIdeaRow]:
    """The ideas to rank, in the order of their ids."""
    return rows_as(await connection.fetch(_SQL["list_ranked_ideas"], challenge_id), RankedIdeaRow)


async def allow_memory(connection: Connection) -> None:
    """Let the rest of this transaction sort in memory what a large challenge has."""
    await connection.execute("SET LOCAL work_mem = '64MB'")


async def read_answers(connection: Connection, challenge_id: UUID, *, pairwise: bool) -> NDArray[np.void]:
    """Answered cards, in no order, or pairs, as they were dealt: a structured array with `ANSWER_COLUMNS`.

    `survivor` and `against` are places in the order of ids of the ranked ideas; `person`, `department` and `number`
    (of the idea itself) are in the order of what they stand for, with gaps. Nobody answers twice on one idea, but on a
    survivor and those merged into it.
    """
    statement = _SQL["list_comparisons" if pairwise else "list_answers"]
    return await copy_columns(connection, statement, challenge_id, types=ANSWER_COLUMNS)


async def has_inputs(connection: Connection, challenge_id: UUID, kind: RankingKind, sha256: str) -> bool:
    """Whether these inputs were ranked before."""
    known: bool = await connection.fetchval(_SQL["has_inputs"], challenge_id, kind, sha256)
    return known


async def still_frozen_at(connection: Connection, challenge_id: UUID, frozen_at: datetime | None) -> bool:
    """Whether nobody reopened or closed the challenge meanwhile; nobody does until the commit."""
    same: bool = await connection.fetchval(_SQL["still_frozen_at"], challenge_id, frozen_at)
    return same


async def hold_closing(connection: Connection, challenge_id: UUID) -> None:
    """Store closing rankings of a challenge one after another; needs a transaction."""
    await connection.execute(_SQL["hold_closing"], challenge_id)


async def has_closing(connection: Connection, challenge_id: UUID, frozen_at: datetime) -> bool:
    """Whether a challenge that was frozen then has its closing ranking."""
    known: bool = await connection.fetchval(_SQL["has_closing"], challenge_id, frozen_at)
    return known


async def add_ranking(
    connection: Connection,
    inputs: CrowdInputs | PanelInputs,
    packed: bytes,
    sha256: str,
    computed: ComputedRanking,
    now: datetime,
) -> UUID | None:
    """Store a snapshot with its entries; None when the same inputs were ranked before."""
    ranking_id: UUID | None = await connection.fetchval(
        _SQL["add_ranking"],
        new_id(),
        inputs.challenge_id,
        inputs.kind,
        computed.formula_version,
        inputs.shortlist_size,
        inputs.seed,
        packed,
        sha256,
        computed.summary,
        len(computed.entries),
        now,
    )
    if ranking_id is not None:
        fields = RankedIdea.__struct_fields__
        columns = [[getattr(entry, field) for entry in computed.entries] for field in fields]
        await connection.execute(_SQL["add_entries"], ranking_id, *columns)
    return ranking_id


async def read_inputs(connection: Connection, ranking_id: UUID) -> StoredInputs | None:
    """What the snapshot was computed from."""
    row = await connection.fetchrow(_SQL["read_inputs"], ranking_id)
    return None if row is None else row_as(row, StoredInputs)


async def list_stored(connection: Connection, ranking_id: UUID) -> list[RankedIdea]:
    """The entries of a snapshot as stored, from the top."""
    return rows_as(await connection.fetch(_SQL["list_stored"], ranking_id), RankedIdea)


async def list_rankings(
    connection: Connection,
    challenge_id: UUID,
    kinds: list[RankingKind],
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[RankingOut]:
    """Snapshots of the challenge, newest first."""
    created_at, ranking_id = after or (None, None)
    rows = await connection.fetch(
        _SQL["list_rankings"], challenge_id, [str(kind) for kind in kinds], created_at, ranking_id, limit
    )
    return rows_as(rows, RankingOut)


async def find_standing(
    connection: Connection,
    person_id: UUID,
    now: datetime,
    *,
    challenge_id: UUID | None = None,
    ranking_id: UUID | None = None,
) -> Standing | None:
    """What decides which rankings a person may see, of a challenge or of the one that a ranking belongs to."""
    row = await connection.fetchrow(_SQL["find_standing"], challenge_id, ranking_id, person_id, now)
    if row is None:
        return None
    return Standing(
        challenge=row_as(row, Challenge),
        kind=None if row["kind"] is None else RankingKind(row["kind"]),
        panel_member=row["panel_member"],
        reviews=row_as(row, ReviewCounts),
    )


async def find_ranking(connection: Connection, ranking_id: UUID) -> RankingOut:
    """One snapshot that exists."""
    return row_as(await connection.fetchrow(_SQL["find_ranking"], ranking_id), RankingOut)


async def list_entries(
    connection: Connection,
    ranking_id: UUID,
    kept: RankingFilter,
    sort: RankingSort,
    *,
    after: tuple[float, int] | None,
    limit: int,
) -> list[tuple[RankingEntryOut, float]]:
    """Places of a snapshot after one, each with its key in the order."""
    low, high = GREY_ZONE if kept.grey else (None, None)
    key, position = after or (None, 0)
    arguments = [ranking_id, low, high, kept.state, kept.theme_id, limit, position, kept.in_the_running]
    if sort is RankingSort.PLACE:
        rows = await connection.fetch(_SQL["list_entries"], *arguments)
    else:
        rows = await connection.fetch(_SQL["list_entries_sorted"], *arguments, key, sort)
    return [(_entry(row), row["sort_key"]) for row in rows]


def _entry(row: asyncpg.Record) -> RankingEntryOut:
    values = dict(row)
    del values["sort_key"]
    values["state"] = IdeaState(values["state"])
    return RankingEntryOut(**values)
