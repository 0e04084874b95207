"""Fits workers/clustering/data/pair_model.json on folders with duplicate links (corpus*.jsonl.gz, queries*.jsonl.gz).

    python benchmarks/fit_pair_models.py FOLDER FOLDER... --among FOLDER... --write

Each set is used alone and once more together with the others among the texts of the --among folders, so that the
figures hold for challenges of several sizes. The threshold is chosen on pairs that a model of the other sets judged.

1. Ranking: weights under which the duplicates of a query come first among its candidates (conditional logit,
   McFadden 1974).
2. Pairs: logistic regression over all candidate pairs. No weight is negative: more
   likeness never speaks against a pair.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from ideation.text.encoder import Encoder, encode_ideas, load_encoder
from ideation.text.transformer import load_transformer
from workers.clustering.corpus import build_corpus
from workers.clustering.duplicates import candidate_pairs, promising
from workers.clustering.evaluation import DuplicateLabels
from workers.clustering.features import FEATURES, LIKENESS, pair_features, pair_standing
from workers.clustering.pair_model import PairModel, ShippedModels, choose_threshold, precision_recall_curve
from workers.labelled import duplicate_sets, other_texts, read_duplicates

Floats = NDArray[np.float64]

ENCODERS: dict[str, Callable[[], Encoder]] = {"static": load_encoder, "transformer": load_transformer}
MODELS = Path(__file__).parent.parent / "workers/clustering/data/pair_model.json"
PENALTY = 1e-3
MOST_AMONG = 6_000


class Candidates(NamedTuple):
    """Candidate pairs of one corpus: positions, features in the order of LIKENESS, what people linked."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    shared: Floats
    linked: NDArray[np.bool_]
    judged: NDArray[np.bool_]


def main() -> None:
    """Prints the models and their held-out figures; writes them with --write."""
    options = _options()
    shipped = msgspec.json.decode(MODELS.read_bytes(), type=dict[str, Any])
    models = {encoder.name: shipped.get(encoder.name) for encoder in (make() for make in ENCODERS.values())}
    for name in options.encoder:
        encoder = ENCODERS[name]()
        models[encoder.name] = msgspec.to_builtins(_fit(options.folders, options.among, encoder))
    text = msgspec.json.format(msgspec.json.encode(models), indent=2).decode() + "\n"
    sys.stdout.write(text)
    if options.write:
        MODELS.write_text(text, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fit the shipped models of duplicate pairs.")
    parser.add_argument("folders", type=Path, nargs="+", help="folders with duplicate links to fit on")
    parser.add_argument("--among", type=Path, nargs="*", default=[], help="folders with texts that are no duplicates")
    parser.add_argument("--encoder", nargs="+", choices=sorted(ENCODERS), default=sorted(ENCODERS))
    parser.add_argument("--write", action="store_true", help="write the file that is shipped")
    return parser.parse_args()


def _fit(folders: Sequence[Path], among: Sequence[Path], encoder: Encoder) -> ShippedModels:
    sets = [read_duplicates(folder, name) for folder in folders for name in duplicate_sets(folder)]
    others = [text for folder in among for text in other_texts(folder)[:MOST_AMONG]]
    alone = [_candidates(labels, encoder) for labels in sets]
    together = _candidates(_joined(sets, others), encoder)
    ranking = _ranking_weights(alone)
    held_out = [_held_out(alone, at, together if len(sets) == 1 else None, ranking) for at in range(len(sets))]
    scores, linked = (np.concatenate(part) for part in zip(*held_out, strict=True))
    chosen = choose_threshold(precision_recall_curve(scores, linked, step=0.01))
    features = np.vstack([_features(part, ranking)[part.judged] for part in (*alone, together)])
    confirmed = np.concatenate([part.linked[part.judged] for part in (*alone, together)])
    weights = _logistic(features, confirmed)
    model = PairModel(
        version=f"shipped/2 {encoder.name}",
        features=FEATURES,
        coefficients=tuple(round(float(value), 4) for value in weights[:-1]),
        intercept=round(float(weights[-1]), 4),
        threshold=chosen.threshold,
        precision=round(chosen.precision, 4),
        recall=round(chosen.recall, 4),
        verdicts=len(confirmed),
    )
    return ShippedModels(
        pairs=model, ranking={name: round(float(value), 4) for name, value in zip(LIKENESS, ranking, strict=True)}
    )


def _candidates(labels: DuplicateLabels, encoder: Encoder) -> Candidates:
    corpus = build_corpus(labels.texts, encode_ideas(encoder, labels.texts), encoder=encoder.name)
    first, second = promising(corpus, *candidate_pairs(corpus, np.arange(len(corpus))))
    sources = np.array(labels.sources)
    labelled = list({labels.sources[row] for row in labels.relevant})
    return Candidates(
        first=first,
        second=second,
        shared=pair_features(corpus, first, second),
        linked=np.array([_linked(labels, *pair) for pair in zip(first.tolist(), second.tolist(), strict=True)]),
        judged=(sources[first] == sources[second]) & np.isin(sources[first], labelled),
    )


def _linked(labels: DuplicateLabels, one: int, other: int) -> bool:
    return other in labels.relevant.get(one, ()) or one in labels.relevant.get(other, ())


def _joined(sets: Sequence[DuplicateLabels], others: Sequence[str]) -> DuplicateLabels:
    texts: list[str] = []
    sources: list[str] = []
    relevant: dict[int, set[int]] = {}
    for number, labels in enumerate(sets):
        start = len(texts)
        texts += labels.texts
        sources += [str(number)] * len(labels.texts)
        relevant |= {start + row: {start + other for other in found} for row, found in labels.relevant.items()}
    return DuplicateLabels(
        texts=[*texts, *others], sources=[*sources, *["others"] * len(others)], relevant=relevant, groups=[]
    )


def _features(part: Candidates, ranking: Floats) -> Floats:
    return np.hstack([part.shared, pair_standing(part.first, part.second, part.shared @ ranking)])


def _held_out(
    sets: Sequence[Candidates], at: int, only: Candidates | None, ranking: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Probabilities of one set's pairs by a model of the others, and which are linked."""
    rest = [part for number, part in enumerate(sets) if number != at] or [only or sets[at]]
    features = np.vstack([_features(part, ranking) for part in rest])
    weights = _logistic(features, np.concatenate([part.linked for part in rest]))
    return expit(_features(sets[at], ranking) @ weights[:-1] + weights[-1]), sets[at].linked


def _logistic(features: Floats, confirmed: NDArray[np.bool_]) -> Floats:
    """Weights of the features, none negative, and the intercept, which maximise the likelihood less |weights|^2 / 2."""
    signs = np.where(confirmed, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (features @ weights[:-1] + weights[-1])
        pull = -signs * expit(-margins)
        slope = np.append(features.T @ pull + weights[:-1], pull.sum())
        return float(np.logaddexp(0, -margins).sum() + weights[:-1] @ weights[:-1] / 2), slope

    bounds = [(0.0, None)] * features.shape[1] + [(None, None)]
    return np.asarray(minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x)


def _ranking_weights(sets: Sequence[Candidates]) -> Floats:
    """Weights of LIKENESS that maximise the chance of drawing a duplicate among each query's candidates."""
    questions = [question for part in sets for question in _questions(part)]
    scale = np.vstack([features for features, _ in questions]).std(axis=0) + 1e-9

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = PENALTY * len(questions) * float(weights @ weights), 2 * PENALTY * len(questions) * weights
        for features, wanted in questions:
            scaled = features / scale
            logits = scaled @ weights
            log_share = logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())
            value -= float(wanted @ log_share)
            slope = slope - scaled.T @ (wanted - np.exp(log_share))
        return value, slope

    bounds = [(0.0, None)] * len(LIKENESS)
    fitted = minimize(loss, np.zeros(len(LIKENESS)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(fitted.x / scale)


def _questions(part: Candidates) -> Iterator[tuple[Floats, Floats]]:
    """For each idea with a linked candidate: the features of all its candidates, and the share of each linked one."""
    ideas = np.concatenate([part.first, part.second])
    order = np.argsort(ideas, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(ideas[order])) + 1):
        pairs = rows % len(part.first)
        wanted = part.linked[pairs].astype(np.float64)
        if 0 < wanted.sum() < len(wanted):
            yield part.shared[pairs], wanted / wanted.sum()


if __name__ == "__main__":
    main()
