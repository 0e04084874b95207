"""Scores from tokens that people spread over ideas: for the best (budget) or against the worst (bag of lemons)."""

import numpy as np
import numpy.typing as npt

from ideation.entities.crowd_values import Cards, Scores
from ideation.entities.rankings import CrowdInputs
from scoring import lemons, tokens

VERSION = "token-share/1"
Z_90 = 1.6448536269514722
# An idea begins with this many imagined colleagues who give what colleagues give on average.
PRIOR_PEOPLE = 5.0

Floats = npt.NDArray[np.float64]


def by_budget(inputs: CrowdInputs, cards: Cards) -> Scores:
    """Tokens expected of a colleague who sees the idea: (Σ tokens + 5·average)/(people + 5).

    `scoring.tokens.support` adds the tokens up and refuses a person who spent more than the budget. A skip is a
    colleague who saw the idea and gave nothing. The standard deviation is that of one gift, over all ideas, divided by
    √(people + 5). Without any answer every idea ties.
    """
    count = len(inputs.ideas)
    gift = np.maximum(cards.value, 0).astype(np.float64)
    total = tokens.support(
        cards.person,
        cards.idea,
        gift,
        voter_count=inputs.person_count,
        idea_count=count,
        budget=float(max(inputs.token_budget, 1)),
    )
    people = np.bincount(cards.idea, minlength=count).astype(np.float64)
    average = float(gift.mean()) if gift.size else 0.0
    variance = float(gift.var()) if gift.size else 1.0
    score = (total + PRIOR_PEOPLE * average) / (people + PRIOR_PEOPLE)
    sd = np.sqrt(max(variance, 1e-6) / (people + PRIOR_PEOPLE))
    raw = np.divide(total, people, out=np.full(count, average), where=people > 0)
    return Scores(
        formula_version=f"{tokens.FORMULA_VERSION}+{VERSION}",
        score=score,
        low=np.maximum(score - Z_90 * sd, 0.0),
        high=score + Z_90 * sd,
        order=score,
        order_sd=sd,
        parts={"average": np.full(count, average), "answers": raw - average, "caution": score - raw},
        details={"average_tokens": average, "token_budget": float(inputs.token_budget)},
    )


def by_lemons(inputs: CrowdInputs, cards: Cards) -> Scores:
    """Minus the smoothed lemons a colleague gives who sees the idea (`scoring.lemons`); few lemons rank high.

    The share is a Beta posterior with a = 1, b = 9, whose spread is the standard deviation. An idea may get several
    lemons of one person; they count as so many people at most as saw it.
    """
    count = len(inputs.ideas)
    given = np.bincount(cards.idea, weights=np.maximum(cards.value, 0), minlength=count)
    people = np.bincount(cards.idea, minlength=count).astype(np.float64)
    score = lemons.score(given, people)
    strength = np.maximum(people, given) + 10.0
    sd = np.sqrt(-score * (1 + score) / (strength + 1))
    average = np.full(count, -0.1)
    raw = np.divide(-given, np.maximum(people, given), out=average.copy(), where=people > 0)
    return Scores(
        formula_version=lemons.FORMULA_VERSION,
        score=score,
        low=np.maximum(score - Z_90 * sd, -1.0),
        high=np.minimum(score + Z_90 * sd, 0.0),
        order=score,
        order_sd=sd,
        parts={"average": average, "answers": raw - average, "caution": score - raw},
        details={"token_budget": float(inputs.token_budget)},
    )
