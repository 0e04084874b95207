"""TF-IDF of stems and of character n-grams, from one reading of the texts.

Every distinct word is stemmed and cut into n-grams once, not once for each time it is said; the matrices of texts are
products of sparse counts. The n-grams are those of scikit-learn's `char_wb` analyser: within words, blanks at the ends.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

from ideation.text.words import names, stem, words

SHORTEST_NGRAM, LONGEST_NGRAM = 3, 5
LONGEST_WORD = 40
MOSTLY = 0.5

_INNER_MARK = re.compile(r"['\-.+#]")


@dataclass(frozen=True, kw_only=True)
class WordCounts:
    """How often each text (row) says each word (column of `vocabulary`)."""

    counts: sparse.csr_matrix
    vocabulary: list[str]


def count_words(texts: Sequence[str]) -> WordCounts:
    """Counts of shape (n, words), float32; at least one column, so that empty corpora need no special case."""
    column_of: dict[str, int] = {"": 0}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns.extend(column_of.setdefault(word[:LONGEST_WORD], len(column_of)) for word in words(text))
        ends.append(len(columns))
    counts = sparse.csr_matrix(
        (np.ones(len(columns), dtype=np.float32), np.array(columns, dtype=np.int32), np.array(ends)),
        shape=(len(texts), len(column_of)),
    )
    counts.sum_duplicates()
    return WordCounts(counts=counts, vocabulary=list(column_of))


def stem_parts(
    vocabulary: Sequence[str], unwanted: frozenset[str] = frozenset()
) -> tuple[sparse.csr_matrix, list[str]]:
    """The matrix (words, stems) that turns word counts into stem counts, and the stems; unwanted ones left out."""

    def stem_of(word: str) -> list[str]:
        found = stem(word)
        return [found] if found and found not in unwanted else []

    return _parts(vocabulary, stem_of)


def said_parts(vocabulary: Sequence[str], stems: Sequence[str]) -> sparse.csr_matrix:
    """The matrix (words, stems) of the stems a word says: its own, and those of the parts of "set-top" or "a.b"."""
    column_of = {found: column for column, found in enumerate(stems)}
    rows, columns = [], []
    for row, word in enumerate(vocabulary):
        said = {stem(word), *(stem(part) for part in _INNER_MARK.split(word))} if word else set()
        known = [column_of[one] for one in said if one in column_of]
        rows.extend([row] * len(known))
        columns.extend(known)
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), shape=(len(vocabulary), len(stems)))


def names_among(texts: Iterable[str], counts: WordCounts) -> NDArray[np.bool_]:
    """Which words of the vocabulary (shape (words,)) are mostly written as names or numbers in these texts."""
    written = Counter(name[:LONGEST_WORD] for text in texts for name in names(text))
    said = np.asarray(counts.counts.sum(axis=0)).ravel()
    return np.array([written[word] for word in counts.vocabulary]) > MOSTLY * said


def ngram_parts(vocabulary: Sequence[str]) -> tuple[sparse.csr_matrix, list[str]]:
    """The matrix (words, n-grams) of how often each word holds each n-gram, and the n-grams."""
    return _parts(vocabulary, word_ngrams)


def word_ngrams(word: str) -> list[str]:
    """Character n-grams of 3 to 5 of a word with a blank at either end; a shorter word is its own n-gram."""
    if not word:
        return []
    padded = f" {word} "
    return [
        padded[start : start + size]
        for size in range(SHORTEST_NGRAM, LONGEST_NGRAM + 1)
        for start in range(max(len(padded) - size + 1, 1 if size == SHORTEST_NGRAM else 0))
    ]


def tfidf(counts: sparse.csr_matrix, *, fewest_texts: int = 1) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
    """Unit TF-IDF rows with 1 + log(tf) and smoothed idf (Salton and Buckley 1988), and the idf of every column.

    Terms of fewer than `fewest_texts` texts are left out (their columns stay, empty). An empty row stays zero.
    """
    if not counts.shape[0]:
        return counts, np.ones(counts.shape[1], dtype=np.float32)
    held_by = np.bincount(counts.indices, minlength=counts.shape[1])
    if fewest_texts > 1:
        counts = counts @ sparse.diags_array((held_by >= fewest_texts).astype(np.float32))
        counts.eliminate_zeros()
    weights = TfidfTransformer(sublinear_tf=True).fit(counts)
    matrix = weights.transform(counts).astype(np.float32)
    return sparse.csr_matrix(matrix), np.asarray(weights.idf_, dtype=np.float32)


def weighed(counts: sparse.csr_matrix, idf: NDArray[np.float32]) -> sparse.csr_matrix:
    """Unit rows of other counts over the same columns, with a known idf."""
    rows = counts.astype(np.float32)
    rows.data = 1 + np.log(np.maximum(rows.data, 1))
    rows = sparse.csr_matrix(rows @ sparse.diags_array(idf))
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags_array((1 / np.maximum(lengths, 1e-12)).astype(np.float32)) @ rows)


def _parts(vocabulary: Sequence[str], split: Callable[[str], Iterable[str]]) -> tuple[sparse.csr_matrix, list[str]]:
    column_of: dict[str, int] = {"": 0}
    columns: list[int] = []
    ends = [0]
    for word in vocabulary:
        columns.extend(column_of.setdefault(part, len(column_of)) for part in split(word))
        ends.append(len(columns))
    matrix = sparse.csr_matrix(
        (np.ones(len(columns), dtype=np.float32), np.array(columns, dtype=np.int32), np.array(ends)),
        shape=(len(vocabulary), len(column_of)),
    )
    matrix.sum_duplicates()
    return matrix, list(column_of)
