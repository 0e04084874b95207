"""Ideas the panel always sees, whatever their mean: contested ones, and new ones that score low."""

import msgspec
import numpy as np
import numpy.typing as npt

from scoring.checks import Floats, Ints, flags, floats, ranking
from scoring.errors import ScoringError

FORMULA_VERSION = "protection/2"
NEIGHBOURS = 5
BLOCK = 512
NOVEL_SHARE = 0.1


class Protected(msgspec.Struct, frozen=True, kw_only=True):
    """`contested`: reviewers disagree; `novel`: among the most novel tenth yet below the middle score. Idea indices."""

    contested: Ints
    novel: Ints


def novelty(vectors: npt.ArrayLike, neighbours: int = NEIGHBOURS) -> Floats:
    """1 − mean cosine similarity to the five nearest other ideas (local novelty; after Siangliulue et al., UIST 2016).

    `vectors`: (ideas × d). In [0, 2], usually [0, 1]. A sorting aid only: it never takes points away. Word similarity
    is a weak proxy for what people find similar (Spearman .25–.34 with character n-grams). One idea, or one without
    words, counts as fully novel: 1.

    >>> novelty([[1, 0], [1, 0], [0, 1]], neighbours=1).tolist()
    [0.0, 0.0, 1.0]
    """
    matrix = np.asarray(vectors, dtype=np.float64)
    if matrix.ndim != 2 or not np.isfinite(matrix).all():
        raise ScoringError("vectors must be a finite table with one row an idea")
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit = matrix / np.where(length > 0, length, 1.0)
    near = min(neighbours, matrix.shape[0] - 1)
    if near < 1:
        return np.ones(matrix.shape[0])
    return np.concatenate([_block(unit, start, near) for start in range(0, matrix.shape[0], BLOCK)])


def protected(
    score: npt.ArrayLike,
    novelty_score: npt.ArrayLike,
    contested: npt.ArrayLike,
    shortlisted: npt.ArrayLike,
    limit: int = 10,
) -> Protected:
    """The list beside the ranking: reviewers mark down novel ideas (Boudreau et al., Management Science 2016).

    (ideas,) each. At most `limit` of either kind, contested ones by score, novel ones by novelty; ideas on the
    shortlist already are left out, and an idea appears once, as contested first. Ties by index; where the most novel
    tenth is no more novel than the middle, no idea is novel.

    >>> protected([5, 4, 1, 1], [0.1, 0.1, 0.9, 0.2], [0, 1, 0, 0], [1, 0, 0, 0])
    Protected(contested=array([1]), novel=array([2]))
    """
    value = floats(score, "score")
    new = floats(novelty_score, "novelty_score", value.size)
    out = ~flags(shortlisted, "shortlisted", value.size)
    split = flags(contested, "contested", value.size) & out
    if not value.size:
        return Protected(contested=np.zeros(0, dtype=np.int64), novel=np.zeros(0, dtype=np.int64))
    unusual = (new >= np.quantile(new, 1 - NOVEL_SHARE)) & (new > np.median(new))
    fresh = unusual & (value < np.median(value)) & out & ~split
    by_score, by_novelty = ranking(value), ranking(new)
    return Protected(contested=by_score[split[by_score]][:limit], novel=by_novelty[fresh[by_novelty]][:limit])


def _block(unit: Floats, start: int, near: int) -> Floats:
    similar = unit[start : start + BLOCK] @ unit.T
    rows = np.arange(similar.shape[0])
    similar[rows, start + rows] = -np.inf
    nearest = np.partition(similar, -near, axis=1)[:, -near:]
    return np.asarray(1 - nearest.mean(axis=1))
