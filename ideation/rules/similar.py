"""How near ideas are ordered: by meaning, by the words they share, and by how much an idea stands out."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from statistics import fmean

from ideation.entities.similar import Candidate, Likely

_SHARE_OF_MEANING = 0.5
_WEIGHT_OF_NOVELTY = 0.2


def order_by_likeness(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> list[Likely]:
    """Likeliest first: half the cosine of the vectors, half the likeness of the words; equal ones stay in order.

    An idea on a crowded subject is near to many texts: what has nothing like it counts up to 0.2 more (after CSLS,
    Conneau et al. 2018). An idea that no analysis has placed yet counts as the others do on average.
    weights: how rare each word of the text asked about is (logarithm of one through the share of ideas holding it).
    """
    by_words = word_likeness(weights)
    shift = _shift_to_refined(candidates)
    usual_novelty = _mean([one.novelty for one in candidates if one.novelty is not None])
    likeness: list[tuple[float, Likely]] = []
    for one in candidates:
        similarity = _similarity(one, shift)
        score = (
            _SHARE_OF_MEANING * (similarity or 0.0)
            + (1 - _SHARE_OF_MEANING) * by_words(one.lexemes)
            + _WEIGHT_OF_NOVELTY * (usual_novelty if one.novelty is None else one.novelty)
        )
        likeness.append((score, Likely(id=one.id, similarity=similarity)))
    return [likely for _, likely in sorted(likeness, key=lambda scored: -scored[0])]


def _shift_to_refined(candidates: Sequence[Candidate]) -> float | None:
    """What refined cosines are above static ones on average; None where fewer than half have both."""
    both = [
        one.refined - one.similarity for one in candidates if one.refined is not None and one.similarity is not None
    ]
    return fmean(both) if both and 2 * len(both) >= len(candidates) else None


def _similarity(one: Candidate, shift: float | None) -> float | None:
    """The refined cosine, or what it would be on average by the static one; only static ones when few are refined."""
    if shift is None:
        return one.similarity
    if one.refined is not None:
        return one.refined
    return None if one.similarity is None else one.similarity + shift


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def word_likeness(weights: Mapping[str, float]) -> Callable[[Collection[str]], float]:
    """What tells about the cosine of TF-IDF vectors of a text and the words of an idea; 0 when nothing is shared.

    The squared weights of the shared words through those of all asked for; an idea's other words, whose weights are not
    known, count as much as these on average.
    """
    squares = {word: weight * weight for word, weight in weights.items()}
    asked = sum(squares.values())

    def likeness(lexemes: Collection[str]) -> float:
        # fsum: the order of a set must not change the result.
        shared = math.fsum(squares[word] for word in squares.keys() & lexemes)
        return shared / asked * math.sqrt(len(squares) / len(lexemes)) if shared else 0.0

    return likeness
