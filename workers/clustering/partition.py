"""Dividing ideas into themes, and finding how many there are."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

from ideation.text.encoder import unit_rows
from workers.clustering.corpus import Corpus, Floats

LATENT_DIMENSIONS = 100
MEANING_SHARE = 0.7
"""Weight of the vectors' cosine against that of the latent words; both see what the other misses."""
SAMPLE = 5_000
IDEAS_IN_THEME = 20
NEARLY_BEST = 0.96
FEWEST_IN_THEME = 3
MINI_BATCHES_FROM = 25_000


def representation(corpus: Corpus, *, seed: int) -> Floats:
    """Rows to cluster: vectors beside latent semantic dimensions of the words (Deerwester 1990); unit, (n, d + 100)."""
    latent = latent_words(corpus.words, seed=seed)
    return unit_rows(
        np.hstack([np.sqrt(MEANING_SHARE) * corpus.meaning, np.sqrt(1 - MEANING_SHARE) * latent]).astype(np.float32)
    )


def latent_words(matrix: sparse.csr_matrix, *, seed: int) -> Floats:
    """Unit rows of the truncated SVD of TF-IDF; shape (n, at most 100)."""
    dimensions = min(LATENT_DIMENSIONS, min(matrix.shape) - 1)
    if dimensions < 2 or matrix.nnz == 0:
        return np.zeros((matrix.shape[0], 1), dtype=np.float32)
    return unit_rows(TruncatedSVD(dimensions, random_state=seed).fit_transform(matrix).astype(np.float32))


def find_count(rows: Floats, *, seed: int) -> int:
    """The number of themes: the fewest whose simplified silhouette (Hruschka 2004) reaches 96 % of the best.

    Tried are numbers from 2 to one theme for every 20 ideas (every 4 in a small challenge), each about a quarter larger
    than the last, on at most 5,000 ideas. Few ideas (under six) are one theme.
    """
    if len(rows) < 2 * FEWEST_IN_THEME:
        return 1
    sample = _sample(rows, seed)
    counts = _grid(len(sample))
    scores = np.array([_simplified_silhouette(sample, _quick_division(sample, count, seed)) for count in counts])
    return counts[int(np.argmax(scores >= NEARLY_BEST * scores.max()))]


def divide(rows: Floats, count: int, *, seed: int) -> NDArray[np.int64]:
    """k-means labels (n,) of unit rows, the best of three starts. count is cut to the number of distinct rows."""
    count = max(1, min(count, len(np.unique(rows.round(6), axis=0)) if len(rows) < 20 * count else count))
    if len(rows) > MINI_BATCHES_FROM:
        batched = MiniBatchKMeans(count, n_init=3, batch_size=4_096, max_no_improvement=20, random_state=seed)
        return np.asarray(batched.fit_predict(rows), dtype=np.int64)
    return np.asarray(KMeans(count, n_init=3, random_state=seed).fit_predict(rows), dtype=np.int64)


def centres_of(rows: Floats, labels: NDArray[np.int64], count: int) -> Floats:
    """Unit mean of the rows of each label 0 .. count-1; shape (count, d). Rows with another label are left out."""
    kept = labels >= 0
    member = sparse.csr_matrix(
        (np.ones(int(kept.sum()), np.float32), (labels[kept], np.flatnonzero(kept))), shape=(count, len(rows))
    )
    return unit_rows(np.asarray(member @ rows, dtype=np.float32))


def _sample(rows: Floats, seed: int) -> Floats:
    if len(rows) <= SAMPLE:
        return rows
    return rows[np.sort(np.random.default_rng(seed).choice(len(rows), SAMPLE, replace=False))]


def _grid(n: int) -> list[int]:
    largest = max(2, min(n // 4, max(12, n // IDEAS_IN_THEME)))
    steps = 1 + round(np.log(largest / 2) / np.log(1.25))
    return sorted({round(count) for count in np.geomspace(2, largest, max(steps, 1))})


def _quick_division(rows: Floats, count: int, seed: int) -> NDArray[np.int64]:
    count = min(count, len(np.unique(rows.round(6), axis=0))) if len(rows) < 100 else count
    return np.asarray(KMeans(count, n_init=1, max_iter=30, random_state=seed).fit_predict(rows), dtype=np.int64)


def _simplified_silhouette(rows: Floats, labels: NDArray[np.int64]) -> float:
    count = int(labels.max()) + 1
    if count < 2:
        return 0.0
    distances = 1 - rows @ centres_of(rows, labels, count).T
    own = distances[np.arange(len(rows)), labels]
    distances[np.arange(len(rows)), labels] = np.inf
    other = distances.min(axis=1)
    return float(np.mean((other - own) / np.maximum(np.maximum(other, own), 1e-9)))
