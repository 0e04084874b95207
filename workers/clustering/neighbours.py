"""Nearest neighbours of ideas by meaning and by words, in time that grows with the number of ideas, not its square."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import MiniBatchKMeans

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

ROWS_AT_ONCE = 512
EXACT_UP_TO = 6_000
"""Up to so many rows every pair is compared: it takes under a second. Beyond, cells are searched (inverted file)."""
ROWS_IN_CELL = 100
CELLS_PROBED = 32
RARE_TERMS = 12
MOST_HOLDERS = 300


def nearest_by_meaning(queries: Floats, vectors: Floats, k: int) -> tuple[Indices, Floats]:
    """The k rows of `vectors` (m, d) with the highest cosine to each query (n, d): indices and cosines, both (n, k).

    Exact. Ordered from near to far. k is cut to m.
    """
    return _in_blocks(lambda start, stop: queries[start:stop] @ vectors.T, len(queries), len(vectors), k)


def neighbours_within(vectors: Floats, k: int, *, seed: int = 0) -> tuple[Indices, Floats]:
    """The k nearest rows of every row (n, d), itself among them: indices and cosines, both (n, k), near to far.

    Exact up to 6,000 rows. Beyond, rows are divided into cells of about 100 and compared with the rows of the 32
    nearest cells (inverted file, Jégou et al. 2011): time grows linearly. Places that could not be filled hold the
    row itself with cosine 0.
    """
    if len(vectors) <= EXACT_UP_TO:
        return nearest_by_meaning(vectors, vectors, k)
    centres, cell_of = _cells(vectors, seed)
    near_cells, _ = nearest_by_meaning(centres, centres, CELLS_PROBED)
    order = np.argsort(cell_of, kind="stable")
    starts = np.searchsorted(cell_of[order], np.arange(len(centres) + 1))
    indices = np.tile(np.arange(len(vectors))[:, None], (1, k))
    cosines = np.zeros((len(vectors), k), dtype=np.float32)
    for cell in range(len(centres)):
        rows = order[starts[cell] : starts[cell + 1]]
        others = np.concatenate([order[starts[near] : starts[near + 1]] for near in near_cells[cell]])
        if len(rows) and len(others):
            columns, values = top_columns(vectors[rows] @ vectors[others].T, min(k, len(others)))
            indices[rows, : columns.shape[1]] = others[columns]
            cosines[rows, : columns.shape[1]] = values
    return indices, cosines


def nearest_by_terms(queries: sparse.csr_matrix, matrix: sparse.csr_matrix, k: int) -> tuple[Indices, Floats]:
    """The k rows of TF-IDF `matrix` that share most with each query row in its 12 weightiest terms; (n, k) each.

    Terms that over 300 rows hold do not bring candidates: they say little, and leaving them out bounds the work for
    each query. Places that could not be filled hold index -1 and similarity 0.
    """
    holders = np.bincount(matrix.indices, minlength=matrix.shape[1])
    telling = sparse.diags_array((holders <= MOST_HOLDERS).astype(np.float32))
    asked = _heaviest(sparse.csr_matrix(queries @ telling), RARE_TERMS)
    answering = sparse.csr_matrix(sparse.csr_matrix(matrix @ telling).T)
    blocks = [
        _top_of_sparse(sparse.csr_matrix(asked[start : start + 8 * ROWS_AT_ONCE] @ answering), k)
        for start in range(0, max(queries.shape[0], 1), 8 * ROWS_AT_ONCE)
    ]
    return np.vstack([indices for indices, _ in blocks]), np.vstack([values for _, values in blocks])


def top_columns(block: Floats, k: int) -> tuple[Indices, Floats]:
    """Indices and values of the k largest entries of every row, largest first; equal values by lower index."""
    if k < block.shape[1]:
        columns = np.argpartition(-block, k - 1, axis=1)[:, :k]
    else:
        columns = np.tile(np.arange(block.shape[1]), (len(block), 1))
    values = np.take_along_axis(block, columns, axis=1)
    order = np.lexsort((columns, -values), axis=1)
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1)


def _in_blocks(similarities: Callable[[int, int], Floats], rows: int, columns: int, k: int) -> tuple[Indices, Floats]:
    k = min(k, columns)
    indices = np.zeros((rows, k), dtype=np.int64)
    values = np.zeros((rows, k), dtype=np.float32)
    for start in range(0, rows if k else 0, ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, rows)
        indices[start:stop], values[start:stop] = top_columns(similarities(start, stop), k)
    return indices, values


def _cells(vectors: Floats, seed: int) -> tuple[Floats, Indices]:
    count = max(1, len(vectors) // ROWS_IN_CELL)
    sample = np.random.default_rng(seed).choice(len(vectors), min(len(vectors), 20 * count), replace=False)
    model = MiniBatchKMeans(count, init="random", n_init=1, max_iter=5, batch_size=4_096, random_state=seed)
    centres = model.fit(vectors[np.sort(sample)]).cluster_centers_.astype(np.float32)
    cell_of = nearest_by_meaning(vectors, centres, 1)[0][:, 0]
    return centres, cell_of


def _heaviest(matrix: sparse.csr_matrix, count: int) -> sparse.csr_matrix:
    """Each row cut to its `count` largest entries."""
    matrix.eliminate_zeros()
    row_of = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, row_of))
    rank = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], np.diff(matrix.indptr))
    kept = order[rank < count]
    return sparse.csr_matrix((matrix.data[kept], (row_of[kept], matrix.indices[kept])), shape=matrix.shape)


def _top_of_sparse(matrix: sparse.csr_matrix, k: int) -> tuple[Indices, Floats]:
    indices = np.full((matrix.shape[0], k), -1, dtype=np.int64)
    values = np.zeros((matrix.shape[0], k), dtype=np.float32)
    for row in range(matrix.shape[0]):
        held = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns, similarities = matrix.indices[held], matrix.data[held]
        if len(columns) > k:
            largest = np.argpartition(-similarities, k - 1)[:k]
            columns, similarities = columns[largest], similarities[largest]
        order = np.lexsort((columns, -similarities))
        indices[row, : len(order)] = columns[order]
        values[row, : len(order)] = similarities[order]
    return indices, values
