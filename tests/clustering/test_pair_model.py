"""Learning from an installation's own verdicts."""

import numpy as np
import pytest

from workers.clustering.features import DIFFERENCE, FEATURES
from workers.clustering.pair_model import (
    PairModel,
    PrecisionRecall,
    Weights,
    choose_threshold,
    contributions,
    fit_from_verdicts,
    probabilities,
    shipped_model,
    shipped_models,
    weighed_for,
)


def verdicts(count: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    confirmed = np.arange(count) % 2 == 0
    return generator.normal(0.4, 0.15, (count, len(FEATURES))) + 0.25 * confirmed[:, None], confirmed


def test_fit_from_verdicts_waits_for_forty_of_each_kind() -> None:
    assert fit_from_verdicts(*verdicts(78), version="own/1") is None


def test_fit_from_verdicts_learns_and_measures() -> None:
    features, confirmed = verdicts(200)
    fitted = fit_from_verdicts(features, confirmed, version="own/1")
    assert fitted is not None
    assert fitted.model.version == "own/1"
    assert fitted.model.verdicts == 200
    assert fitted.model.precision >= 0.6
    assert fitted.model.recall > 0.8
    scores = probabilities(fitted.model, features)
    assert scores[confirmed].mean() > scores[~confirmed].mean() + 0.4


def test_probabilities_and_contributions_follow_the_formula() -> None:
    model = PairModel(
        version="x", features=("one", "two"), coefficients=(2.0, -1.0), intercept=0.5, threshold=0.5, precision=1,
        recall=1, verdicts=0,
    )  # fmt: skip
    assert probabilities(model, np.array([[0.5, 0.5]])) == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert contributions(model, [0.5, 0.5]) == {"one": 1.0, "two": -0.5}


@pytest.mark.parametrize("encoder", ["static-minilm-256/3", "minilm-256/2"])
def test_shipped_models_reward_likeness_and_no_difference(encoder: str) -> None:
    model = shipped_model(encoder)
    assert model.features == FEATURES
    assert model.among_few is not None
    for coefficients in (model.coefficients, model.among_few.coefficients):
        weights = dict(zip(FEATURES, coefficients, strict=True))
        assert max(weights[name] for name in DIFFERENCE) <= 0
        assert min(weight for name, weight in weights.items() if name not in DIFFERENCE) >= 0
    assert min(shipped_models(encoder).ranking.values()) >= 0
    assert 0 < model.threshold < 1


@pytest.mark.parametrize(
    ("ideas", "coefficient", "intercept"),
    [(0, 2.0, -1.0), (1, 2.0, -1.0), (30, 2.0, -1.0), (300, 3.0, -2.0), (3_000, 4.0, -3.0), (46_000, 4.0, -3.0)],
)
def test_weights_pass_from_those_among_few_to_those_among_many(
    ideas: int, coefficient: float, intercept: float
) -> None:
    few = Weights(coefficients=(2.0,), intercept=-1.0)
    model = PairModel(
        version="v", features=("one",), coefficients=(4.0,), intercept=-3.0, threshold=0.5, precision=1.0, recall=1.0,
        verdicts=0, among_few=few,
    )  # fmt: skip
    weighed = weighed_for(model, ideas)
    assert weighed.coefficients == pytest.approx((coefficient,))
    assert weighed.intercept == pytest.approx(intercept)
    assert weighed.among_few is None
    assert weighed_for(weighed, 3) == weighed


def test_shipped_model_of_an_unknown_encoder_is_the_static_one() -> None:
    assert shipped_model("other/1") == shipped_model("static-minilm-256/3")


def test_choose_threshold_prefers_recall_among_the_precise() -> None:
    curve = [
        PrecisionRecall(threshold=0.2, precision=0.4, recall=0.9),
        PrecisionRecall(threshold=0.4, precision=0.62, recall=0.6),
        PrecisionRecall(threshold=0.6, precision=0.8, recall=0.2),
    ]
    assert choose_threshold(curve).threshold == 0.4
    assert choose_threshold(curve, wanted=0.95).threshold == 0.6
