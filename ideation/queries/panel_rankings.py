"""SQL of panel rankings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.panel_rankings import ComputedRanking, PanelInputs, RankedIdea
from ideation.ids import new_id
from ideation.queries import load_statements

_SQL = load_statements("panel_rankings")


class IdeaRow(msgspec.Struct, frozen=True, kw_only=True):
    """An idea with what the crowd and the landscape say about it."""

    id: UUID
    crowd: float | None
    novelty: float | None


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sent review with its scores by criterion key."""

    idea_id: UUID
    reviewer_id: UUID
    wildcard: bool
    scores: dict[str, int]


class RankingHead(msgspec.Struct, frozen=True, kw_only=True):
    """A stored panel ranking without its entries."""

    id: UUID
    created_at: datetime
    formula_version: str
    idea_count: int
    summary: dict[str, Any]


async def list_ideas(connection: Connection, challenge_id: UUID, crowd_ranking_id: UUID | None) -> list[IdeaRow]:
    """Every idea that stands by itself, by id."""
    return msgspec.convert(await connection.fetch(_SQL["list_ideas"], challenge_id, crowd_ranking_id), list[IdeaRow])


async def list_reviews(connection: Connection, challenge_id: UUID) -> list[ReviewRow]:
    """Sent reviews with at least one score, by id."""
    return msgspec.convert(await connection.fetch(_SQL["list_reviews"], challenge_id), list[ReviewRow])


async def add_ranking(
    connection: Connection, inputs: PanelInputs, packed: bytes, sha256: str, computed: ComputedRanking, now: datetime
) -> UUID | None:
    """Store a snapshot; None when one of the very same inputs exists."""
    ranking_id: UUID | None = await connection.fetchval(
        _SQL["add_ranking"],
        new_id(),
        inputs.challenge_id,
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
        await connection.execute(_SQL["add_entries"], ranking_id, *_columns(computed.entries))
    return ranking_id


def _columns(entries: Sequence[RankedIdea]) -> list[list[object]]:
    return [[getattr(entry, name) for entry in entries] for name in RankedIdea.__struct_fields__]


async def latest(connection: Connection, challenge_id: UUID) -> RankingHead | None:
    """The newest panel ranking."""
    row = await connection.fetchrow(_SQL["latest"], challenge_id)
    return None if row is None else msgspec.convert(row, RankingHead)


async def read_inputs(connection: Connection, ranking_id: UUID) -> tuple[bytes, str] | None:
    """What a ranking was computed from, compressed, and the digest of it."""
    row = await connection.fetchrow(_SQL["read_inputs"], ranking_id)
    return None if row is None else (row["inputs"], row["inputs_sha256"])


async def list_entries(connection: Connection, ranking_id: UUID) -> list[RankedIdea]:
    """A ranking as it was stored, best first."""
    return msgspec.convert(await connection.fetch(_SQL["list_entries"], ranking_id), list[RankedIdea])


async def list_titles(connection: Connection, idea_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Titles of ideas."""
    return {row["id"]: row["title"] for row in await connection.fetch(_SQL["list_titles"], idea_ids)}


async def list_names(connection: Connection, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of people."""
    return {row["id"]: row["name"] for row in await connection.fetch(_SQL["list_names"], person_ids)}
