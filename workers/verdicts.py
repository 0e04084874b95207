"""How often the finder was right by the verdicts of an installation's own moderators."""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ideation.database import open_connection
from ideation.queries import duplicates as queries
from ideation.settings import Settings
from ideation.text.encoder import load_encoder
from ideation.text.transformer import load_transformer
from workers.clustering.pair_model import (
    FittedModel,
    fit_from_verdicts,
    precision_recall_curve,
    probabilities,
    shipped_model,
)
from workers.jobs.duplicates import training_of


async def evaluate_verdicts(settings: Settings) -> list[dict[str, Any]]:
    """For each encoder whose suggestions people judged: the figures of `judged`, under the name of the encoder."""
    connection = await open_connection(settings.database_url)
    try:
        names = (load_encoder().name, load_transformer().name)
        trainings = [(name, training_of(await queries.list_training(connection, name))) for name in names]
    finally:
        await connection.close()
    return [
        {"set": "verdicts", "encoder": name, **judged(name, features, confirmed)}
        for name, (features, confirmed) in trainings
        if len(confirmed)
    ]


def judged(encoder: str, features: NDArray[np.float64], confirmed: NDArray[np.bool_]) -> dict[str, Any]:
    """The curve of the shipped model on verdicts, and that of a model of their own on verdicts it had not seen.

    features: shape (n, 11), in the order of FEATURES; n at least 1. Recall is of the suggestions that people confirmed:
    what was never suggested nobody judged. The own model is None while there are under 40 verdicts of either kind.
    """
    shipped = shipped_model(encoder)
    own = fit_from_verdicts(features, confirmed, version=f"own/{len(confirmed)} {encoder}")
    return {
        "verdicts": len(confirmed),
        "confirmed": int(confirmed.sum()),
        "share_confirmed": float(confirmed.mean()),
        "shipped_threshold": shipped.threshold,
        "shipped_curve": msgspec.to_builtins(precision_recall_curve(probabilities(shipped, features), confirmed)),
        "own_model": None if own is None else _own(own),
    }


def _own(fitted: FittedModel) -> dict[str, Any]:
    model = fitted.model
    return {
        "threshold": model.threshold,
        "precision": model.precision,
        "recall": model.recall,
        "curve": msgspec.to_builtins(fitted.curve),
    }
