"""SQL of shortlists."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.shortlists import Price, RankedCandidate, ShortlistAudit, ShortlistEntry, StoredShortlist
from ideation.ids import new_id
from ideation.queries import load_statements, rows_as

_SQL = load_statements("shortlists")


async def latest_ranking(connection: Connection, challenge_id: UUID) -> UUID | None:
    """The ranking to make a shortlist from."""
    ranking_id: UUID | None = await connection.fetchval(_SQL["latest_ranking"], challenge_id)
    return ranking_id


async def list_candidates(
    connection: Connection, ranking_id: UUID, limit: int, *, unapproved: bool
) -> list[RankedCandidate]:
    """The best ideas of a ranking that can still be chosen, best first; `unapproved`: without the selected ones."""
    rows = await connection.fetch(_SQL["list_candidates"], ranking_id, limit, unapproved)
    return [RankedCandidate(**row) for row in rows]


async def add_shortlist(
    connection: Connection,
    challenge_id: UUID,
    ranking_id: UUID,
    idea_ids: Sequence[UUID],
    size: int,
    price: Price,
    created_by: UUID | None,
    now: datetime,
) -> UUID:
    """Store a new shortlist in this order; returns its id."""
    shortlist_id = new_id()
    stored_price = msgspec.to_builtins(price)
    await connection.execute(
        _SQL["add_shortlist"], shortlist_id, challenge_id, ranking_id, size, stored_price, created_by, now
    )
    await connection.execute(_SQL["add_entries"], shortlist_id, idea_ids)
    return shortlist_id


async def latest(connection: Connection, challenge_id: UUID) -> StoredShortlist | None:
    """The newest shortlist of a challenge."""
    row = await connection.fetchrow(_SQL["latest"], challenge_id)
    return None if row is None else msgspec.convert(dict(row), StoredShortlist)


async def ranking_kind(connection: Connection, ranking_id: UUID) -> str:
    """By whom the ranking was made."""
    kind: str = await connection.fetchval(_SQL["ranking_kind"], ranking_id)
    return kind


async def list_entries(connection: Connection, shortlist_id: UUID, ranking_id: UUID) -> list[ShortlistEntry]:
    """The list in order."""
    return rows_as(await connection.fetch(_SQL["list_entries"], shortlist_id, ranking_id), ShortlistEntry)


async def list_changes(connection: Connection, shortlist_id: UUID) -> list[ShortlistAudit]:
    """What people changed by hand, oldest first."""
    return rows_as(await connection.fetch(_SQL["list_changes"], shortlist_id), ShortlistAudit)


async def bump_version(connection: Connection, shortlist_id: UUID, version: int) -> bool:
    """Claim this version for a change; False when somebody changed the list meanwhile."""
    return await connection.fetchval(_SQL["bump_version"], shortlist_id, version) is not None


async def list_order(connection: Connection, shortlist_id: UUID) -> list[UUID]:
    """The ideas of a list in order."""
    return [row["idea_id"] for row in await connection.fetch(_SQL["list_order"], shortlist_id)]


async def put_entry(connection: Connection, shortlist_id: UUID, idea_id: UUID, changed_by: UUID, reason: str) -> None:
    """Put an idea on the list, or mark it as changed by this person."""
    await connection.execute(_SQL["put_entry"], shortlist_id, idea_id, changed_by, reason)


async def remove_entry(connection: Connection, shortlist_id: UUID, idea_id: UUID) -> None:
    """Take an idea off the list."""
    await connection.execute(_SQL["remove_entry"], shortlist_id, idea_id)


async def number_entries(connection: Connection, shortlist_id: UUID, order: Sequence[UUID]) -> None:
    """Give the ideas of a list their places."""
    await connection.execute(_SQL["number_entries"], shortlist_id, order)
