"""SQL of panel rankings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.queries import load_statements, row_as, rows_as

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
    return rows_as(await connection.fetch(_SQL["list_ideas"], challenge_id, crowd_ranking_id), IdeaRow)


async def list_reviews(connection: Connection, challenge_id: UUID) -> list[ReviewRow]:
    """Sent reviews with at least one score, by id."""
    return rows_as(await connection.fetch(_SQL["list_reviews"], challenge_id), ReviewRow)


async def latest(connection: Connection, challenge_id: UUID) -> RankingHead | None:
    """The newest panel ranking."""
    row = await connection.fetchrow(_SQL["latest"], challenge_id)
    return None if row is None else row_as(row, RankingHead)


async def list_titles(connection: Connection, idea_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Titles of ideas."""
    return {row["id"]: row["title"] for row in await connection.fetch(_SQL["list_titles"], idea_ids)}


async def list_names(connection: Connection, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of people."""
    return {row["id"]: row["name"] for row in await connection.fetch(_SQL["list_names"], person_ids)}
