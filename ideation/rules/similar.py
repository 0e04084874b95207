"""How near ideas are ordered: by meaning and by the words they share."""

import math
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from ideation.entities.similar import Candidate

_SHARE_OF_MEANING = 0.5


def order_by_likeness(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> list[UUID]:
    """Likeliest first: half the cosine of the vectors, half the likeness of the words; equal ones stay in order.

    weights: how rare each word of the text asked about is (logarithm of one through the share of ideas holding it).
    """
    likeness = {
        one.id: _SHARE_OF_MEANING * (one.similarity or 0.0)
        + (1 - _SHARE_OF_MEANING) * word_likeness(weights, one.lexemes)
        for one in candidates
    }
    return sorted(likeness, key=lambda idea_id: -likeness[idea_id])


def word_likeness(weights: Mapping[str, float], lexemes: Collection[str]) -> float:
    """About the cosine of TF-IDF vectors, 0 when nothing is shared.

    The squared weights of the shared words through those of all asked for; an idea's other words, whose weights are not
    known, count as much as these on average.
    """
    asked = sum(weight * weight for weight in weights.values())
    shared = sum(weights[lexeme] ** 2 for lexeme in lexemes if lexeme in weights)
    return shared / asked * math.sqrt(len(weights) / len(lexemes)) if shared else 0.0
