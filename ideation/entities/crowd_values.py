"""Columns that the crowd's models read and write."""

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """Answered cards as columns, one entry a card; `value` is -1 for a skip.

    On a pairwise challenge an entry is an answered pair: `idea` won against `against`, which is empty elsewhere.
    """

    idea: Ints
    person: Ints
    department: Ints
    position: Ints
    shown_count: Ints
    own_department: Ints
    value: Ints
    against: Ints


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """What a model says of every idea, one entry an idea.

    `score`, `low`, `high`: published, in yes rate, stars, tokens or chance to win. `order`, `order_sd`: what the ideas
    are ranked by and its standard deviation. `parts`: what each signal adds to the published score; together they
    give it.
    """

    formula_version: str
    score: Floats
    low: Floats
    high: Floats
    order: Floats
    order_sd: Floats
    parts: dict[str, Floats]
    details: dict[str, float]
