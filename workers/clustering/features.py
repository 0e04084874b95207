"""What is measured of a pair of ideas before deciding whether they say the same: few numbers that people can read."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from workers.clustering.corpus import Corpus
from workers.clustering.neighbours import Floats, Indices

LIKENESS = ("meaning", "standing_out", "words", "words_standing_out", "characters", "title_words")
"""Order of the columns of `pair_features`: what two ideas have in common."""
DIFFERENCE = ("names_apart", "other_name", "words_apart")
"""Order of the columns of `pair_differences`: what each of two ideas says that the other does not."""
FEATURES = (*LIKENESS, *DIFFERENCE, "ahead", "mutual")
"""What a pair's probability is made of: likeness, difference, and how the pair stands among those of its ideas."""
WIDEST_LEAD = 4.0
SMALLEST_WEIGHT = 1e-3
"""Less than this is what rounding leaves of words that both say."""

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


def pair_differences(corpus: Corpus, first: Indices, second: Indices) -> NDArray[np.float64]:
    """What tells pairs (first[i], second[i]) apart; shape (pairs, 3), in the order of DIFFERENCE, 0 for nothing.

    How rare the words of each title are that the whole of the other idea lacks is summed. names_apart, words_apart: the
    root of the smaller sum, of names with numbers and of other words, so that it takes something on both sides: "site
    4" and "site 5", not "site 4" and "all sites". other_name: 1 when either title has a name that the other idea lacks.
    """
    telling = corpus.telling
    names = _lacking(telling.title_names, telling.said, first, second)
    words = _lacking(telling.title_words, telling.said, first, second)
    columns = [np.sqrt(names.min(axis=0)), names.any(axis=0), np.sqrt(words.min(axis=0))]
    return np.column_stack(columns).astype(np.float64)


def _lacking(weights: sparse.csr_matrix, said: sparse.csr_matrix, first: Indices, second: Indices) -> Floats:
    """Weight of what either idea has and the other does not say; shape (2, pairs)."""
    all_of = np.asarray(weights.sum(axis=1)).ravel()
    sides = ((first, second), (second, first))
    lacking = np.array([all_of[one] - _shared(weights, said, one, other) for one, other in sides])
    lacking[lacking < SMALLEST_WEIGHT] = 0.0
    return lacking


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
    return _shared(matrix, matrix, first, second)


def _shared(left: sparse.csr_matrix, right: sparse.csr_matrix, first: Indices, second: Indices) -> Floats:
    """Row-by-row dot products of rows first[i] of one sparse matrix and second[i] of another; shape (pairs,)."""
    products = np.zeros(len(first), dtype=np.float32)
    for start in range(0, len(first), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        products[part] = np.asarray(left[first[part]].multiply(right[second[part]]).sum(axis=1)).ravel()
    return products
