"""Keyset paging over HTTP: `limit` and an opaque `cursor` that works only for the list it came from."""

import base64
import binascii
import hashlib
import hmac
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar import Request
from msgspec import Meta

from ideation.errors import InvalidCursor
from ideation.paging import Page, PageKey

Item = TypeVar("Item")

_SEAL_BYTES = 16
_NOT_PART_OF_THE_LIST = frozenset({"cursor", "limit"})


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which slice of a list is wanted: `limit` rows after the row with key `after`."""

    limit: int
    after: PageKey | None
    # Whoever has it can make cursors for this list.
    sealing_key: bytes


class PageOut(msgspec.Struct, Generic[Item], frozen=True, kw_only=True):
    """A slice of a list."""

    items: list[Item]
    next_cursor: Annotated[str | None, Meta(description="Send it as `cursor` for the next slice; null on the last.")]


def read_page_request(request: Request[Any, Any, Any], secret_key: str, limit: int, cursor: str | None) -> PageRequest:
    """The slice a request asks for; raises InvalidCursor for a cursor of another list, or one tampered with."""
    key = _sealing_key(request, secret_key)
    return PageRequest(limit=limit, after=None if cursor is None else _open(key, cursor), sealing_key=key)


def page_out(page: Page[Item], request: PageRequest) -> PageOut[Item]:
    """The answer for a slice."""
    cursor = None if page.next_key is None else _seal(request.sealing_key, page.next_key)
    return PageOut(items=page.items, next_cursor=cursor)


def _sealing_key(request: Request[Any, Any, Any], secret_key: str) -> bytes:
    filters = sorted(item for item in request.query_params.multi_items() if item[0] not in _NOT_PART_OF_THE_LIST)
    text = msgspec.json.encode([request.scope["path"], filters], enc_hook=str)
    return hmac.digest(secret_key.encode(), text, hashlib.sha256)


def _seal(key: bytes, after: PageKey) -> str:
    text = msgspec.json.encode(after)
    return base64.urlsafe_b64encode(_signature(key, text) + text).decode().rstrip("=")


def _open(key: bytes, cursor: str) -> PageKey:
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
    signature, text = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    if not hmac.compare_digest(signature, _signature(key, text)):
        raise InvalidCursor
    return msgspec.json.decode(text, type=PageKey)


def _signature(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)[:_SEAL_BYTES]
