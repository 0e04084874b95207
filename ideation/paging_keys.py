"""Page keys of lists that are ordered by a time (or a text) and an id."""

from datetime import datetime
from uuid import UUID

from ideation.paging import PageKey


def time_key(at: datetime, row_id: UUID) -> PageKey:
    """The key of a row in a list by time and id."""
    return [at.isoformat(), str(row_id)]


def time_and_id(key: PageKey | None) -> tuple[datetime, UUID] | None:
    """What `time_key` made, back again."""
    return None if key is None else (datetime.fromisoformat(str(key[0])), UUID(str(key[1])))


def text_key(text: str, row_id: UUID) -> PageKey:
    """The key of a row in a list by a text and id."""
    return [text, str(row_id)]


def text_and_id(key: PageKey | None) -> tuple[str, UUID] | None:
    """What `text_key` made, back again."""
    return None if key is None else (str(key[0]), UUID(str(key[1])))
