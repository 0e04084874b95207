"""SQL of challenges."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.challenges import EDITABLE, Challenge, ChallengeState
from ideation.entities.challenges_forms import ChallengeItem, ParticipationOut
from ideation.entities.people import Actor, Role
from ideation.paging import PageKey
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("challenges")


async def find_challenge(connection: Connection, challenge_id: UUID, now: datetime) -> Challenge | None:
    """The challenge and its state at `now`, whoever asks; visibility is a rule."""
    row = await connection.fetchrow(_SQL["find_challenge"], challenge_id, now)
    return None if row is None else row_as(row, Challenge)


async def find_challenges(connection: Connection, challenge_ids: list[UUID], now: datetime) -> dict[UUID, Challenge]:
    """Some challenges and their states at `now` by id, whoever asks."""
    rows = await connection.fetch(_SQL["find_challenges"], challenge_ids, now)
    return {row["id"]: row_as(row, Challenge) for row in rows}


async def find_challenge_for(
    connection: Connection, challenge_id: UUID, person_id: UUID, now: datetime
) -> tuple[Challenge | None, bool]:
    """The challenge and its state at `now`, whoever asks, and whether the person sits on its panel."""
    row = await connection.fetchrow(_SQL["find_challenge_for"], challenge_id, now, person_id)
    return (None, False) if row is None else (row_as(row, Challenge), row["panel_member"])


async def lock_challenge(connection: Connection, challenge_id: UUID, now: datetime) -> Challenge | None:
    """The challenge, locked FOR UPDATE: votes and submissions under way finish first, later ones see the change."""
    row = await connection.fetchrow(_SQL["lock_challenge"], challenge_id, now)
    return None if row is None else row_as(row, Challenge)


async def is_panel_member(connection: Connection, challenge_id: UUID, person_id: UUID) -> bool:
    """Whether the person sits on the panel of this challenge."""
    member: bool = await connection.fetchval(_SQL["is_panel_member"], challenge_id, person_id)
    return member


async def add_challenge(connection: Connection, challenge: Challenge) -> None:
    """Store a new draft."""
    await connection.execute(
        _SQL["add_challenge"], challenge.id, *_people_edit(challenge), challenge.created_by, challenge.created_at
    )


async def update_challenge(connection: Connection, challenge: Challenge, version: int, now: datetime) -> int | None:
    """Store a changed challenge if it still has `version`; returns the new version, or None when it has another one."""
    new_version: int | None = await connection.fetchval(
        _SQL["update_challenge"],
        challenge.id,
        version,
        *_people_edit(challenge),
        challenge.stage,
        challenge.frozen_at,
        challenge.decided_at,
        now,
    )
    return new_version


def _people_edit(challenge: Challenge) -> list[object]:
    """The columns people may change, in the order in which both statements take them."""
    return [getattr(challenge, name) for name in EDITABLE]


async def delete_draft_challenge(connection: Connection, challenge_id: UUID) -> bool:
    """Delete a draft without ideas; whether there was one."""
    return await connection.fetchval(_SQL["delete_challenge"], challenge_id) is not None


async def list_challenges(
    connection: Connection,
    actor: Actor,
    *,
    now: datetime,
    state: ChallengeState | None,
    mine: bool,
    after: PageKey | None,
    limit: int,
) -> list[ChallengeItem]:
    """Challenges this person may see, newest first; `mine` keeps those the person owns or sponsors."""
    created_at, last_id = (None, None) if after is None else msgspec.convert(after, tuple[datetime, UUID])
    rows = await connection.fetch(
        _SQL["list_challenges"],
        now,
        actor.person_id,
        actor.department,
        actor.site,
        state,
        actor.has(Role.ADMINISTRATOR),
        actor.has(Role.MODERATOR),
        mine,
        created_at,
        last_id,
        limit,
    )
    return rows_as(rows, ChallengeItem)


async def count_ideas(connection: Connection, challenge_id: UUID) -> int:
    """How many ideas of a challenge are listed: submitted, shown, and not merged into others."""
    count: int = await connection.fetchval(_SQL["count_ideas"], challenge_id)
    return count


async def find_names(connection: Connection, person_ids: list[UUID]) -> dict[UUID, str]:
    """Names of people by id; whoever does not exist is absent."""
    return {row["id"]: row["name"] for row in await connection.fetch(_SQL["find_names"], person_ids)}


async def find_active(connection: Connection, person_ids: list[UUID]) -> set[UUID]:
    """Those of some people who are active."""
    return {row["id"] for row in await connection.fetch(_SQL["find_active"], person_ids)}


async def measure_participation(connection: Connection, challenge_id: UUID, now: datetime) -> ParticipationOut:
    """How many took part, and how many authors have their answer (an "under review" is none)."""
    row = await connection.fetchrow(_SQL["participation"], challenge_id, now)
    return row_as(row, ParticipationOut)
