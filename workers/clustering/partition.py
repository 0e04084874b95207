"""Dividing ideas into themes, and finding how many there are."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD

from ideation.text.encoder import unit_rows
from workers.clustering.corpus import Corpus, Floats

LATENT_DIMENSIONS = 100
MEANING_SHARE = 0.6
"""Weight of the vectors' cosine against that of the latent words; both see what the other misses."""
SAMPLE = 6_000
FEWEST_IN_THEME = 3


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
    """The number of themes: the highest simplified silhouette (Hruschka 2004) over a geometric grid."""
    if len(rows) < 2 * FEWEST_IN_THEME:
        return 1
    sample = _sample(rows, seed)
    counts = _grid(len(sample))
    scores = [_simplified_silhouette(sample, divide(sample, count, seed=seed, starts=1)) for count in counts]
    return counts[int(np.argmax(scores))]


def divide(rows: Floats, count: int, *, seed: int, starts: int = 3, centres: Floats | None = None) -> NDArray[np.int64]:
    """k-means labels (n,) of unit rows, from the given centres if any. count is cut to the distinct rows."""
    count = max(1, min(count, len(np.unique(rows.round(6), axis=0))))
    if centres is not None and len(centres) == count:
        model = KMeans(count, init=centres, n_init=1, random_state=seed)
    else:
        model = KMeans(count, n_init=starts, random_state=seed)
    return np.asarray(model.fit_predict(rows), dtype=np.int64)


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
    largest = max(2, min(120, n // FEWEST_IN_THEME))
    return sorted({round(count) for count in np.geomspace(2, largest, 12)})


def _simplified_silhouette(rows: Floats, labels: NDArray[np.int64]) -> float:
    count = int(labels.max()) + 1
    if count < 2:
        return 0.0
    distances = 1 - rows @ centres_of(rows, labels, count).T
    own = distances[np.arange(len(rows)), labels]
    distances[np.arange(len(rows)), labels] = np.inf
    other = distances.min(axis=1)
    return float(np.mean((other - own) / np.maximum(np.maximum(other, own), 1e-9)))
