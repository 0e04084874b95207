"""An idea's text as it is compared with what somebody types: its words and sentences, read once."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from ideation.text.explain import passages
from ideation.text.normalise import plain_text
from ideation.text.words import content_words, stem

_SENTENCES_LOOKED_AT = 6


class Reading(msgspec.Struct, frozen=True):
    """The stems of a title, and the first six sentences of a body with the stems of each; all stems of both."""

    stems: frozenset[str]
    sentences: tuple[str, ...]
    stems_of: tuple[frozenset[str], ...]


@lru_cache(maxsize=1_000)
def read_idea(title: str, body: str) -> Reading:
    """The words and sentences of an idea; a few milliseconds for the longest, so those asked for often are kept."""
    plain = plain_text(body)
    sentences = tuple(passages(plain)[:_SENTENCES_LOOKED_AT])
    return Reading(
        stems=stems_in(f"{plain_text(title)} {plain}"),
        sentences=sentences,
        stems_of=tuple(map(stems_in, sentences)),
    )


def stems_in(text: str) -> frozenset[str]:
    """The stems of a text's telling words."""
    return frozenset(map(stem, content_words(text)))


def likely_sentences(reading: Reading, asked: Mapping[str, str], limit: int) -> list[str]:
    """The sentences that share most stems with a text (its stems as keys), at most `limit`; equal ones in order."""
    shared = [len(stems & asked.keys()) for stems in reading.stems_of]
    order = sorted(range(len(shared)), key=lambda place: -shared[place])[:limit]
    return [reading.sentences[place] for place in order]
