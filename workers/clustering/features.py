"""What is measured of a pair of ideas before deciding whether they say the same: few numbers that people can read."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workers.clustering.corpus import Corpus
from workers.clustering.neighbours import Floats, Indices

FEATURES = ("meaning", "standing_out", "words", "characters", "title_words")
"""Order of the columns of `pair_features`."""

PAIRS_AT_ONCE = 20_000


def pair_features(corpus: Corpus, first: Indices, second: Indices, usual: Floats) -> NDArray[np.float64]:
    """Features of pairs (first[i], second[i]); shape (pairs, 5), in the order of FEATURES.

    meaning: cosine of the vectors. standing_out: that cosine minus the mean `usual` similarity of the two ideas to
    their nearest neighbours (CSLS, Conneau et al. 2018), so that ideas on a crowded subject need more.
    words, characters, title_words: cosines of TF-IDF rows.
    """
    meaning = np.einsum("ij,ij->i", corpus.meaning[first], corpus.meaning[second]) if len(first) else np.zeros(0)
    return np.column_stack(
        [
            meaning,
            meaning - (usual[first] + usual[second]) / 2,
            sparse_cosines(corpus.words, first, second),
            sparse_cosines(corpus.characters, first, second),
            sparse_cosines(corpus.titles, first, second),
        ]
    ).astype(np.float64)


def sparse_cosines(matrix: sparse.csr_matrix, first: Indices, second: Indices) -> Floats:
    """Row-by-row dot products of unit rows; shape (pairs,)."""
    parts = [
        np.asarray(
            matrix[first[start : start + PAIRS_AT_ONCE]]
            .multiply(matrix[second[start : start + PAIRS_AT_ONCE]])
            .sum(axis=1)
        )
        for start in range(0, len(first), PAIRS_AT_ONCE)
    ]
    return np.concatenate(parts).ravel().astype(np.float32) if parts else np.zeros(0, np.float32)
