"""Why two texts look alike: the terms they share and the passages that match. For people, in their own words."""

import re
from collections.abc import Collection, Mapping

import msgspec
import numpy as np

from ideation.text.encoder import Encoder
from ideation.text.words import STOP_WORDS, content_words, stem, words

# Full stops that end no sentence: within v1.2 and example.org, after one letter (i.e., z. B.), ordinals, abbreviations.
_SHORTENED = "approx|bspw|bzw|ca|dr|evtl|exkl|ggf|incl|inkl|mr|mrs|ms|prof|sog|vgl|vs|zzgl"
_STOP_WITHIN = (
    r"\.(?=[a-zäöüß\d])"
    rf"|(?<!\w)(?i:[^\W\d_]|\d{{1,2}}|{_SHORTENED})\.(?= ?\w)"
    r"|(?<!\w)(?i:abb|fig|no|nr)\.(?= ?\d)"
    r"|(?<!\w)(?i:etc|usw)\.(?=,| [a-zäöü])"
)
_SENTENCE = re.compile(rf"(?:{_STOP_WITHIN}|[^.!?\n])+[.!?]*")
LONGEST_PASSAGE_CHARACTERS = 240
MOST_PASSAGES = 24


class MatchingPassage(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of each text that say nearly the same; similarity is a cosine, 0 to 1."""

    first: str
    second: str
    similarity: float


def shared_terms(
    first: str, second: str, *, document_share: Mapping[str, float] | None = None, limit: int = 8
) -> list[str]:
    """Words that both texts use (in the first text's spelling), the rarest first, at most `limit`.

    Words count as shared when their stems agree. `document_share` maps a stem to the share of ideas holding it; a stem
    it lacks counts as rare. Empty when nothing is shared.
    """
    there = {stem(word) for word in content_words(second)}
    return spelled(there, spellings(first), document_share=document_share, limit=limit)


def spellings(text: str) -> dict[str, str]:
    """The stems of a text's telling words, each with the word as the text first spells it."""
    spelling: dict[str, str] = {}
    for word in content_words(text):
        spelling.setdefault(stem(word), word)
    return spelling


def spelled(
    stems: Collection[str],
    spelling: Mapping[str, str],
    *,
    document_share: Mapping[str, float] | None = None,
    limit: int = 8,
) -> list[str]:
    """Of these stems those that a text spells, in its spelling, the rarest first, at most `limit`."""
    share = document_share or {}
    shared = spelling.keys() & stems
    ordered = sorted(shared, key=lambda term: (share.get(term, 0.0), -len(term), term))
    return [spelling[term] for term in ordered[:limit]]


def passages(text: str) -> list[str]:
    """Sentences of a text that hold a content word, each cut to 240 characters, at most 24 of them."""
    found = (" ".join(sentence.split())[:LONGEST_PASSAGE_CHARACTERS] for sentence in _SENTENCE.findall(text))
    return [sentence for sentence in found if any(word not in STOP_WORDS for word in words(sentence))][:MOST_PASSAGES]


def matching_passages(
    first: str, second: str, encoder: Encoder, *, limit: int = 2, minimum: float = 0.35
) -> list[MatchingPassage]:
    """The sentence pairs of two texts with the highest cosine, each sentence used once; only those above `minimum`."""
    left, right = passages(first), passages(second)
    if not left or not right:
        return []
    cosines = encoder.encode(left) @ encoder.encode(right).T
    matches: list[MatchingPassage] = []
    for _ in range(min(limit, len(left), len(right))):
        row, column = np.unravel_index(int(np.argmax(cosines)), cosines.shape)
        similarity = float(cosines[row, column])
        if similarity < minimum:
            break
        matches.append(MatchingPassage(first=left[row], second=right[column], similarity=min(similarity, 1.0)))
        cosines[row, :] = -1.0
        cosines[:, column] = -1.0
    return matches
