"""Scores from comparisons of two ideas: Bradley-Terry with a home term."""

import numpy as np
import numpy.typing as npt

from ideation.entities.crowd_values import Cards, Scores
from ideation.entities.rankings import CrowdInputs
from scoring import pairwise

Z_90 = 1.6448536269514722

Floats = npt.NDArray[np.float64]


def by_pairs(inputs: CrowdInputs, cards: Cards) -> Scores:
    """P(win against an average idea) = σ(strength), from a Bradley-Terry fit with a normal prior.

    Each card is an answered pair: `idea` won against `against`; `own_department` is +1 where only the winner came from
    the voter's department, −1 where only the loser did; `position` is 1 where the winner stood on the left. Both are
    terms of the model, so that neither home nor the side of the screen earns a place. Ideas in no pair, or in groups
    that no comparison links, keep the prior's width.
    """
    side = np.where(cards.position == 1, 1, -1)
    terms = np.column_stack((cards.own_department, side)).astype(np.int64)
    data = pairwise.comparisons(cards.idea, cards.against, len(inputs.ideas), terms=terms)
    fit = pairwise.fit(data)
    won, met = _counts(cards, len(inputs.ideas))
    score = _chance(fit.strength)
    raw = np.divide(won, met, out=np.full(score.size, 0.5), where=met > 0)
    return Scores(
        formula_version=pairwise.FORMULA_VERSION,
        score=score,
        low=_chance(fit.strength - Z_90 * fit.sd),
        high=_chance(fit.strength + Z_90 * fit.sd),
        order=fit.strength,
        order_sd=fit.sd,
        parts={"average": np.full(score.size, 0.5), "answers": raw - 0.5, "opponents": score - raw},
        details={"own_department": float(fit.advantages[0]), "left_side": float(fit.advantages[1])},
    )


def _chance(logit: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logit)))


def _counts(cards: Cards, count: int) -> tuple[Floats, Floats]:
    won = np.bincount(cards.idea, minlength=count).astype(np.float64)
    return won, won + np.bincount(cards.against, minlength=count)
