"""Fits workers/clustering/data/pair_model.json on folders with duplicate links (corpus*.jsonl.gz, queries*.jsonl.gz).

    python benchmarks/fit_pair_models.py FOLDER FOLDER/CORPUS:SOURCE... --among FOLDER... --write

FOLDER/CORPUS:SOURCE is the part of one corpus that is from one source. Each set is used alone and once more together
with the others among the texts of the --among folders, so that the figures hold for challenges of several sizes.

1. Ranking: weights under which the duplicates of a query come first among its candidates (conditional logit,
   McFadden 1974); on the folders, not on parts of a corpus.
2. Pairs: logistic regression over all candidate pairs, of the whole sets and of small challenges drawn from them (whole
   groups of duplicates and lone texts as often as in the set), with one kind of weights for few ideas and one for many.
   More likeness never speaks against a pair, more difference never for it: the signs of the weights are given.
3. Threshold: the lowest at which six of ten suggestions in each of the folders are linked, on pairs judged by a model
   that saw no pair of their first idea (five folds). Precision and recall are those of all sets together at that
   threshold; by size of the challenge they go to the standard error stream.
"""

import argparse
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from ideation.text.encoder import Encoder, encode_ideas, load_encoder
from ideation.text.transformer import load_transformer
from workers.clustering.corpus import build_corpus
from workers.clustering.duplicates import candidate_pairs, promising
from workers.clustering.evaluation import DuplicateLabels
from workers.clustering.features import DIFFERENCE, FEATURES, LIKENESS, pair_differences, pair_features, pair_standing
from workers.clustering.pair_model import (
    WANTED_PRECISION,
    PairModel,
    PrecisionRecall,
    ShippedModels,
    Weights,
    precision_recall_curve,
    share_of_many,
)
from workers.labelled import duplicate_sets, other_texts, read_duplicates

Floats = NDArray[np.float64]
Bounds = tuple[float | None, float | None]

ENCODERS: dict[str, Callable[[], Encoder]] = {"static": load_encoder, "transformer": load_transformer}
MODELS = Path(__file__).parent.parent / "workers/clustering/data/pair_model.json"
PENALTY = 1e-3
MOST_AMONG = 6_000
FOLDS = 5
DRAWN = {12: 40, 40: 20, 100: 10, 300: 4}
"""How many small challenges of how many ideas are drawn from each set."""


class Candidates(NamedTuple):
    """Candidate pairs of one corpus: positions, features as in LIKENESS and DIFFERENCE, what people linked.

    `known_as`: the number of each text of the corpus among those of all sets.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    known_as: NDArray[np.int64]
    shared: Floats
    apart: Floats
    linked: NDArray[np.bool_]
    judged: NDArray[np.bool_]

    @property
    def share_of_many(self) -> float:
        """By the size of the corpus, see `workers.clustering.pair_model`."""
        return share_of_many(len(self.known_as))

    def features(self, ranking: Floats) -> Floats:
        """In the order of FEATURES; shape (pairs, 11)."""
        return np.hstack([self.shared, self.apart, pair_standing(self.first, self.second, self.shared @ ranking)])


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
    parser.add_argument("folders", nargs="+", help="folders with duplicate links to fit on, or FOLDER/CORPUS:SOURCE")
    parser.add_argument("--among", type=Path, nargs="*", default=[], help="folders with texts that are no duplicates")
    parser.add_argument("--encoder", nargs="+", choices=sorted(ENCODERS), default=sorted(ENCODERS))
    parser.add_argument("--write", action="store_true", help="write the file that is shipped")
    return parser.parse_args()


def _fit(folders: Sequence[str], among: Sequence[Path], encoder: Encoder) -> ShippedModels:
    whole = [labels for folder in folders if ":" not in folder for labels in _of_folder(Path(folder))]
    sets = [*whole, *(_of_source(*folder.split(":")) for folder in folders if ":" in folder)]
    others = [text for folder in among for text in other_texts(folder)[:MOST_AMONG]]
    starts = np.cumsum([0, *(len(labels.texts) for labels in sets)])
    alone = [
        _candidates(labels, encoder, np.arange(len(labels.texts)) + start)
        for labels, start in zip(sets, starts[:-1], strict=True)
    ]
    drawn = [part for labels, start in zip(sets, starts[:-1], strict=True) for part in _drawn(labels, encoder, start)]
    together = _candidates(_joined(sets, others), encoder, np.arange(starts[-1] + len(others)))
    ranking = _ranking_weights(alone[: len(whole)])
    return ShippedModels(
        pairs=_pair_model(encoder, [*alone, *drawn, together], ranking, [len(labels.texts) for labels in whole]),
        ranking={name: round(float(value), 4) for name, value in zip(LIKENESS, ranking, strict=True)},
    )


def _pair_model(
    encoder: Encoder, parts: Sequence[Candidates], ranking: Floats, threshold_on: Collection[int]
) -> PairModel:
    """The model fitted on all parts, its threshold chosen on those of the given sizes."""
    features = np.vstack([part.features(ranking)[part.judged] for part in parts])
    confirmed = np.concatenate([part.linked[part.judged] for part in parts])
    share_of_many = np.concatenate([np.full(part.judged.sum(), part.share_of_many) for part in parts])
    folds = np.concatenate([part.known_as[part.first[part.judged]] % FOLDS for part in parts])
    sizes = np.concatenate([np.full(part.judged.sum(), len(part.known_as)) for part in parts])
    held_out = _held_out(features, share_of_many, confirmed, folds)
    curves = {int(size): _curve(held_out, confirmed, sizes == size) for size in np.unique(sizes)}
    place = _lowest_precise([curves[size] for size in threshold_on])
    for size, curve in curves.items():
        point = curve[place]
        sys.stderr.write(f"{encoder.name}, {size} ideas: precision {point.precision:.3f}, recall {point.recall:.3f}\n")
    chosen = curves[max(curves)][place]
    few, many = _logistic(features, share_of_many, confirmed)
    return PairModel(
        version=f"shipped/3 {encoder.name}",
        features=FEATURES,
        coefficients=many.coefficients,
        intercept=many.intercept,
        threshold=chosen.threshold,
        precision=round(chosen.precision, 4),
        recall=round(chosen.recall, 4),
        verdicts=len(confirmed),
        among_few=few,
    )


def _lowest_precise(curves: Sequence[Sequence[PrecisionRecall]]) -> int:
    """Place of the lowest threshold at which all curves are precise enough."""
    lowest = [min(point.precision for point in points) for points in zip(*curves, strict=True)]
    return next(place for place, precision in enumerate(lowest) if precision >= WANTED_PRECISION)


def _curve(scores: Floats, confirmed: NDArray[np.bool_], of_size: NDArray[np.bool_]) -> list[PrecisionRecall]:
    return precision_recall_curve(scores[of_size], confirmed[of_size], step=0.01)


def _drawn(labels: DuplicateLabels, encoder: Encoder, start: int) -> Iterator[Candidates]:
    """Small challenges of one set: groups of duplicates and lone texts in random order until there are enough."""
    groups = _groups(labels)
    order = np.random.default_rng(0)
    for size, count in DRAWN.items():
        for _ in range(count):
            rows = [row for place in order.permutation(len(groups)) for row in groups[place]][:size]
            yield _candidates(_part(labels, rows), encoder, np.array(rows) + start)


def _groups(labels: DuplicateLabels) -> list[list[int]]:
    pairs = [(row, other) for row, found in labels.relevant.items() for other in found]
    links = sparse.coo_array((np.ones(len(pairs)), np.array(pairs).T), shape=(len(labels.texts),) * 2)
    _, group_of = connected_components(links, directed=False)
    order = np.argsort(group_of, kind="stable")
    return [group.tolist() for group in np.split(order, np.flatnonzero(np.diff(group_of[order])) + 1)]


def _of_folder(folder: Path) -> list[DuplicateLabels]:
    return [read_duplicates(folder, name) for name in duplicate_sets(folder)]


def _of_source(corpus: str, source: str) -> DuplicateLabels:
    """The part of FOLDER/CORPUS that is from one source."""
    labels = read_duplicates(Path(corpus).parent, Path(corpus).name)
    return _part(labels, [row for row, name in enumerate(labels.sources) if name == source])


def _part(labels: DuplicateLabels, rows: Sequence[int]) -> DuplicateLabels:
    place = {row: at for at, row in enumerate(rows)}
    return DuplicateLabels(
        texts=[labels.texts[row] for row in rows],
        sources=[labels.sources[row] for row in rows],
        relevant={
            place[row]: {place[other] for other in found if other in place}
            for row, found in labels.relevant.items()
            if row in place
        },
        groups=[],
    )


def _candidates(labels: DuplicateLabels, encoder: Encoder, known_as: NDArray[np.int64]) -> Candidates:
    corpus = build_corpus(labels.texts, encode_ideas(encoder, labels.texts), encoder=encoder.name)
    first, second = promising(corpus, *candidate_pairs(corpus, np.arange(len(corpus))))
    sources = np.array(labels.sources)
    labelled = list({labels.sources[row] for row in labels.relevant})
    return Candidates(
        first=first,
        second=second,
        known_as=known_as,
        shared=pair_features(corpus, first, second),
        apart=pair_differences(corpus, first, second),
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


def _held_out(
    features: Floats, share_of_many: Floats, confirmed: NDArray[np.bool_], folds: NDArray[np.int64]
) -> Floats:
    """Probability of each pair by a model of the other folds."""
    scores = np.zeros(len(confirmed))
    for fold in range(FOLDS):
        held = folds == fold
        few, many = _logistic(features[~held], share_of_many[~held], confirmed[~held])
        logits = [features[held] @ np.array(kind.coefficients) + kind.intercept for kind in (few, many)]
        scores[held] = expit((1 - share_of_many[held]) * logits[0] + share_of_many[held] * logits[1])
    return scores


def _logistic(features: Floats, share_of_many: Floats, confirmed: NDArray[np.bool_]) -> tuple[Weights, Weights]:
    """Weights among few and among many ideas, signs given, that maximise the likelihood less |weights|^2 / 2."""
    signs = np.where(confirmed, 1.0, -1.0)
    count = features.shape[1]
    both = np.hstack([(1 - share_of_many)[:, None] * features, share_of_many[:, None] * features])

    def loss(weights: Floats) -> tuple[float, Floats]:
        slopes, intercepts = weights[: 2 * count], weights[2 * count :]
        margins = signs * (both @ slopes + (1 - share_of_many) * intercepts[0] + share_of_many * intercepts[1])
        pull = -signs * expit(-margins)
        of_intercepts = [pull @ (1 - share_of_many), pull @ share_of_many]
        gradient = np.concatenate([both.T @ pull + slopes, of_intercepts])
        return float(np.logaddexp(0, -margins).sum() + slopes @ slopes / 2), gradient

    signs_given: list[Bounds] = [(None, 0.0) if name in DIFFERENCE else (0.0, None) for name in FEATURES]
    bounds = [*signs_given, *signs_given, (None, None), (None, None)]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x.round(4).tolist()
    few = Weights(coefficients=tuple(found[:count]), intercept=found[-2])
    return few, Weights(coefficients=tuple(found[count : 2 * count]), intercept=found[-1])


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
