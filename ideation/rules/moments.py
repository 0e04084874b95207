"""Times that people name must be ones that can be compared and stored."""

from datetime import UTC, datetime

from ideation.errors import Invalid


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
