"""From the features of a pair to the probability that people would call it a duplicate."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from workers.clustering.corpus import STATIC_ENCODER
from workers.clustering.features import FEATURES, LIKENESS

FEWEST_VERDICTS = 40
"""Verdicts of each kind an installation needs before its own model replaces the shipped one."""
WANTED_PRECISION = 0.6
FEW_IDEAS, MANY_IDEAS = 30, 3_000
"""Between these the weights of a model that has two kinds pass from the one to the other, by the logarithm."""


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """Those of a logistic model: probability = 1 / (1 + exp(-(intercept + sum(coefficient * feature))))."""

    coefficients: tuple[float, ...]
    intercept: float


class PairModel(msgspec.Struct, frozen=True, kw_only=True):
    """A logistic model, see `Weights`. Data, not code.

    Among few ideas two that are much alike are sooner the same than among many: `among_few`, if any, are the weights up
    to 30 ideas, the others those from 3,000 on. `precision` and `recall` were measured on held-out verdicts at
    `threshold`; `verdicts` says on how many.
    """

    version: str
    features: tuple[str, ...]
    coefficients: tuple[float, ...]
    intercept: float
    threshold: float
    precision: float
    recall: float
    verdicts: int
    among_few: Weights | None = None


class PrecisionRecall(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the curve a moderator sees: at this threshold so many suggestions are right, so many are found."""

    threshold: float
    precision: float
    recall: float


class FittedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of an installation's own verdicts and its measured curve."""

    model: PairModel
    curve: list[PrecisionRecall]


class ShippedModels(msgspec.Struct, frozen=True, kw_only=True):
    """What is shipped for the vectors of one encoder, fitted on public duplicate links (see the reference page).

    `ranking` weighs the columns of `pair_features` so that the duplicates of an idea come first among its candidates.
    """

    pairs: PairModel
    ranking: dict[str, float]


@cache
def shipped_models(encoder: str) -> ShippedModels:
    """The models of an encoder by name; one without models of its own gets those of the static encoder."""
    raw = files("workers.clustering").joinpath("data/pair_model.json").read_bytes()
    models = msgspec.json.decode(raw, type=dict[str, ShippedModels])
    return models.get(encoder) or models[STATIC_ENCODER]


def shipped_model(encoder: str) -> PairModel:
    """The shipped model of the probability of pairs."""
    return shipped_models(encoder).pairs


def weighed_for(model: PairModel, ideas: int) -> PairModel:
    """The model with one kind of weights: those for a challenge of so many ideas."""
    few = model.among_few
    if few is None:
        return model
    share = share_of_many(ideas)
    between = np.asarray(few.coefficients) + share * (np.asarray(model.coefficients) - np.asarray(few.coefficients))
    return msgspec.structs.replace(
        model,
        coefficients=tuple(float(weight) for weight in between),
        intercept=float(few.intercept + share * (model.intercept - few.intercept)),
        among_few=None,
    )


def share_of_many(ideas: int) -> float:
    """How far a number of ideas is from few (0) to many (1), within these."""
    place = np.log(max(ideas, 1) / FEW_IDEAS) / np.log(MANY_IDEAS / FEW_IDEAS)
    return float(np.clip(place, 0.0, 1.0))


def likeness(encoder: str, features: NDArray[np.float64]) -> NDArray[np.float64]:
    """One number for each row of `pair_features` that orders an idea's candidates; shape (pairs,)."""
    weights = shipped_models(encoder).ranking
    return np.asarray(features @ np.array([weights[name] for name in LIKENESS]))


def probabilities(model: PairModel, features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of each row of features by the weights among many; shape (pairs,), within 0 and 1."""
    logits = features @ np.asarray(model.coefficients) + model.intercept
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))))


def contributions(model: PairModel, features: Sequence[float]) -> dict[str, float]:
    """What each feature adds to the log-odds of a pair, by name."""
    return {
        name: float(coefficient * value)
        for name, coefficient, value in zip(model.features, model.coefficients, features, strict=True)
    }


def fit_from_verdicts(
    features: NDArray[np.float64], confirmed: NDArray[np.bool_], *, version: str
) -> FittedModel | None:
    """A model of this installation's verdicts; None while there are under 40 of either kind.

    features: shape (verdicts, 11), in the order of FEATURES. Precision and recall are measured by five-fold
    cross-validation, so they are of pairs the model had not seen; they hold for suggested pairs, not for all pairs.
    The threshold is the lowest at which precision reaches 60 %, or the most precise one when none does.
    """
    if min(confirmed.sum(), (~confirmed).sum()) < FEWEST_VERDICTS:
        return None
    classifier = LogisticRegression(C=1.0, max_iter=1_000)
    held_out = cross_val_predict(classifier, features, confirmed, cv=5, method="predict_proba")[:, 1]
    curve = precision_recall_curve(held_out, confirmed)
    chosen = choose_threshold(curve)
    classifier.fit(features, confirmed)
    model = PairModel(
        version=version,
        features=FEATURES,
        coefficients=tuple(float(value) for value in classifier.coef_[0]),
        intercept=float(classifier.intercept_[0]),
        threshold=chosen.threshold,
        precision=chosen.precision,
        recall=chosen.recall,
        verdicts=len(confirmed),
    )
    return FittedModel(model=model, curve=curve)


def precision_recall_curve(
    scores: NDArray[np.float64], confirmed: NDArray[np.bool_], *, step: float = 0.05
) -> list[PrecisionRecall]:
    """Precision and recall at the thresholds 0.05, 0.05 + step .. 0.95. Where nothing is suggested, precision is 1."""
    points = []
    for threshold in np.arange(0.05, 0.95 + step / 2, step):
        suggested = scores >= threshold
        right = int((suggested & confirmed).sum())
        points.append(
            PrecisionRecall(
                threshold=round(float(threshold), 2),
                precision=right / int(suggested.sum()) if suggested.any() else 1.0,
                recall=right / max(int(confirmed.sum()), 1),
            )
        )
    return points


def choose_threshold(curve: Sequence[PrecisionRecall], *, wanted: float = WANTED_PRECISION) -> PrecisionRecall:
    """The point with the highest recall among those precise enough, or the most precise one when none is."""
    useful = [point for point in curve if point.recall > 0] or list(curve)
    precise = [point for point in useful if point.precision >= wanted]
    if precise:
        return max(precise, key=lambda point: (point.recall, point.threshold))
    return max(useful, key=lambda point: point.precision)
