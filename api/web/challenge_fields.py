"""What the steps of a challenge's form hold, and how each is read into a change of the challenge."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from api.web.forms import Form
from api.web.moments import field_value
from ideation.entities.challenges_forms import Anchor, ChallengeEdit, ChallengeOut, CriterionInput
from ideation.rules.challenges_editing import EDITABLE_IN


class Step(StrEnum):
    """The pages of the form, in order; the last one only shows."""

    QUESTION = "question"
    PEOPLE = "people"
    DATES = "dates"
    CRITERIA = "criteria"
    CHECK = "check"

    @property
    def next(self) -> "Step":
        """The page after this one."""
        steps = list(Step)
        return steps[min(steps.index(self) + 1, len(steps) - 1)]


TEXTS = {
    Step.QUESTION: ("question", "brief", "idea_template"),
    Step.PEOPLE: ("authorship", "voting_method", "token_budget"),
    Step.CRITERIA: ("reviews_per_idea", "shortlist_size"),
}
LISTS = {Step.PEOPLE: ("audience_departments", "audience_sites")}
CHECKS = {Step.PEOPLE: ("counts_hidden", "blind_review")}
DATES = (
    "submit_opens_at",
    "submit_closes_at",
    "vote_opens_at",
    "vote_closes_at",
    "review_opens_at",
    "review_closes_at",
    "answer_by",
)
CRITERION_FIELDS = ("key", "label", "description", "weight", "scale_min", "scale_max")
# A longer scale has anchors for its ends, and for what was given over the API.
_LONGEST_ANCHORED = 11
SPARE_ROWS = 3
MOST_ROWS = 20
# Days after the opening, which is the next Monday at eight: two weeks of ideas, one more of votes, two of reviews.
_USUAL_DAYS = (0, 14, 0, 21, 21, 35, 42)


def locked(challenge: ChallengeOut) -> frozenset[str]:
    """Fields that no longer change in the challenge's state."""
    fields = {*DATES, *(name for group in (TEXTS, LISTS, CHECKS) for names in group.values() for name in names)}
    return frozenset(fields - EDITABLE_IN[challenge.state])


def filled(challenge: ChallengeOut, now: datetime) -> Form:
    """A form with everything as it is stored; dates that a draft lacks altogether are proposed."""
    texts = [name for names in TEXTS.values() for name in names]
    values: dict[str, Any] = {name: str(getattr(challenge, name)) for name in texts}
    values |= {name: list(getattr(challenge, name)) for names in LISTS.values() for name in names}
    values |= {name: "true" for names in CHECKS.values() for name in names if getattr(challenge, name)}
    dates = {name: getattr(challenge, name) for name in DATES}
    values |= {name: field_value(moment) for name, moment in (dates if any(dates.values()) else _usual(now)).items()}
    for row, criterion in enumerate(challenge.criteria):
        values |= {f"{name}-{row}": str(getattr(criterion, name)) for name in CRITERION_FIELDS}
        values[f"weight-{row}"] = f"{100 * criterion.weight:g}"
        values |= {f"anchor-{row}-{anchor.score}": anchor.text for anchor in criterion.anchors}
    return Form(values | {"version": str(challenge.version), "sponsor": challenge.sponsor_name})


def _usual(now: datetime) -> dict[str, datetime]:
    monday = (now + timedelta(days=7 - now.weekday())).replace(hour=8, minute=0, second=0, microsecond=0)
    return {name: monday + timedelta(days=days) for name, days in zip(DATES, _USUAL_DAYS, strict=True)}


def read_step(form: Form, step: Step, challenge: ChallengeOut) -> ChallengeEdit | None:
    """What a page of the form changes, or None and the form says why."""
    given = {name: value for name, value in _given(form, step, challenge).items() if name not in locked(challenge)}
    criteria = _read_criteria(form) if step is Step.CRITERIA else None
    edit = form.read(ChallengeEdit, given)
    if edit is None or criteria is None or _same(criteria, challenge):
        return edit
    return replace(edit, criteria=criteria)


def _given(form: Form, step: Step, challenge: ChallengeOut) -> Mapping[str, Any]:
    if step is Step.DATES:
        # A date shown without its seconds and sent back as it was shown is unchanged.
        changed = (name for name in DATES if form.text(name) != field_value(getattr(challenge, name)))
        return {name: form.moment(name) for name in changed}
    texts = {name: form.text(name) for name in TEXTS.get(step, ())}
    lists = {name: [item for item in form.all(name) if item] for name in LISTS.get(step, ())}
    checks = {name: form.text(name) == "true" for name in CHECKS.get(step, ())}
    return texts | lists | checks


def _read_criteria(form: Form) -> list[CriterionInput] | None:
    read: list[CriterionInput] = []
    for row in range(MOST_ROWS):
        typed = {name: form.text(f"{name}-{row}").strip() for name in CRITERION_FIELDS}
        if typed["label"] or typed["description"]:
            _read_criterion(form, row, typed, read)
    return None if form.errors else read


def _read_criterion(form: Form, row: int, typed: dict[str, Any], read: list[CriterionInput]) -> None:
    typed["key"] = typed["key"] or _key(typed["label"], {criterion.key for criterion in read})
    try:
        typed["weight"] = float(typed["weight"].replace(",", ".")) / 100
    except ValueError:
        form.errors[f"weight-{row}"] = "form.not_a_number"
        return
    typed["anchors"] = _read_anchors(form, row)
    one = Form(typed)
    criterion = one.read(CriterionInput, typed)
    form.errors |= {f"{name}-{row}": message for name, message in one.errors.items()}
    if criterion is not None:
        read.append(criterion)


def _read_anchors(form: Form, row: int) -> list[Anchor]:
    read = []
    for score in anchored_scores(form, row):
        name = f"anchor-{row}-{score}"
        if not (text := form.text(name).strip()):
            continue
        one = Form({})
        anchor = one.read(Anchor, {"score": score, "text": text})
        if anchor is None:
            form.errors[name] = one.errors["text"]
        else:
            read.append(anchor)
    return read


def anchored_scores(form: Form, row: int) -> list[int]:
    """The scores of a row's scale, as typed, that can have an anchor; none while its ends make no scale."""
    try:
        low, high = (int(form.text(f"scale_{end}-{row}") or usual) for end, usual in (("min", 1), ("max", 5)))
    except ValueError:
        return []
    if not 0 < high - low <= 100:
        return []
    scale = range(low, high + 1)
    if len(scale) <= _LONGEST_ANCHORED:
        return list(scale)
    return [score for score in scale if score in (low, high) or form.text(f"anchor-{row}-{score}")]


def _key(label: str, taken: set[str]) -> str:
    """A key for the interface made of the label: lower-case ASCII, with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].lstrip("0123456789_") or "criterion"
    return next(key for key in (stem, *(f"{stem}_{number}" for number in range(2, 99))) if key not in taken)


def _same(criteria: list[CriterionInput], challenge: ChallengeOut) -> bool:
    fields = (*CRITERION_FIELDS, "anchors")
    stored = [tuple(getattr(criterion, name) for name in fields) for criterion in challenge.criteria]
    return stored == [tuple(getattr(criterion, name) for name in fields) for criterion in criteria]
