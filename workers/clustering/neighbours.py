"""Nearest neighbours of ideas by meaning and by words, never by comparing all pairs at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

ROWS_AT_ONCE = 512


def nearest_by_meaning(queries: Floats, vectors: Floats, k: int) -> tuple[Indices, Floats]:
    """The k rows of `vectors` (m, d) with the highest cosine to each query (n, d): indices and cosines, both (n, k).

    Ordered from near to far. k is cut to m.
    """
    return _in_blocks(lambda start, stop: queries[start:stop] @ vectors.T, len(queries), len(vectors), k)


def nearest_by_terms(queries: sparse.csr_matrix, matrix: sparse.csr_matrix, k: int) -> tuple[Indices, Floats]:
    """The same for sparse TF-IDF rows."""
    transposed = matrix.T.tocsr()
    return _in_blocks(
        lambda start, stop: (queries[start:stop] @ transposed).toarray(), queries.shape[0], matrix.shape[0], k
    )


def _in_blocks(similarities: Callable[[int, int], Floats], rows: int, columns: int, k: int) -> tuple[Indices, Floats]:
    k = min(k, columns)
    indices = np.zeros((rows, k), dtype=np.int64)
    values = np.zeros((rows, k), dtype=np.float32)
    for start in range(0, rows if k else 0, ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, rows)
        indices[start:stop], values[start:stop] = top_columns(similarities(start, stop), k)
    return indices, values


def top_columns(block: Floats, k: int) -> tuple[Indices, Floats]:
    """Indices and values of the k largest entries of every row, largest first; equal values by lower index."""
    columns = np.argpartition(-block, k - 1, axis=1)[:, :k] if k < block.shape[1] else _all_columns(block)
    values = np.take_along_axis(block, columns, axis=1)
    order = np.lexsort((columns, -values), axis=1)
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1)


def _all_columns(block: Floats) -> Indices:
    return np.broadcast_to(np.arange(block.shape[1]), block.shape).copy()
