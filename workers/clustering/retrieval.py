"""Ideas ordered by how likely they say the same as a given one: the full retrieval behind hints and benchmarks."""

import numpy as np
from numpy.typing import NDArray

from workers.clustering.corpus import Corpus
from workers.clustering.features import pair_features
from workers.clustering.neighbours import Indices, nearest_by_meaning, nearest_by_terms
from workers.clustering.pair_model import likeness

CANDIDATES = 100
ROWS_AT_ONCE = 256


def rank_similar(corpus: Corpus, rows: Indices, *, candidates: int = CANDIDATES) -> list[Indices]:
    """For each of the given rows the other ideas worth showing, likeliest first.

    The nearest `candidates` by meaning and as many by words are ordered by their likeness. Empty for a lone idea.
    """
    ranked: list[Indices] = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        ranked.extend(_ranked_block(corpus, rows[start : start + ROWS_AT_ONCE], candidates))
    return ranked


def _ranked_block(corpus: Corpus, rows: Indices, candidates: int) -> list[Indices]:
    by_meaning, _ = nearest_by_meaning(corpus.meaning[rows], corpus.meaning, candidates + 1)
    by_words, _ = nearest_by_terms(corpus.words[rows], corpus.words, candidates + 1)
    found = [_candidates(row, by_meaning[at], by_words[at]) for at, row in enumerate(rows)]
    asking = np.repeat(rows, [len(others) for others in found])
    others = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    scores = likeness(corpus.encoder, pair_features(corpus, asking, others))
    ends = np.cumsum([0, *(len(part) for part in found)])
    return [_ordered(found[at], scores[ends[at] : ends[at + 1]]) for at in range(len(found))]


def _candidates(row: int, by_meaning: Indices, by_words: Indices) -> Indices:
    found: Indices = np.union1d(by_meaning, by_words)
    others: Indices = found[(found >= 0) & (found != row)]
    return others


def _ordered(found: Indices, scores: NDArray[np.float64]) -> Indices:
    ordered: Indices = found[np.lexsort((found, -scores))]
    return ordered
