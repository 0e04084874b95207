"""Array types and input checks that every scoring function shares."""

import numpy as np
import numpy.typing as npt

from scoring.errors import ScoringError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def floats(values: npt.ArrayLike, name: str, size: int | None = None) -> Floats:
    """Return `values` as a finite one-dimensional float array, or raise ScoringError.

    >>> floats([1, 2], "score")
    array([1., 2.])
    >>> floats([1, float("nan")], "score")
    Traceback (most recent call last):
    scoring.errors.ScoringError: score must be finite numbers
    """
    array = np.asarray(values, dtype=np.float64)
    _check_size(array, name, size)
    if not np.isfinite(array).all():
        raise ScoringError(f"{name} must be finite numbers")
    return array


def non_negative(values: npt.ArrayLike, name: str, size: int | None = None) -> Floats:
    """Return `values` as finite floats that are zero or more, or raise ScoringError.

    >>> non_negative([0, 2], "views")
    array([0., 2.])
    """
    array = floats(values, name, size)
    if (array < 0).any():
        raise ScoringError(f"{name} must not be negative")
    return array


def labels(values: npt.ArrayLike, name: str, count: int, size: int | None = None) -> Ints:
    """Return `values` as int64 labels in 0..count-1, or raise ScoringError.

    >>> labels([0, 2], "idea_index", 3)
    array([0, 2])
    """
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iub":
        raise ScoringError(f"{name} must be whole numbers")
    _check_size(array, name, size)
    if array.size and (array.min() < 0 or array.max() >= count):
        raise ScoringError(f"{name} must lie between 0 and {count - 1}")
    return array.astype(np.int64)


def flags(values: npt.ArrayLike, name: str, size: int | None = None) -> Bools:
    """Return `values` as booleans (0 and 1 are accepted), or raise ScoringError.

    >>> flags([0, 1], "answer")
    array([False,  True])
    """
    array = np.asarray(values)
    _check_size(array, name, size)
    if array.size and array.dtype != np.bool_ and not np.isin(array, (0, 1)).all():
        raise ScoringError(f"{name} must be yes or no (1 or 0)")
    return array.astype(np.bool_)


def _check_size(array: npt.NDArray[np.generic], name: str, size: int | None) -> None:
    if array.ndim != 1:
        raise ScoringError(f"{name} must have one dimension")
    if size is not None and array.size != size:
        raise ScoringError(f"{name} has {array.size} entries where {size} are needed")


def ranking(score: Floats) -> Ints:
    """Return the order best first; equal scores keep their index order, so ties break the same way twice.

    >>> ranking(np.array([1.0, 3.0, 3.0]))
    array([1, 2, 0])
    """
    return np.argsort(-score, kind="stable").astype(np.int64)
