"""The engine's duplicates and themes measured against labels; called by `ideation evaluate` and by the benchmarks."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from ideation.text.encoder import Encoder, encode_ideas
from workers.clustering.corpus import Corpus, build_corpus
from workers.clustering.duplicates import ScoredPairs, score_pairs, suggested_rows
from workers.clustering.groups import group_pairs
from workers.clustering.measures import b_cubed, rank_correlation, retrieval_measures, theme_agreement
from workers.clustering.pair_model import PairModel, shipped_model
from workers.clustering.partition import divide, find_count, representation, smoothed
from workers.clustering.retrieval import rank_similar


class DuplicateLabels(msgspec.Struct, frozen=True, kw_only=True):
    """Texts, where each is from, the duplicates of each query position, and the groups of duplicates."""

    texts: list[str]
    sources: list[str]
    relevant: Mapping[int, set[int]]
    groups: Sequence[Sequence[int]]


class ThemeLabels(msgspec.Struct, frozen=True, kw_only=True):
    """Texts and the theme people gave each."""

    texts: list[str]
    labels: list[str]


class SimilarityLabels(msgspec.Struct, frozen=True, kw_only=True):
    """Texts, pairs of positions, the challenge of each pair and the similarity people saw in it."""

    texts: list[str]
    challenges: list[str]
    pairs: list[tuple[int, int]]
    similarity: list[float]


def evaluate_duplicates(labels: DuplicateLabels, encoder: Encoder) -> dict[str, Any]:
    """Retrieval, suggested pairs by threshold, and B-cubed of the groups they make (on the labelled texts)."""
    model = shipped_model(encoder.name)
    corpus = build_corpus(labels.texts, encode_ideas(encoder, labels.texts), encoder=encoder.name)
    queries = np.array(sorted(labels.relevant), dtype=np.int64)
    ranked = [found.tolist() for found in rank_similar(corpus, queries)]
    scored = score_pairs(corpus, model=model)
    return {
        "texts": len(labels.texts),
        "retrieval": msgspec.to_builtins(
            retrieval_measures(ranked, [labels.relevant[row] for row in queries.tolist()])
        ),
        "pairs_at_shipped_threshold": _pairs_at(labels, scored, model.threshold),
        "pair_curve": [
            _pairs_at(labels, scored, threshold) for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
        ],
        "groups": _groups(labels, corpus, scored, model),
    }


def evaluate_themes(labels: ThemeLabels, encoder: Encoder, *, seed: int = 0) -> dict[str, Any]:
    """NMI and ARI of the division with the true and with the found number of themes."""
    corpus = build_corpus(labels.texts, encoder.encode(labels.texts), encoder=encoder.name)
    rows = representation(corpus, seed=seed)
    drawn = smoothed(corpus, rows)
    true_count, found_count = len(set(labels.labels)), find_count(rows, drawn, seed=seed)
    with_true = theme_agreement(divide(drawn, true_count, seed=seed), labels.labels)
    with_found = theme_agreement(divide(drawn, found_count, seed=seed), labels.labels)
    return {
        "texts": len(labels.texts),
        "true_number": {"themes": true_count, "nmi": with_true[0], "ari": with_true[1]},
        "found_number": {"themes": found_count, "nmi": with_found[0], "ari": with_found[1]},
    }


def evaluate_similarity(labels: SimilarityLabels, encoder: Encoder) -> dict[str, Any]:
    """Spearman's correlation of the vectors' cosine with people's judgement, for each challenge."""
    vectors = encoder.encode(labels.texts)
    cosines = [float(vectors[one] @ vectors[other]) for one, other in labels.pairs]
    figures = {}
    for challenge in sorted(set(labels.challenges)):
        rows = [at for at, name in enumerate(labels.challenges) if name == challenge]
        figures[challenge] = rank_correlation([cosines[at] for at in rows], [labels.similarity[at] for at in rows])
    return {"texts": len(labels.texts), "pairs": len(labels.pairs), "spearman": figures}


def _pairs_at(labels: DuplicateLabels, scored: ScoredPairs, threshold: float) -> dict[str, Any]:
    """Precision counts only suggestions within one source that touch a labelled text: other pairs nobody judged."""
    rows = suggested_rows(scored, threshold)
    suggested = list(zip(scored.first[rows].tolist(), scored.second[rows].tolist(), strict=True))
    across = sum(labels.sources[one] != labels.sources[other] for one, other in suggested)
    right = sum(other in labels.relevant.get(one, ()) for one, other in suggested)
    labelled_sources = {labels.sources[row] for row in labels.relevant}
    judged = sum(
        labels.sources[one] == labels.sources[other] and labels.sources[one] in labelled_sources
        for one, other in suggested
    )
    return {
        "threshold": threshold,
        "suggested": len(suggested),
        "precision": right / judged if judged else 0.0,
        "recall": right / max(sum(len(found) for found in labels.relevant.values()) / 2, 1),
        "across_sources": across / max(len(suggested), 1),
    }


def _groups(labels: DuplicateLabels, corpus: Corpus, scored: ScoredPairs, model: PairModel) -> dict[str, Any]:
    labelled = {member: number for number, group in enumerate(labels.groups) for member in group}
    count = int(np.searchsorted(-scored.probability, -model.threshold, side="right"))
    pairs = zip(
        scored.first[:count].tolist(), scored.second[:count].tolist(), scored.probability[:count].tolist(), strict=True
    )
    groups = group_pairs(list(pairs))
    found = {member: len(corpus) + number for number, group in enumerate(groups) for member in group}
    measured = b_cubed({member: found.get(member, member) for member in labelled}, labelled)
    return {"found": len(groups), "b_cubed": msgspec.to_builtins(measured)}
