"""Dividing ideas into themes, and finding how many there are."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD

from ideation.text.encoder import unit_rows
from workers.clustering.corpus import Corpus, Floats
from workers.clustering.neighbours import nearest_by_meaning

LATENT_DIMENSIONS = 100
MEANING_SHARE = 0.55
"""Weight of the vectors' cosine against that of the latent words; both see what the other misses."""
SMOOTHING_NEIGHBOURS = 10
SMOOTHING_SHARE = 0.3
SEARCH_SAMPLE = 5_000
DIVISION_SAMPLE = 10_000
REFINEMENTS = 2
MOST_THEMES = 250
FEWEST_SOUGHT = 8
NEARLY_BEST = 0.95
MUCH_BETTER = 1.15
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
    # It also reports the share of the variance explained, which texts that are all the same do not have.
    with np.errstate(invalid="ignore", divide="ignore"):
        reduced = TruncatedSVD(dimensions, random_state=seed).fit_transform(matrix)
    return unit_rows(reduced.astype(np.float32))


def smoothed(corpus: Corpus, rows: Floats) -> Floats:
    """Rows drawn a third of the way to the mean of their ten nearest by meaning; unit, same shape.

    Short texts are noisy points; their neighbourhood says better where they belong (mean shift, Fukunaga and Hostetler
    1975, one step). On labelled subsets of one-line texts k-means then agrees better with people.
    """
    indices, cosines = (part[:, :SMOOTHING_NEIGHBOURS] for part in corpus.nearest)
    weights = np.clip(cosines, 0.0, None) ** 2
    pull = sparse.csr_matrix(
        (weights.ravel(), indices.ravel(), np.arange(0, weights.size + 1, max(weights.shape[1], 1))),
        shape=(len(rows), len(rows)),
    )
    around = unit_rows(np.asarray(pull @ rows, dtype=np.float32))
    return unit_rows((1 - SMOOTHING_SHARE) * rows + SMOOTHING_SHARE * around)


def find_count(rows: Floats, drawn: Floats, *, seed: int) -> int:
    """The number of themes: the most whose silhouette reaches 95 % of the best one.

    `rows` are divided after drawing (`drawn`), but judged as they are, by the simplified silhouette (Hruschka 2004)
    with every idea left out of its own centre: otherwise small themes look better merely because each idea is a large
    part of its centre. Tried are the numbers a reader can use (`sought_counts`), on at most 5,000 ideas.
    """
    counts = sought_counts(len(rows))
    sample = _sample(len(rows), SEARCH_SAMPLE, seed)
    rows, drawn = rows[sample], drawn[sample]
    scores = np.array([_left_out_silhouette(rows, _quick_division(drawn, count, seed)) for count in counts])
    lowest = scores.max() - (1 - NEARLY_BEST) * abs(scores.max())
    return counts[int(np.flatnonzero(scores >= lowest)[-1])]


def much_better(rows: Floats, fresh: NDArray[np.int64], standing: NDArray[np.int64], *, seed: int) -> bool:
    """Whether a fresh division is worth that people find other themes than before.

    It is when its silhouette, as in `find_count`, is 15 % better, or when the standing number of themes is none that
    would be tried today.
    """
    counts = sought_counts(len(rows))
    if not counts[0] <= len(np.unique(standing[standing >= 0])) <= counts[-1]:
        return True
    sample = _sample(len(rows), SEARCH_SAMPLE, seed)
    now, then = (_left_out_silhouette(rows[sample], labels[sample]) for labels in (fresh, standing))
    return now > MUCH_BETTER * then


def sought_counts(ideas: int) -> list[int]:
    """Numbers of themes worth trying, each about a fifth larger than the last; under six ideas only 1.

    From ideas^0.4, at most 8, to the square root of the ideas; in a large challenge from a theme for every thousand
    ideas to one for every hundred, at most 250.
    """
    if ideas < 2 * FEWEST_IN_THEME:
        return [1]
    largest = max(2, min(MOST_THEMES, max(round(ideas**0.5), ideas // 100)))
    fewest = min(max(min(FEWEST_SOUGHT, round(ideas**0.4)), ideas // 1_000), largest)
    steps = 1 + round(np.log(largest / fewest) / np.log(6 / 5))
    return sorted({round(count) for count in np.geomspace(fewest, largest, steps)})


def divide(rows: Floats, count: int, *, seed: int) -> NDArray[np.int64]:
    """k-means labels (n,) of unit rows, the best of three starts. count is cut to the number of distinct rows.

    Beyond 10,000 rows the centres come from a sample and are refined twice on all rows.
    """
    count = max(1, min(count, len(np.unique(rows.round(6), axis=0)) if len(rows) < 20 * count else count))
    sample = _sample(len(rows), DIVISION_SAMPLE, seed)
    model = KMeans(count, n_init=3, max_iter=100, random_state=seed).fit(rows[sample])
    if len(sample) == len(rows):
        return np.asarray(model.labels_, dtype=np.int64)
    return _refined(rows, unit_rows(model.cluster_centers_.astype(np.float32)))


def centres_of(rows: Floats, labels: NDArray[np.int64], count: int) -> Floats:
    """Unit mean of the rows of each label 0 .. count-1; shape (count, d). Rows with another label are left out."""
    kept = labels >= 0
    member = sparse.csr_matrix(
        (np.ones(int(kept.sum()), np.float32), (labels[kept], np.flatnonzero(kept))), shape=(count, len(rows))
    )
    return unit_rows(np.asarray(member @ rows, dtype=np.float32))


def _refined(rows: Floats, centres: Floats) -> NDArray[np.int64]:
    labels = nearest_by_meaning(rows, centres, 1)[0][:, 0]
    for _ in range(REFINEMENTS):
        labels = nearest_by_meaning(rows, centres_of(rows, labels, len(centres)), 1)[0][:, 0]
    return labels


def _sample(count: int, most: int, seed: int) -> NDArray[np.int64]:
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def _quick_division(rows: Floats, count: int, seed: int) -> NDArray[np.int64]:
    count = min(count, len(np.unique(rows.round(6), axis=0))) if len(rows) < 20 * count else count
    return np.asarray(KMeans(count, n_init=1, max_iter=30, random_state=seed).fit_predict(rows), dtype=np.int64)


def _left_out_silhouette(rows: Floats, labels: NDArray[np.int64]) -> float:
    """The mean over all rows; those outside every theme (label under 0) count 0."""
    inside = rows[labels >= 0]
    labels = np.unique(labels[labels >= 0], return_inverse=True)[1]
    if not len(labels) or labels.max() < 1:
        return 0.0
    member = sparse.csr_matrix((np.ones(len(inside), np.float32), (labels, np.arange(len(inside)))))
    sums = np.asarray(member @ inside, dtype=np.float32)
    own = 1 - np.einsum("ij,ij->i", unit_rows(sums[labels] - inside), inside)
    distances = 1 - inside @ unit_rows(sums).T
    distances[np.arange(len(inside)), labels] = np.inf
    other = distances.min(axis=1)
    return float(np.sum((other - own) / np.maximum(np.maximum(other, own), 1e-9)) / len(rows))
