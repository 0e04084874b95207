"""Expertise: how well what a person wrote matches what an idea is about."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

# Below this many texts, words that occur once still tell people apart.
FEW_TEXTS = 50


def affinity(written: Sequence[Sequence[str]], ideas: Sequence[str]) -> NDArray[np.float64]:
    """(people × ideas) mean cosine similarity of a person's texts with each idea, 0 or more.

    Word 1–2-gram TF-IDF with logarithmic counts, as measured best without neural networks on the reviewer
    gold standard of Stelmakh et al. (2023). `written`: each person's own texts. People and ideas without a usable word
    get zeros: they match nobody in particular.

    >>> affinity([["solar panels on the roof"], ["canteen food"], []], ["Solar roof", "Better food"]).round(2).tolist()
    [[0.4, 0.0], [0.0, 0.24], [0.0, 0.0]]
    """
    own = [text for texts in written for text in texts]
    table = _vectorise([*own, *ideas])
    if table is None:
        return np.zeros((len(written), len(ideas)))
    people = _averaging(written) @ table[: len(own)]
    similar: NDArray[np.float64] = (people @ table[len(own) :].T).toarray()
    return similar.clip(min=0.0)


def _vectorise(texts: Sequence[str]) -> sparse.csr_matrix | None:
    vectorizer = TfidfVectorizer(
        stop_words="english", sublinear_tf=True, ngram_range=(1, 2), min_df=2 if len(texts) > FEW_TEXTS else 1
    )
    try:
        return sparse.csr_matrix(vectorizer.fit_transform(texts))
    except ValueError:
        # scikit-learn refuses texts without a single usable word.
        return None


def _averaging(written: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """(people × texts): each person's row takes the mean of that person's texts."""
    person = np.repeat(np.arange(len(written)), [len(texts) for texts in written])
    share = np.array([1.0 / len(texts) for texts in written for _ in texts])
    return sparse.csr_matrix((share, (person, np.arange(person.size))), shape=(len(written), person.size))
