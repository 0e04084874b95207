"""SQL of the usage policy."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from ideation.database import Connection
from ideation.entities.policies import (
    AcceptanceRecord,
    NewPolicy,
    Policy,
    PolicyAcceptance,
    PolicyHeading,
    PolicyShare,
)
from ideation.queries import load_statements, row_as

_SQL = load_statements("policies")


async def publish_policy(
    connection: Connection, policy: NewPolicy, body_sha256: str, published_by: UUID | None, now: datetime
) -> Policy | None:
    """Store the next version; None when somebody else just did."""
    row = await connection.fetchrow(_SQL["publish_policy"], policy.title, policy.body, body_sha256, published_by, now)
    return None if row is None else row_as(row, Policy)


async def find_current_policy(connection: Connection) -> Policy | None:
    """The version in force; None before the first."""
    row = await connection.fetchrow(_SQL["find_current_policy"])
    return None if row is None else row_as(row, Policy)


async def find_policy(connection: Connection, version: int) -> Policy | None:
    """One version."""
    row = await connection.fetchrow(_SQL["find_policy"], version)
    return None if row is None else row_as(row, Policy)


async def list_policies(connection: Connection, *, limit: int, before: int | None) -> list[PolicyHeading]:
    """Up to `limit` versions, newest first."""
    rows = await connection.fetch(_SQL["list_policies"], limit, before)
    return [row_as(row, PolicyHeading) for row in rows]


async def accept_policy(connection: Connection, person_id: UUID, version: int, now: datetime) -> PolicyAcceptance:
    """Note that a person accepts a version; the time of the first acceptance stays."""
    await connection.execute(_SQL["accept_policy"], person_id, version, now)
    row = await connection.fetchrow(_SQL["find_acceptance"], person_id, version)
    return row_as(row, PolicyAcceptance)


async def list_own_acceptances(connection: Connection, person_id: UUID) -> list[PolicyAcceptance]:
    """Every version this person accepted, newest first."""
    rows = await connection.fetch(_SQL["list_own_acceptances"], person_id)
    return [row_as(row, PolicyAcceptance) for row in rows]


async def policy_share(connection: Connection, version: int) -> PolicyShare:
    """How many of the active people accepted a version."""
    return row_as(await connection.fetchrow(_SQL["policy_share"], version), PolicyShare)


async def export_acceptances(connection: Connection, version: int | None) -> AsyncIterator[AcceptanceRecord]:
    """Every acceptance of one version or all, read a few at a time; needs a transaction."""
    async for row in connection.cursor(_SQL["export_acceptances"], version, prefetch=500):
        yield row_as(row, AcceptanceRecord)
