"""The ideas of one analysis as comparable numbers: centred vectors, TF-IDF of words and of characters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from ideation.text.encoder import unit_rows
from ideation.text.normalise import split_idea
from ideation.text.words import stem, words
from workers.clustering.boilerplate import without_boilerplate

Floats = NDArray[np.float32]

TITLE_REPEATS = 3
"""How often a title counts in the lexical vectors: titles name the idea, bodies wander (BM25F's idea, Robertson 2004)."""
LONGEST_CHARACTERS = 2_000
COMMON_DIRECTIONS = 3
"""Leading directions of a corpus' vectors that say what all ideas share; removed (Mu and Viswanath 2018)."""
FEWEST_FOR_DIRECTIONS = 50


@dataclass(frozen=True, kw_only=True)
class VectorSpace:
    """What turns raw vectors into those that are compared: the corpus' mean and common directions, both removed."""

    mean: Floats
    directions: Floats

    def transform(self, vectors: Floats) -> Floats:
        """Unit rows of shape (n, d); a zero row stays zero."""
        empty = ~np.any(vectors, axis=1)
        centred = vectors - self.mean
        centred -= (centred @ self.directions.T) @ self.directions
        centred[empty] = 0.0
        return unit_rows(centred)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Ideas as numbers; row i of everything belongs to text i. The sparse matrices have unit (or empty) rows."""

    texts: Sequence[str]
    space: VectorSpace
    meaning: Floats
    words: sparse.csr_matrix
    characters: sparse.csr_matrix
    titles: sparse.csr_matrix
    document_share: Mapping[str, float]

    def __len__(self) -> int:
        return len(self.texts)


def build_corpus(texts: Sequence[str], vectors: Floats, *, stop_words: Iterable[str] = ()) -> Corpus:
    """The corpus of texts (made by `ideation.text.normalise.idea_text`) and their vectors, shape (n, d).

    Repeated lines of the challenge's form are left out of the lexical parts. Any n is allowed, 0 too.
    """
    cleaned = without_boilerplate(texts)
    unwanted = frozenset(stem(word.lower()) for word in stop_words)
    weighted = [_weighted(text) for text in cleaned]
    space = fit_space(vectors)
    word_matrix, vectoriser = _word_matrix(weighted, unwanted)
    titles = [split_idea(text)[0] for text in cleaned]
    return Corpus(
        texts=texts,
        space=space,
        meaning=space.transform(vectors),
        words=word_matrix,
        characters=_character_matrix(weighted),
        titles=_transform(vectoriser, titles, word_matrix.shape[1]),
        document_share=_document_share(vectoriser, word_matrix),
    )


def fit_space(vectors: Floats) -> VectorSpace:
    """Mean and common directions of vectors of shape (n, d). Under 50 rows nothing is removed: too few to tell."""
    dimensions = vectors.shape[1]
    filled = vectors[np.any(vectors, axis=1)]
    if len(filled) < FEWEST_FOR_DIRECTIONS:
        return VectorSpace(mean=np.zeros(dimensions, np.float32), directions=np.zeros((0, dimensions), np.float32))
    mean = filled.mean(axis=0)
    centred = filled - mean
    _, vectors_of_scatter = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    directions = vectors_of_scatter[:, ::-1][:, :COMMON_DIRECTIONS].T
    return VectorSpace(mean=mean, directions=np.ascontiguousarray(directions, dtype=np.float32))


def analyse_words(text: str) -> list[str]:
    """Stems of all words; function words stay, since TF-IDF already discounts what most texts hold."""
    return [stem(word) for word in words(text)]


def _weighted(text: str) -> str:
    title, body = split_idea(text)
    return f"{title}\n" * TITLE_REPEATS + body[:LONGEST_CHARACTERS]


def _word_matrix(texts: Sequence[str], unwanted: frozenset[str]) -> tuple[sparse.csr_matrix, TfidfVectorizer | None]:
    def analyse(text: str) -> list[str]:
        return [term for term in analyse_words(text) if term not in unwanted]

    return _fit(TfidfVectorizer(analyzer=analyse, sublinear_tf=True, dtype=np.float32), texts)


def _character_matrix(texts: Sequence[str]) -> sparse.csr_matrix:
    lowest = 2 if len(texts) > 100 else 1
    vectoriser = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=lowest, max_features=200_000, dtype=np.float32
    )
    return _fit(vectoriser, texts)[0]


def _fit(vectoriser: TfidfVectorizer, texts: Sequence[str]) -> tuple[sparse.csr_matrix, TfidfVectorizer | None]:
    try:
        return vectoriser.fit_transform(texts).tocsr(), vectoriser
    except ValueError:  # scikit-learn refuses a corpus without a single term
        return sparse.csr_matrix((len(texts), 1), dtype=np.float32), None


def _transform(vectoriser: TfidfVectorizer | None, texts: Sequence[str], columns: int) -> sparse.csr_matrix:
    if vectoriser is None:
        return sparse.csr_matrix((len(texts), columns), dtype=np.float32)
    return vectoriser.transform(texts).tocsr()


def _document_share(vectoriser: TfidfVectorizer | None, matrix: sparse.csr_matrix) -> dict[str, float]:
    if vectoriser is None:
        return {}
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1]) / max(matrix.shape[0], 1)
    return {str(term): float(counts[column]) for term, column in vectoriser.vocabulary_.items()}
