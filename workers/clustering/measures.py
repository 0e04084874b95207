"""How good duplicates and themes are, against what people said: 0 to 1 each (Spearman: -1 to 1)."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score


class RetrievalMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """Mean average precision and the share of relevant texts among the first 5 and 10."""

    mean_average_precision: float
    recall_at_5: float
    recall_at_10: float
    queries: int


class BCubed(msgspec.Struct, frozen=True, kw_only=True):
    """Precision, recall and F1 of groups, averaged over items (Bagga and Baldwin 1998)."""

    precision: float
    recall: float
    f1: float


def retrieval_measures(ranked: Sequence[Sequence[int]], relevant: Sequence[Collection[int]]) -> RetrievalMeasures:
    """Measures over queries: `ranked` holds what was found, best first; `relevant` what should be. All 0 for none."""
    precision = [average_precision(found, wanted) for found, wanted in zip(ranked, relevant, strict=True)]
    return RetrievalMeasures(
        mean_average_precision=_mean(precision),
        recall_at_5=_mean([_recall(found[:5], wanted) for found, wanted in zip(ranked, relevant, strict=True)]),
        recall_at_10=_mean([_recall(found[:10], wanted) for found, wanted in zip(ranked, relevant, strict=True)]),
        queries=len(ranked),
    )


def average_precision(found: Sequence[int], wanted: Collection[int]) -> float:
    """Mean over the wanted items of the precision at their rank; an item not found counts 0."""
    hits, total = 0, 0.0
    for rank, item in enumerate(found, start=1):
        if item in wanted:
            hits += 1
            total += hits / rank
    return total / len(wanted) if wanted else 0.0


def b_cubed(found: Mapping[int, int], true: Mapping[int, int]) -> BCubed:
    """B-cubed of group numbers `found` against `true`, over the items of both (the same keys)."""
    if not true:
        return BCubed(precision=0.0, recall=0.0, f1=0.0)
    mine, theirs, both = (
        _sizes(found.values()),
        _sizes(true.values()),
        _sizes((found[item], true[item]) for item in true),
    )
    precision = _mean([both[found[item], true[item]] / mine[found[item]] for item in true])
    recall = _mean([both[found[item], true[item]] / theirs[true[item]] for item in true])
    return BCubed(precision=precision, recall=recall, f1=2 * precision * recall / (precision + recall))


def theme_agreement(found: NDArray[np.int64], true: Sequence[str]) -> tuple[float, float]:
    """Normalised mutual information (arithmetic) and adjusted Rand index of two partitions of the same items."""
    return float(normalized_mutual_info_score(true, found)), float(adjusted_rand_score(true, found))


def rank_correlation(predicted: Sequence[float], human: Sequence[float]) -> float:
    """Spearman's rank correlation; 0 when it is undefined (fewer than three pairs, or no variation)."""
    if len(human) < 3 or len(set(predicted)) < 2 or len(set(human)) < 2:
        return 0.0
    return float(spearmanr(predicted, human)[0])


def _recall(found: Collection[int], wanted: Collection[int]) -> float:
    return len(set(found) & set(wanted)) / len(wanted) if wanted else 0.0


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _sizes(values: Iterable[Hashable]) -> dict[Hashable, int]:
    sizes: dict[Hashable, int] = {}
    for value in values:
        sizes[value] = sizes.get(value, 0) + 1
    return sizes
