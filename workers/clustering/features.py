"""What is measured of a pair of ideas before deciding whether they say the same: few numbers that people can read."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workers.clustering.corpus import Corpus
from workers.clustering.neighbours import Floats, Indices

FEATURES = ("meaning", "standing_out", "words", "characters", "title_words")
"""Order of the columns of `pair_features`."""

PAIRS_AT_ONCE = 20_000


def pair_features(corpus: Corpus, first: Indices, second: Indices) -> NDArray[np.float64]:
    """Features of pairs (first[i], second[i]); shape (pairs, 5), in the order of FEATURES.

    meaning: cosine of the vectors. standing_out: that cosine minus the usual similarity of the two ideas to
    their ten nearest neighbours (CSLS, Conneau et al. 2018), so that ideas on a crowded subject need more.
    words, characters, title_words: cosines of TF-IDF rows.
    """
    meaning = dense_cosines(corpus.meaning, first, second)
    return np.column_stack(
        [
            meaning,
            meaning - (corpus.usual_similarity[first] + corpus.usual_similarity[second]) / 2,
            sparse_cosines(corpus.words, first, second),
            sparse_cosines(corpus.characters, first, second),
            sparse_cosines(corpus.titles, first, second),
        ]
    ).astype(np.float64)


def dense_cosines(vectors: Floats, first: Indices, second: Indices) -> Floats:
    """Row-by-row dot products of unit rows; shape (pairs,). In parts, so that memory does not grow with the pairs."""
    cosines = np.zeros(len(first), dtype=np.float32)
    for start in range(0, len(first), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        cosines[part] = np.einsum("ij,ij->i", vectors[first[part]], vectors[second[part]])
    return cosines


def sparse_cosines(matrix: sparse.csr_matrix, first: Indices, second: Indices) -> Floats:
    """The same for sparse unit rows."""
    cosines = np.zeros(len(first), dtype=np.float32)
    for start in range(0, len(first), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        cosines[part] = np.asarray(matrix[first[part]].multiply(matrix[second[part]]).sum(axis=1)).ravel()
    return cosines
