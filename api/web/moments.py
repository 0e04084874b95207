"""Dates and durations in words."""

from datetime import UTC, date, datetime

from markupsafe import Markup, escape

from api.web.texts import Texts

_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3_600
_DAY_SECONDS = 86_400


class Moments:
    """Says dates in the words of one language, seen from now."""

    def __init__(self, texts: Texts, now: datetime | None) -> None:
        self._texts = texts
        self._now = now or datetime.now(UTC)

    def day(self, moment: datetime) -> Markup:
        """The date alone."""
        return self._element(moment, self._day(moment))

    def calendar_day(self, day: date) -> str:
        """A day of the calendar."""
        return self._named(day)

    def exact(self, moment: datetime) -> Markup:
        """Date and time, in UTC."""
        return self._element(moment, f"{self._day(moment)}, {moment.astimezone(UTC):%H:%M} UTC")

    def left(self, moment: datetime) -> str:
        """How long there is until then: in days, at the end in hours."""
        seconds = (moment - self._now).total_seconds()
        if seconds <= 0:
            return self._texts("moment.over")
        if seconds < 2 * _DAY_SECONDS:
            return self._texts("moment.hours_left", n=max(1, int(seconds // _HOUR_SECONDS)))
        return self._texts("moment.days_left", n=int(seconds // _DAY_SECONDS))

    def ago(self, moment: datetime) -> Markup:
        """How long ago something was, with the exact time behind it."""
        seconds = max(0.0, (self._now - moment).total_seconds())
        if seconds < _MINUTE_SECONDS:
            text = self._texts("moment.just_now")
        elif seconds < _HOUR_SECONDS:
            text = self._texts("moment.minutes_ago", n=int(seconds // _MINUTE_SECONDS))
        elif seconds < _DAY_SECONDS:
            text = self._texts("moment.hours_ago", n=int(seconds // _HOUR_SECONDS))
        elif seconds < 30 * _DAY_SECONDS:
            text = self._texts("moment.days_ago", n=int(seconds // _DAY_SECONDS))
        else:
            text = self._day(moment)
        return self._element(moment, text)

    def field(self, moment: datetime | None) -> str:
        """The value of a form field for a date and time (UTC)."""
        return field_value(moment)

    def _day(self, moment: datetime) -> str:
        return self._named(moment.astimezone(UTC).date())

    def _named(self, day: date) -> str:
        month = self._texts("moment.months").split()[day.month - 1]
        return self._texts("moment.day", day=day.day, month=month, year=day.year)

    def _element(self, moment: datetime, text: str) -> Markup:
        exact = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(exact, escape(text))


def field_value(moment: datetime | None) -> str:
    """A date and time (UTC) as form fields hold it; empty for none."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}"
