"""Idempotency-Key on POST: the answer is kept in the transaction of its effect, so that neither stands alone."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent

from ideation.database import Connection
from ideation.errors import IdempotencyInProgress
from ideation.queries import idempotency as queries
from ideation.queries.idempotency import KeptAnswer

KEPT_HEADERS = frozenset({"content-type", "etag", "location"})


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A key that the running request is the first to use."""

    person_id: UUID
    key: str
    request_sha256: str


async def keep_answer(
    connection: Connection,
    claim: Claim,
    start: HTTPResponseStartEvent,
    body: HTTPResponseBodyEvent | None,
    now: datetime,
) -> None:
    """Keep this answer for the next request with the same key."""
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    answer = KeptAnswer(
        request_sha256=claim.request_sha256,
        status=start["status"],
        headers={name: value for name, value in headers.items() if name in KEPT_HEADERS},
        body=b"" if body is None else body["body"],
    )
    if not await queries.keep_answer(connection, claim.person_id, claim.key, answer, now):
        raise IdempotencyInProgress
