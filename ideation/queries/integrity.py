"""SQL of integrity flags."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.integrity import AnswerPerson, FlagRow, FoundFlag
from ideation.ids import new_id
from ideation.queries import load_statements, row_as, rows_as

_SQL = load_statements("integrity")
# More patterns than people could ever look through are not read.
_MOST_FLAGS = 500


async def list_answer_people(connection: Connection, challenge_id: UUID) -> list[AnswerPerson]:
    """Who gave each ranked answer, in the order in which the ranking reads them."""
    rows = await connection.fetch(_SQL["list_answer_people"], challenge_id)
    return [AnswerPerson(**row) for row in rows]


async def list_authors(connection: Connection, idea_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The author of each idea."""
    return {row["id"]: row["author_id"] for row in await connection.fetch(_SQL["list_authors"], idea_ids)}


async def put_flags(connection: Connection, challenge_id: UUID, flags: Sequence[FoundFlag], now: datetime) -> None:
    """Keep patterns; one found before is refreshed, and stays dismissed where it was."""
    rows = [
        (
            new_id(),
            challenge_id,
            flag.kind,
            flag.fingerprint,
            flag.people,
            flag.votes,
            flag.p_value,
            flag.reason,
            msgspec.to_builtins(flag.effects),
            now,
        )
        for flag in flags
    ]
    await connection.executemany(_SQL["put_flag"], rows)


async def list_flags(connection: Connection, challenge_id: UUID) -> list[FlagRow]:
    """Patterns of a challenge: open ones first, the least likely by chance first."""
    return rows_as(await connection.fetch(_SQL["list_flags"], challenge_id, _MOST_FLAGS), FlagRow)


async def find_flag(connection: Connection, flag_id: UUID) -> FlagRow | None:
    """One pattern."""
    row = await connection.fetchrow(_SQL["find_flag"], flag_id)
    return None if row is None else row_as(row, FlagRow)


async def dismiss_flag(connection: Connection, flag_id: UUID, person_id: UUID, reason: str, now: datetime) -> bool:
    """Dismiss a pattern; False when somebody did before."""
    return await connection.fetchval(_SQL["dismiss_flag"], flag_id, person_id, reason, now) is not None
