"""Learning from an installation's own verdicts."""

import numpy as np
import pytest

from workers.clustering.pair_model import (
    PairModel,
    PrecisionRecall,
    choose_threshold,
    contributions,
    fit_from_verdicts,
    probabilities,
    shipped_model,
    shipped_models,
)


def verdicts(count: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    confirmed = np.arange(count) % 2 == 0
    return generator.normal(0.4, 0.15, (count, 8)) + 0.25 * confirmed[:, None], confirmed


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
def test_shipped_models_reward_every_likeness(encoder: str) -> None:
    model = shipped_model(encoder)
    assert len(model.coefficients) == len(model.features) == 8
    assert min(model.coefficients) >= 0
    assert min(shipped_models(encoder).ranking.values()) >= 0
    assert 0 < model.threshold < 1


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
