"""The ideas of one analysis as comparable numbers: centred vectors, TF-IDF of words and of characters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ideation.text.encoder import unit_rows
from ideation.text.normalise import split_idea
from ideation.text.words import STOP_WORDS, stem
from workers.clustering.boilerplate import without_boilerplate
from workers.clustering.neighbours import Indices, nearest_by_terms, neighbours_within
from workers.clustering.terms import (
    WordCounts,
    count_words,
    names_among,
    ngram_parts,
    said_parts,
    stem_parts,
    tfidf,
    weighed,
)

Floats = NDArray[np.float32]

STATIC_ENCODER = "static-minilm-256/3"
TITLE_REPEATS = 3
"""How often a title counts in the lexical vectors: titles name the idea, bodies wander (as BM25F, Robertson 2004)."""
LONGEST_CHARACTERS = 2_000
FEWEST_FOR_MEAN = 50
NEIGHBOURS = 15
USUAL_NEIGHBOURS = 10


@dataclass(frozen=True, kw_only=True)
class VectorSpace:
    """What turns raw vectors into those that are compared: the corpus' mean, what all its ideas share, is removed.

    Removing leading directions too (Mu and Viswanath 2018) was tried: it helps plain token vectors, not these.
    """

    mean: Floats

    def transform(self, vectors: Floats) -> Floats:
        """Unit rows of shape (n, d); a zero row stays zero."""
        empty = ~np.any(vectors, axis=1)
        centred = vectors - self.mean
        centred[empty] = 0.0
        return unit_rows(centred)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What tells ideas apart: in row i how rare each word of idea i's title is, from 0 to 1, names on their own.

    Rarity 1 is a word of this idea alone. Names are words mostly written with a digit, or with a capital inside.
    `said` has a 1 for each word of the whole idea.
    """

    title_names: sparse.csr_matrix
    title_words: sparse.csr_matrix
    said: sparse.csr_matrix


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Ideas as numbers; row i of everything belongs to text i. The sparse matrices have unit (or empty) rows."""

    texts: Sequence[str]
    encoder: str
    space: VectorSpace
    meaning: Floats
    words: sparse.csr_matrix
    characters: sparse.csr_matrix
    titles: sparse.csr_matrix
    telling: Telling
    document_share: Mapping[str, float]

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def nearest(self) -> tuple[Indices, Floats]:
        """The nearest others of each idea by meaning: indices and cosines, both (n, up to 15), near to far."""
        return _others(*neighbours_within(self.meaning, min(NEIGHBOURS + 1, len(self))))

    @cached_property
    def nearest_by_words(self) -> tuple[Indices, Floats]:
        """The others that share most telling words with each idea: indices (-1: none) and cosines, both (n, 15)."""
        indices, cosines = nearest_by_terms(self.words, self.words, NEIGHBOURS + 1)
        return _others(indices, cosines)

    @cached_property
    def usual_similarity(self) -> Floats:
        """Mean cosine of each idea to its ten nearest others; shape (n,): how crowded its subject is."""
        return _usual(self.nearest[1])

    @cached_property
    def usual_overlap(self) -> Floats:
        """The same by telling words."""
        return _usual(self.nearest_by_words[1])


def build_corpus(
    texts: Sequence[str], vectors: Floats, *, encoder: str = STATIC_ENCODER, stop_words: Iterable[str] = ()
) -> Corpus:
    """The corpus of texts (made by `ideation.text.normalise.idea_text`) and their vectors, shape (n, d).

    `encoder` names what made the vectors; it decides which shipped pair model fits them.
    Repeated lines of the challenge's form are left out of the lexical parts. Any n is allowed, 0 too.
    """
    cleaned = [split_idea(text) for text in without_boilerplate(texts)]
    read = [title for title, _ in cleaned] + [body[:LONGEST_CHARACTERS] for _, body in cleaned]
    said = count_words(read)
    in_titles, in_bodies = said.counts[: len(texts)], said.counts[len(texts) :]
    counts = sparse.csr_matrix(in_titles * TITLE_REPEATS + in_bodies)
    stem_of, stems = stem_parts(said.vocabulary, frozenset(stem(word.lower()) for word in stop_words))
    stem_counts = sparse.csr_matrix(counts @ stem_of)
    word_rows, idf = tfidf(stem_counts)
    ngram_of, _ = ngram_parts(said.vocabulary)
    space = fit_space(vectors)
    return Corpus(
        texts=texts,
        encoder=encoder,
        space=space,
        meaning=space.transform(vectors),
        words=word_rows,
        characters=tfidf(sparse.csr_matrix(counts @ ngram_of), fewest_texts=2 if len(texts) > 100 else 1)[0],
        titles=weighed(sparse.csr_matrix(in_titles @ stem_of), idf),
        telling=_telling(said, names_among(read, said), stem_of, stems, idf),
        document_share=_document_share(stem_counts, stems),
    )


def fit_space(vectors: Floats) -> VectorSpace:
    """The mean of vectors of shape (n, d). Under 50 rows nothing is removed: too few to tell what is common."""
    filled = vectors[np.any(vectors, axis=1)]
    if len(filled) < FEWEST_FOR_MEAN:
        return VectorSpace(mean=np.zeros(vectors.shape[1], dtype=np.float32))
    return VectorSpace(mean=filled.mean(axis=0, dtype=np.float64).astype(np.float32))


def _telling(
    counts: WordCounts,
    is_name: NDArray[np.bool_],
    stem_of: sparse.csr_matrix,
    stems: Sequence[str],
    idf: NDArray[np.float32],
) -> Telling:
    """From the counts of all titles and, below them, of as many bodies."""
    ideas = counts.counts.shape[0] // 2
    is_word = np.array([word not in STOP_WORDS for word in counts.vocabulary]) & ~is_name
    idf_of_one_idea = np.float32(np.log((1 + ideas) / 2) + 1)
    rarity = sparse.diags_array(idf / idf_of_one_idea)
    in_titles, in_bodies = counts.counts[:ideas], counts.counts[ideas:]

    def weights(kept: NDArray[np.bool_]) -> sparse.csr_matrix:
        kept_words = in_titles @ sparse.diags_array(kept.astype(np.float32))
        return sparse.csr_matrix(_ones(kept_words @ stem_of) @ rarity)

    return Telling(
        title_names=weights(is_name),
        title_words=weights(is_word),
        said=_ones((in_titles + in_bodies) @ said_parts(counts.vocabulary, stems)),
    )


def _ones(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix(counts)
    matrix.eliminate_zeros()
    matrix.data = np.ones_like(matrix.data)
    return matrix


def _others(indices: Indices, cosines: Floats) -> tuple[Indices, Floats]:
    """Neighbours without the row itself; where it is not among them, without the farthest."""
    itself = indices == np.arange(len(indices))[:, None]
    itself[:, -1:] |= ~itself.any(axis=1, keepdims=True)
    kept = np.argsort(itself, axis=1, kind="stable")[:, : max(indices.shape[1] - 1, 0)]
    return np.take_along_axis(indices, kept, axis=1), np.take_along_axis(cosines, kept, axis=1)


def _usual(cosines: Floats) -> Floats:
    near = cosines[:, :USUAL_NEIGHBOURS]
    return near.mean(axis=1) if near.shape[1] else np.zeros(len(cosines), dtype=np.float32)


def _document_share(counts: sparse.csr_matrix, stems: Sequence[str]) -> dict[str, float]:
    shares = np.bincount(counts.indices, minlength=len(stems)) / max(counts.shape[0], 1)
    return {term: float(share) for term, share in zip(stems, shares, strict=True) if term}
