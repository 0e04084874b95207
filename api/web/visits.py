"""When somebody was here before, which their browser alone remembers: nothing is stored about visits."""

from datetime import UTC, datetime, timedelta

import msgspec

VISIT_COOKIE = "ideation_visits"
# Coming back within this time is the same visit; a first visit is told what a week brought.
_SAME_VISIT = timedelta(minutes=30)
_FIRST_LOOK = timedelta(days=7)
_LONGEST = timedelta(days=60)


class Visits(msgspec.Struct, frozen=True):
    """The end of the visit before this one, and the last moment of this one."""

    before: datetime
    last: datetime

    @property
    def text(self) -> str:
        """As the cookie keeps it: two times in seconds."""
        return f"{int(self.before.timestamp())}.{int(self.last.timestamp())}"


def visits_at(now: datetime, cookie: str | None) -> Visits:
    """What the cookie says, carried on to now; one that makes no sense counts as none."""
    before, last = _read(cookie, now) or (now - _FIRST_LOOK, now)
    if now - last > _SAME_VISIT:
        before = last
    return Visits(max(before, now - _LONGEST), now)


def _read(cookie: str | None, now: datetime) -> tuple[datetime, datetime] | None:
    parts = (cookie or "").split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 12 for part in parts):
        return None
    before, last = (datetime.fromtimestamp(int(part), UTC) for part in parts)
    return (before, last) if before <= last <= now else None
