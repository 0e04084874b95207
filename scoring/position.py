"""Position bias: how fast attention falls along the feed, from cards dealt in random order."""

import numpy as np
import numpy.typing as npt

from scoring.beta_binomial import DEFAULT_POSITION_DECAY
from scoring.checks import Floats, flags, non_negative

FORMULA_VERSION = "position-decay/1"
MIN_BUCKETS = 2
MAX_DECAY = 3.0


def estimate_decay(position: npt.ArrayLike, answer: npt.ArrayLike, default: float = DEFAULT_POSITION_DECAY) -> float:
    """Estimate η of e(r) = r^−η: weighted regression of log yes rate on log rank in buckets 1, 2, 3–4, 5–8, …

    Position-based model (Joachims, Swaminathan, Schnabel, WSDM 2017). One entry a served card; `answer` is True for
    Yes. Only valid for cards in random order, where quality and position are unrelated. Weight of a bucket: its yes
    count. Returns η ≥ 0 (at most 3); `default` when fewer than two buckets hold a yes.

    >>> estimate_decay([1] * 100 + [2] * 100, [True] * 80 + [False] * 20 + [True] * 40 + [False] * 60)
    1.0
    >>> estimate_decay([], [])
    0.35
    """
    rank = non_negative(position, "position")
    yes = flags(answer, "answer", rank.size)
    bucket = np.ceil(np.log2(np.maximum(rank, 1.0))).astype(np.int64)
    shown = np.bincount(bucket)
    positive = np.bincount(bucket, weights=yes).astype(np.float64)
    log_rank = np.bincount(bucket, weights=np.log(np.maximum(rank, 1.0))) / np.maximum(shown, 1)
    used = positive > 0
    if used.sum() < MIN_BUCKETS:
        return default
    return _decay(log_rank[used], np.log(positive[used] / shown[used]), positive[used])


def _decay(log_rank: Floats, log_rate: Floats, weight: Floats) -> float:
    centred = log_rank - np.average(log_rank, weights=weight)
    slope = (weight * centred * log_rate).sum() / (weight * centred**2).sum()
    return round(float(np.clip(-slope, 0.0, MAX_DECAY)), 12)
