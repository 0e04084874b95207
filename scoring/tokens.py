"""Budget voting: everyone has the same number of credits to spread over ideas."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from scoring.checks import Floats, labels, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "tokens/1"


def support(
    voter_index: npt.ArrayLike,
    idea_index: npt.ArrayLike,
    spent_credits: npt.ArrayLike,
    *,
    voter_count: int,
    idea_count: int,
    budget: float = 100.0,
    rule: Literal["linear", "quadratic"] = "linear",
) -> Floats:
    """Votes an idea gets from credits: Σ credits, or Σ sqrt(credits) (quadratic voting, Lalley & Weyl 2018).

    One entry a (voter, idea) in the three arrays; several entries of one pair are added first. Returns (ideas,) votes.
    A voter who spends more than `budget` credits is an error. Quadratic makes a strong wish cost n² credits for n
    votes; splitting one voter into several defeats it, so use it with verified identities only. No entries give zeros.

    >>> support([0, 0, 1], [0, 1, 1], [64, 36, 100], voter_count=2, idea_count=3, rule="quadratic").tolist()
    [8.0, 16.0, 0.0]
    """
    voter = labels(voter_index, "voter_index", voter_count)
    idea = labels(idea_index, "idea_index", idea_count, voter.size)
    spent = non_negative(spent_credits, "spent_credits", voter.size)
    if (np.bincount(voter, weights=spent, minlength=voter_count) > budget * (1 + 1e-9)).any():
        raise ScoringError(f"a voter has spent more than {budget:g} credits")
    pair, inverse = np.unique(voter * idea_count + idea, return_inverse=True)
    total = np.bincount(inverse, weights=spent, minlength=pair.size)
    votes = total if rule == "linear" else np.sqrt(total)
    return np.bincount(pair % max(idea_count, 1), weights=votes, minlength=idea_count).astype(np.float64)
