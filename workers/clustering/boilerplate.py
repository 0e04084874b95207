"""Form text: the lines a challenge's template puts into every idea, which make unrelated ideas look alike."""

from collections import Counter
from collections.abc import Sequence

from ideation.text.normalise import split_idea

SMALLEST_SHARE = 0.1
FEWEST_TEXTS = 5


def form_lines(texts: Sequence[str]) -> frozenset[str]:
    """Body lines (lower-case) that stand in at least 10 % of the texts and in at least 5: the form, not the idea."""
    counts = Counter(line for text in texts for line in {_key(line) for line in split_idea(text)[1].split("\n")})
    needed = max(FEWEST_TEXTS, SMALLEST_SHARE * len(texts))
    return frozenset(line for line, count in counts.items() if line and count >= needed)


def without_boilerplate(texts: Sequence[str]) -> list[str]:
    """The texts without the form's lines. Titles always stay; a text that is nothing but form stays as it is."""
    form = form_lines(texts)
    return [_without(text, form) for text in texts] if form else list(texts)


def _without(text: str, form: frozenset[str]) -> str:
    title, body = split_idea(text)
    kept = [line for line in body.split("\n") if _key(line) not in form]
    return "\n".join([title, *kept]).strip() or text


def _key(line: str) -> str:
    return " ".join(line.lower().split())
