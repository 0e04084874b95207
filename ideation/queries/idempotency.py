"""SQL of answers kept under an Idempotency-Key."""

from datetime import datetime
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.queries import load_statements, row_as

_SQL = load_statements("idempotency")


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer given before, and the hash of the request it answered."""

    request_sha256: str
    status: int
    headers: dict[str, str]
    body: bytes


async def lock_key(connection: Connection, person_id: UUID, key: str) -> bool:
    """Lock a key to the end of the transaction; False when another one holds it."""
    locked: bool = await connection.fetchval(_SQL["lock_key"], f"{person_id}:{key}")
    return locked


async def find_answer(connection: Connection, person_id: UUID, key: str) -> KeptAnswer | None:
    """The answer kept for this key."""
    row = await connection.fetchrow(_SQL["find_answer"], person_id, key)
    return None if row is None else row_as(row, KeptAnswer)


async def keep_answer(connection: Connection, person_id: UUID, key: str, answer: KeptAnswer, now: datetime) -> bool:
    """Keep an answer; False when another transaction kept one for this key meanwhile."""
    values = (person_id, key, answer.request_sha256, answer.status, answer.headers, answer.body, now)
    return await connection.fetchval(_SQL["keep_answer"], *values) is not None
