"""What the domain refused, in the words of the pages: a stable code chooses the text, its values fill it."""

from collections.abc import Mapping

from api.web.phrases import worded
from api.web.texts import Texts
from ideation.errors import IdeationError

# Under which headings of the catalogue a value of this name has its word.
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "field": ("field",),
    "other": ("field",),
    "state": ("challenge.state", "state"),
    "outcome": ("state",),
    "role": ("role",),
    "scope": ("scope",),
}


def word_refusal(texts: Texts, error: IdeationError) -> str:
    """What exactly was wrong; where the error does not say, what errors of its kind mean."""
    if error.reason is None:
        return word_problem(texts, error.slug, error.detail)
    return word_reason(texts, error.reason, error.extra)


def word_reason(texts: Texts, reason: str, values: Mapping[str, object]) -> str:
    """The text of a code with its values."""
    return texts(f"reason.{reason}", **{name: _word(texts, name, str(value)) for name, value in values.items()})


def word_problem(texts: Texts, slug: str, detail: str) -> str:
    """What a kind of problem means; in English its own detail, which may say more."""
    return detail if texts.language == "en" else texts(f"problem_detail.{slug}")


def _word(texts: Texts, name: str, value: str) -> str:
    if name == "message":
        return worded(texts, value)
    keys = (f"{heading}.{value}" for heading in _HEADINGS.get(name, ()))
    return next((texts.catalogue[key] for key in keys if key in texts.catalogue), value)
