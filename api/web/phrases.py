"""Sentences that the engine keeps in English, in the words of the pages: notifications, reasons of ranks, flags.

They are stored as they were told, and the API says them so. A page in another language finds the English text they were
made from in the catalogue (`phrase.*`) and fills the same values into its own.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from api.web.moments import Moments
from api.web.texts import CATALOGUES, DEFAULT_LANGUAGE, Texts

_HEADING = "phrase."
# These values are phrases themselves; all others are names, numbers, and what people wrote.
_LISTED = frozenset({"outcome", "role"})
_PHRASES = _LISTED | {"what"}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DECIMAL = re.compile(r"[+-]?\d+\.\d+")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTHS = list(calendar.month_name)[1:]
_LONG_DAY = re.compile(rf"(\d\d?) ({'|'.join(_MONTHS)}) (\d{{4}})")


def worded(texts: Texts, sentence: str) -> str:
    """The sentence in the language of the texts; one that no phrase explains stays as it is."""
    if texts.language == DEFAULT_LANGUAGE:
        return sentence
    for key, pattern in _phrases():
        found = pattern.fullmatch(sentence)
        if found:
            values = {name: _value(texts, name, value) for name, value in found.groupdict(default="").items()}
            return texts(key, **values).strip()
    return sentence


def decimal(texts: Texts, number: float, places: int, *, sign: bool = False) -> str:
    """A number with so many decimals, as the language writes it."""
    return f"{number:{'+' if sign else ''}.{places}f}".replace(".", texts("number.point"))


def figure(texts: Texts, number: float) -> str:
    """A number with as many decimals as it has."""
    return f"{number:g}".replace(".", texts("number.point"))


def amount(texts: Texts, number: float) -> str:
    """Thousands apart by a narrow space that does not break; hundredths only where there are any."""
    whole = f"{number:,.2f}".removesuffix(".00").replace(",", "\u202f")
    return whole.replace(".", texts("number.point"))


@cache
def _phrases() -> list[tuple[str, re.Pattern[str]]]:
    english = CATALOGUES[DEFAULT_LANGUAGE].catalogue
    return [(key, _pattern(text)) for key, text in english.items() if key.startswith(_HEADING)]


def _pattern(text: str) -> re.Pattern[str]:
    """What the text may look like once filled in; a note at its end may be missing."""
    return re.compile("".join(_parts(text)), re.DOTALL)


def _parts(text: str) -> Iterator[str]:
    seen: set[str] = set()
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        name, before = found[1], re.escape(text[end : found.start()])
        end = found.end()
        if name == "note":
            yield before.removesuffix(r"\ ") + r"(?:\ (?P<note>.+))?"
        else:
            yield before + (f"(?P={name})" if name in seen else f"(?P<{name}>{_any(name)})")
        seen.add(name)
    yield re.escape(text[end:])


def _any(name: str) -> str:
    """What can stand in a place: a number of points, one of the phrases of its name, or anything."""
    if name == "points":
        return r"[+-][\d.]+"
    english = CATALOGUES[DEFAULT_LANGUAGE].catalogue
    known = [re.escape(text) for key, text in english.items() if key.startswith(f"{_HEADING}{name}_")]
    return "|".join(known) if name in _LISTED else ".+?"


def _value(texts: Texts, name: str, value: str) -> str:
    if name in _PHRASES:
        return worded(texts, value)
    if _DECIMAL.fullmatch(value):
        return value.replace(".", texts("number.point"))
    if found := _DAY.fullmatch(value):
        return Moments(texts, None).calendar_day(date(int(found[1]), int(found[2]), int(found[3])))
    if found := _LONG_DAY.fullmatch(value):
        day = date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1]))
        return Moments(texts, None).calendar_day(day)
    return value
