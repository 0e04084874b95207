"""The details of a step on record, in the words of a page: its names, and the values that are words of ours."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from api.web.moments import Moments
from api.web.phrases import amount, worded
from api.web.texts import Texts

# Where the words are that a detail of this name may have as its value.
_WORDS = {
    "authorship": "audit_value",
    "before": "audit_value",
    "by": "audit_value",
    "change": "panel.change",
    "fields": "field",
    "kind": "audit_value",
    "method": "budget.method",
    "naming": "audit_value",
    "outcome": "state",
    "requested_role": "role",
    "role": "role",
    "roles": "role",
    "scopes": "scope",
    "stage": "audit_value",
    "voting_method": "voting",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def named_details(texts: Texts, moments: Moments, details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value of each detail; what has no words of ours stays as it was written."""
    for name, value in details.items():
        if name == "changed":
            yield from _changes(texts, moments, value)
        else:
            yield _label(texts, name), _said(texts, moments, name, value)


def _changes(texts: Texts, moments: Moments, changed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, (before, after) in changed.items():
        label = _label(texts, name)
        if (before, after) == ("(text)", "(text)"):
            yield label, texts("audit_value.changed")
        else:
            yield label, f"{_said(texts, moments, name, before)} → {_said(texts, moments, name, after)}"


def _label(texts: Texts, name: str) -> str:
    return texts.find(f"audit_detail.{name}", texts.find(f"field.{name}", name))


def _said(texts: Texts, moments: Moments, name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{_label(texts, key)}: {_said(texts, moments, key, one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_said(texts, moments, name, one) for one in value) or "–"
    if isinstance(value, bool):
        return texts("answer.yes" if value else "answer.no")
    if isinstance(value, int | float):
        return amount(texts, value)
    return "–" if value is None else _word(texts, moments, name, str(value))


def _word(texts: Texts, moments: Moments, name: str, value: str) -> str:
    if _MOMENT.fullmatch(value):
        return moments.exact(datetime.fromisoformat(value)).striptags()
    if name not in _WORDS:
        return worded(texts, value) if name == "price" else value
    # What moderators decide about a report is called an outcome too.
    return texts.find(f"{_WORDS[name]}.{value}", texts.find(f"audit_value.{value}", value))
