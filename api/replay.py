"""Answers a POST that was answered before: same person, same Idempotency-Key, same request."""

import hashlib
from typing import Any

from litestar import Request, Response

from api.idempotency import Claim
from api.unit_of_work import work_of
from ideation.errors import IdempotencyInProgress, IdempotencyMismatch, Invalid
from ideation.queries.idempotency import KeptAnswer, find_answer, lock_key

HEADER = "idempotency-key"
MAX_KEY_LENGTH = 200


async def replay_answer(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Hook before every handler: the kept answer, or None, and then the key belongs to this request.

    A handler whose answer must not be stored (it shows a secret) or whose body must not be read at once (an import)
    says so: `opt={"idempotency": False}`.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST" or request.route_handler.opt.get("idempotency") is False:
        return None
    work = work_of(request.scope)
    if work.credential is None:
        return None
    claim = Claim(
        person_id=work.credential.actor.person_id, key=_require_key(key), request_sha256=await _fingerprint(request)
    )
    connection = await work.connection()
    if not await lock_key(connection, claim.person_id, claim.key):
        raise IdempotencyInProgress
    kept = await find_answer(connection, claim.person_id, claim.key)
    if kept is None:
        work.claim = claim
        return None
    return _replay(kept, claim)


def _require_key(key: str) -> str:
    if not 1 <= len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        raise Invalid(f"An Idempotency-Key has 1 to {MAX_KEY_LENGTH} printable characters.")
    return key


async def _fingerprint(request: Request[Any, Any, Any]) -> str:
    target = request.scope["raw_path"] + b"?" + request.scope["query_string"]
    content_type = request.headers.get("content-type", "").encode()
    return hashlib.sha256(b"\n".join([target, content_type, await request.body()])).hexdigest()


def _replay(kept: KeptAnswer, claim: Claim) -> Response[bytes]:
    if kept.request_sha256 != claim.request_sha256:
        raise IdempotencyMismatch
    headers = dict(kept.headers)
    media_type = headers.pop("content-type", "application/octet-stream")
    return Response(
        kept.body,
        status_code=kept.status,
        media_type=media_type,
        headers={**headers, "Idempotency-Replayed": "true"},
    )
