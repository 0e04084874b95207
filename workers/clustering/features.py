"""What is measured of a pair of ideas before deciding whether they say the same: few numbers that people can read."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workers.clustering.corpus import Corpus
from workers.clustering.neighbours import Floats, Indices

LIKENESS = ("meaning", "standing_out", "words", "words_standing_out", "characters", "title_words")
"""Order of the columns of `pair_features`: what two ideas have in common."""
FEATURES = (*LIKENESS, "ahead", "mutual")
"""What a pair's probability is made of: the likeness, and how the pair stands among the candidates of its ideas."""
WIDEST_LEAD = 4.0

PAIRS_AT_ONCE = 20_000


def pair_features(corpus: Corpus, first: Indices, second: Indices) -> NDArray[np.float64]:
    """Features of pairs (first[i], second[i]); shape (pairs, 6), in the order of LIKENESS.

    meaning: cosine of the vectors. standing_out: that cosine minus the usual similarity of the two ideas to
    their ten nearest neighbours (CSLS, Conneau et al. 2018), so that ideas on a crowded subject need more.
    words, characters, title_words: cosines of TF-IDF rows. words_standing_out: as standing_out, by words.
    """
    meaning = dense_cosines(corpus.meaning, first, second)
    overlap = sparse_cosines(corpus.words, first, second)
    return np.column_stack(
        [
            meaning,
            meaning - (corpus.usual_similarity[first] + corpus.usual_similarity[second]) / 2,
            overlap,
            overlap - (corpus.usual_overlap[first] + corpus.usual_overlap[second]) / 2,
            sparse_cosines(corpus.characters, first, second),
            sparse_cosines(corpus.titles, first, second),
        ]
    ).astype(np.float64)


def pair_standing(first: Indices, second: Indices, likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """How each pair stands among all pairs given; shape (pairs, 2): ahead and mutual, the last columns of FEATURES.

    likeness: one number for each pair, larger is more alike. ahead: how much that is above (below: negative) the best
    other pair of each of its two ideas, summed, within -4 and 4: in a series of look-alikes nobody is ahead.
    mutual: 1 when the pair is the best of both ideas.
    """
    lead = _leads(np.concatenate([first, second]), np.tile(likeness, 2)).reshape(2, -1)
    ahead = np.clip(lead.sum(axis=0), -WIDEST_LEAD, WIDEST_LEAD)
    return np.column_stack([ahead, (lead > 0).all(axis=0)]).astype(np.float64)


def _leads(ideas: Indices, likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each entry's likeness is above the best other entry of the same idea; the widest lead for a lone one."""
    order = np.lexsort((-likeness, ideas))
    sorted_ideas, sorted_likeness = ideas[order], likeness[order]
    starts = np.searchsorted(sorted_ideas, sorted_ideas, side="left")
    ends = np.searchsorted(sorted_ideas, sorted_ideas, side="right")
    is_best = np.arange(len(order)) == starts
    rival = np.where(is_best, np.minimum(starts + 1, len(order) - 1), starts)
    leads = np.where(ends - starts > 1, sorted_likeness - sorted_likeness[rival], WIDEST_LEAD)
    result = np.empty(len(order))
    result[order] = leads
    return result


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
