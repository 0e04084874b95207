"""Keyset paging: a slice of a list and the key of its last row, which the HTTP layer seals into an opaque cursor."""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

DEFAULT_LIMIT = 20
MAX_LIMIT = 100

# The sort key of the last row of a page, in the order of the list's ORDER BY.
PageKey = list[str | int | float | None]


Item = TypeVar("Item")


class Page(msgspec.Struct, Generic[Item], frozen=True, kw_only=True):
    """Some items in order; `next_key` is None on the last page."""

    items: list[Item]
    next_key: PageKey | None


def cut_page(rows: list[Item], limit: int, key: Callable[[Item], PageKey]) -> Page[Item]:
    """Make a page of `limit` rows from a query that asked for one more than that."""
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items=items, next_key=key(items[-1]) if more else None)
