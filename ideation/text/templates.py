"""The text that a challenge's form puts into every idea is no part of the idea."""

import re
from functools import lru_cache

from ideation.text.normalise import idea_text, plain_text

_SENTENCE = re.compile(r"[^.!?:]*[.!?:]+|[^.!?:]+$")
_LABEL_ENDS = (":", "?")


def own_text(title: str, body: str, template: str) -> str:
    """What an idea itself says: `idea_text` without the sentences of the template; the title always stays.

    This is the text that is encoded and compared, by requests and jobs alike.
    """
    text = idea_text(title, body)
    if not template.strip():
        return text
    lines, sentences = _pieces(template)
    head, *rest = text.split("\n")
    kept = [_without(line, lines, sentences) for line in rest]
    return "\n".join([head, *(line for line in kept if line)]).strip()


def _without(line: str, lines: frozenset[str], sentences: frozenset[str]) -> str:
    if _key(line) in lines:
        return ""
    return " ".join(part for part in _sentences(line) if _key(part) not in sentences)


@lru_cache(maxsize=64)
def _pieces(template: str) -> tuple[frozenset[str], frozenset[str]]:
    """The template's lines and its sentences; a single word counts as a sentence only as a label such as "Cost:"."""
    lines = [line for line in plain_text(template).split("\n") if line]
    sentences = {sentence for line in lines for sentence in _sentences(line)}
    telling = {sentence for sentence in sentences if " " in sentence or sentence.endswith(_LABEL_ENDS)}
    return frozenset(map(_key, lines)), frozenset(map(_key, telling))


def _sentences(line: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.findall(line) if part.strip()]


def _key(text: str) -> str:
    return " ".join(text.lower().split())
