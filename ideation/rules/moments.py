"""Times that people name must be ones that can be compared and stored."""

from datetime import UTC, datetime
from typing import Any

from ideation.errors import Invalid

# What is stored stays clear of both ends of the calendar: a reader's time zone, or some days more, never pass them.
FIRST_YEAR, LAST_YEAR = 1900, 9000


def require_usable_moment(moment: datetime | None, field: str) -> None:
    """A time says its zone, and its UTC is within the years 1 to 9999 that Python and the database agree on."""
    if moment is None:
        return
    if moment.tzinfo is None:
        raise Invalid(
            "Say which time zone is meant, for example with a Z at the end for UTC.", field=field, reason="zone-missing"
        )
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise Invalid("This time is too far away.", field=field, reason="time-too-far") from None


def in_utc(given: dict[str, Any]) -> dict[str, Any]:
    """Values to be stored by field, with every time in UTC; Invalid for one that is beyond the calendar."""
    return {name: _in_utc(value, name) if isinstance(value, datetime) else value for name, value in given.items()}


def _in_utc(moment: datetime, field: str) -> datetime:
    require_usable_moment(moment, field)
    found = moment.astimezone(UTC)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Invalid("This time is too far away.", field=field, reason="time-too-far")
    return found
