"""Pairs of ideas that people should look at because they may say the same, each with its evidence."""

from collections.abc import Collection, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from ideation.text.encoder import Encoder
from ideation.text.explain import MatchingPassage, matching_passages, shared_terms
from workers.clustering.corpus import Corpus
from workers.clustering.features import dense_cosines, pair_differences, pair_features, pair_standing, sparse_cosines
from workers.clustering.groups import not_implied
from workers.clustering.neighbours import Indices
from workers.clustering.pair_model import PairModel, contributions, likeness, probabilities, shipped_model, weighed_for

SCORED_FOR_EACH = 8
IDEAS_TO_A_PAIR = 10
FEWEST_PAIRS = 100
"""Without a limit at most one pair for every ten ideas and a hundred more: people have to look at each."""


class ScorePart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a pair's score: the measured value (0 to 1 for most) and what it adds to the log-odds."""

    name: str
    value: float
    contribution: float


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why a pair was proposed, in terms a person can check."""

    shared_terms: list[str]
    passages: list[MatchingPassage]
    parts: list[ScorePart]


class ProposedPair(msgspec.Struct, frozen=True, kw_only=True):
    """A pair of positions in the corpus (first < second), the probability that they are duplicates, and why."""

    first: int
    second: int
    probability: float
    evidence: Evidence
    model_version: str


class ScoredPairs(msgspec.Struct, frozen=True, kw_only=True):
    """All candidate pairs with their features and probabilities; arrays of equal length, best pair first."""

    first: Indices
    second: Indices
    features: NDArray[np.float64]
    probability: NDArray[np.float64]


def propose_pairs(
    corpus: Corpus,
    encoder: Encoder,
    *,
    model: PairModel | None = None,
    threshold: float | None = None,
    excluded: Collection[tuple[int, int]] = (),
    joined: Collection[tuple[int, int]] = (),
    only_with: Sequence[int] | None = None,
    limit: int | None = None,
) -> list[ProposedPair]:
    """Pairs whose probability reaches the threshold, the likeliest first, without those that follow from likelier ones.

    `excluded` pairs (positions, in any order: confirmed or dismissed already) never come back. Pairs follow from
    `joined` ones too (confirmed or proposed already). `only_with` restricts the search to pairs that hold one of these
    positions: the check of a new idea. `threshold` defaults to the model's; of a model with two kinds of weights those
    for the size of the corpus are taken (`weighed_for`). Under two ideas there is no pair. The evidence is worked out
    only for the pairs returned.
    """
    model = weighed_for(model or shipped_model(corpus.encoder), len(corpus))
    lowest = model.threshold if threshold is None else threshold
    scored = score_pairs(corpus, model=model, excluded=excluded, only_with=only_with)
    rows = suggested_rows(scored, lowest, joined)
    most = len(corpus) // IDEAS_TO_A_PAIR + FEWEST_PAIRS if limit is None else limit
    return [_proposal(corpus, encoder, model, scored, row) for row in rows[:most].tolist()]


def suggested_rows(scored: ScoredPairs, threshold: float, joined: Collection[tuple[int, int]] = ()) -> Indices:
    """Rows of the scored pairs that reach the threshold and do not follow from likelier or `joined` ones."""
    count = int(np.searchsorted(-scored.probability, -threshold, side="right"))
    pairs = zip(scored.first[:count].tolist(), scored.second[:count].tolist(), strict=True)
    return np.flatnonzero(np.fromiter(not_implied(pairs, joined), dtype=np.bool_, count=count))


def score_pairs(
    corpus: Corpus,
    *,
    model: PairModel | None = None,
    excluded: Collection[tuple[int, int]] = (),
    only_with: Sequence[int] | None = None,
) -> ScoredPairs:
    """The most promising candidate pairs with their features and probability, best first; ties by position."""
    model = weighed_for(model or shipped_model(corpus.encoder), len(corpus))
    first, second = _candidates(corpus, only_with)
    first, second = _without(first, second, excluded, len(corpus))
    first, second = promising(corpus, first, second)
    features = candidate_features(corpus, first, second)
    if only_with is not None:
        asked = np.isin(first, only_with) | np.isin(second, only_with)
        first, second, features = first[asked], second[asked], features[asked]
    probability = probabilities(model, features)
    order = np.lexsort((second, first, -probability))
    return ScoredPairs(
        first=first[order], second=second[order], features=features[order], probability=probability[order]
    )


def candidate_features(corpus: Corpus, first: Indices, second: Indices) -> NDArray[np.float64]:
    """Features of all candidate pairs together, since each also counts by its rivals; (pairs, 11), as in FEATURES."""
    shared = pair_features(corpus, first, second)
    standing = pair_standing(first, second, likeness(corpus.encoder, shared))
    return np.hstack([shared, pair_differences(corpus, first, second), standing])


def _candidates(corpus: Corpus, only_with: Sequence[int] | None) -> tuple[Indices, Indices]:
    """Candidates of all ideas; or of some, with the candidates of those in turn, which are rivals."""
    if only_with is None:
        return candidate_pairs(corpus, np.arange(len(corpus)))
    asked = np.asarray(only_with, dtype=np.int64)
    return candidate_pairs(corpus, np.union1d(asked, np.concatenate(candidate_pairs(corpus, asked))))


def candidate_pairs(corpus: Corpus, rows: Indices) -> tuple[Indices, Indices]:
    """Pairs of each row with its nearest neighbours by meaning and by words; first < second, each once, sorted."""
    by_meaning, cosines = (part[rows] for part in corpus.nearest)
    by_words, overlaps = (part[rows] for part in corpus.nearest_by_words)
    left = np.concatenate([np.repeat(rows, by_meaning.shape[1]), np.repeat(rows, by_words.shape[1])])
    right = np.concatenate([by_meaning.ravel(), by_words.ravel()])
    related = np.concatenate([cosines.ravel(), overlaps.ravel()]) > 0
    apart = (left != right) & related
    low, high = np.minimum(left, right)[apart], np.maximum(left, right)[apart]
    keys = np.unique(low * len(corpus) + high)
    return keys // max(len(corpus), 1), keys % max(len(corpus), 1)


def promising(corpus: Corpus, first: Indices, second: Indices) -> tuple[Indices, Indices]:
    """The pairs that are among the eight best of either idea by meaning and words: the rest cannot be proposed."""
    rough = dense_cosines(corpus.meaning, first, second) + sparse_cosines(corpus.words, first, second)
    kept = np.zeros(len(first), dtype=np.bool_)
    for side in (first, second):
        order = np.lexsort((-rough, side))
        starts = np.searchsorted(side[order], side[order], side="left")
        kept[order[np.arange(len(order)) - starts < SCORED_FOR_EACH]] = True
    return first[kept], second[kept]


def _without(
    first: Indices, second: Indices, excluded: Collection[tuple[int, int]], count: int
) -> tuple[Indices, Indices]:
    if not excluded:
        return first, second
    unwanted = np.array([min(pair) * count + max(pair) for pair in excluded], dtype=np.int64)
    kept = ~np.isin(first * count + second, unwanted)
    return first[kept], second[kept]


def _proposal(corpus: Corpus, encoder: Encoder, model: PairModel, scored: ScoredPairs, row: int) -> ProposedPair:
    first, second = int(scored.first[row]), int(scored.second[row])
    values = [float(value) for value in scored.features[row]]
    added = contributions(model, values)
    parts = [
        ScorePart(name=name, value=value, contribution=added[name])
        for name, value in zip(model.features, values, strict=True)
    ]
    left, right = corpus.texts[first], corpus.texts[second]
    evidence = Evidence(
        shared_terms=shared_terms(left, right, document_share=corpus.document_share),
        passages=matching_passages(left, right, encoder),
        parts=parts,
    )
    return ProposedPair(
        first=first,
        second=second,
        probability=float(scored.probability[row]),
        evidence=evidence,
        model_version=model.version,
    )
