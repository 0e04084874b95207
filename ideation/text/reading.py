"""An idea's text as it is compared with what somebody types: its words and sentences, read once."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import msgspec
import numpy as np

from ideation.text.encoder import Encoder, Floats, load_encoder
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


class SentenceVectors:
    """Vectors of sentences of ideas by one encoder: those asked for last are kept, the others encoded in one go."""

    def __init__(self, encoder: Encoder, most: int) -> None:
        self._encoder = encoder
        self._most = most
        self._kept: OrderedDict[str, Floats] = OrderedDict()

    def of(self, sentences: Sequence[str]) -> Floats:
        """Unit vectors, shape (len(sentences), dimensions)."""
        new = list(dict.fromkeys(sentence for sentence in sentences if sentence not in self._kept))
        # Copies: a row alone would keep all that were encoded with it.
        found = {one: row.copy() for one, row in zip(new, self._encoder.encode(new), strict=True)} if new else {}
        vectors = np.zeros((len(sentences), self._encoder.dimensions), dtype=np.float32)
        for row, sentence in enumerate(sentences):
            vectors[row] = self._kept[sentence] if sentence in self._kept else found[sentence]
        self._keep(sentences, found)
        return vectors

    def _keep(self, sentences: Sequence[str], found: Mapping[str, Floats]) -> None:
        self._kept |= found
        for sentence in sentences:
            self._kept.move_to_end(sentence)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


@cache
def sentence_vectors() -> SentenceVectors:
    """Those of the static encoder, kept by this process (4 MB)."""
    return SentenceVectors(load_encoder(), most=4_000)


def stems_in(text: str) -> frozenset[str]:
    """The stems of a text's telling words."""
    return frozenset(map(stem, content_words(text)))


def likely_sentences(reading: Reading, asked: Mapping[str, str], limit: int) -> list[str]:
    """The sentences that share most stems with a text (its stems as keys), at most `limit`; equal ones in order."""
    shared = [len(stems & asked.keys()) for stems in reading.stems_of]
    order = sorted(range(len(shared)), key=lambda place: -shared[place])[:limit]
    return [reading.sentences[place] for place in order]
