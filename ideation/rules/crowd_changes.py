"""What would change an idea's place in the crowd's ranking, and the ideas the panel sees whatever their place."""

import math
from collections.abc import Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt
from scipy import stats

from scoring import protection

# A department's answers say something once there are this many of them.
LEAST_ANSWERS = 5
# Departments disagree when their yes rates lie this far apart and chance hardly ever brings them so far.
LEAST_GAP = 0.4
P_VALUE = 0.01

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def further_answers(
    score: Floats, sd: Floats, answer_variance: Floats, rank: Ints, size: int, best: float, worst: float
) -> list[tuple[str, int] | None]:
    """For each idea, about how many further answers in a row move it over the line of the shortlist.

    The posterior is read as w = variance of one answer / sd² answers of the present score; m answers of value b give
    (w·score + m·b)/(w + m), solved for the line: the score halfway between the places `size` and `size` + 1. Returns
    ("worst", m) for the `size` best ranks and ("best", m) for all others, also when they tie with the line; None when
    every idea fits on the shortlist or nothing would do.
    """
    if score.size <= size:
        return [None] * score.size
    ordered = np.sort(score)[::-1]
    line = float(ordered[size - 1] + ordered[size]) / 2
    weight = answer_variance / np.maximum(sd, 1e-6) ** 2
    rows = zip(score.tolist(), weight.tolist(), (rank <= size).tolist(), strict=True)
    return [_answers_to(line, now, held, ("worst", worst) if listed else ("best", best)) for now, held, listed in rows]


def _answers_to(line: float, now: float, weight: float, further: tuple[str, float]) -> tuple[str, int] | None:
    """How many answers of one kind move the score from `now` over the line; None when they pull the other way."""
    kind, value = further
    if abs(value - line) < 1e-9 or (value - line) * (now - line) > 0:
        return None
    return kind, max(1, math.ceil(weight * abs(line - now) / abs(value - line) - 1e-9))


def disagreeing_departments(idea: Ints, department: Ints, yes: Bools, idea_count: int) -> dict[int, str]:
    """Ideas on which departments disagree, in words: χ² of the yes rates of departments with five answers or more."""
    departments = int(department.max(initial=-1)) + 1
    shape = (idea_count, departments)
    cell = idea * departments + department
    answers = np.bincount(cell, minlength=idea_count * departments).reshape(shape)
    agreed = np.bincount(cell, weights=yes, minlength=idea_count * departments).reshape(shape)
    found: dict[int, str] = {}
    for place in np.flatnonzero((answers >= LEAST_ANSWERS).sum(axis=1) > 1).tolist():
        heard = answers[place] >= LEAST_ANSWERS
        text = _disagreement(answers[place][heard].astype(np.float64), agreed[place][heard])
        if text is not None:
            found[place] = text
    return found


def _disagreement(answers: Floats, agreed: Floats) -> str | None:
    rate, common = agreed / answers, float(agreed.sum() / answers.sum())
    if rate.max() - rate.min() < LEAST_GAP:
        return None
    statistic = float((answers * (rate - common) ** 2).sum() / (common * (1 - common)))
    if stats.chi2.sf(statistic, rate.size - 1) >= P_VALUE:
        return None
    return f"departments disagree: {rate.min():.0%} yes against {rate.max():.0%}"


def always_see(
    ideas: Sequence[UUID], order: Floats, novelty: Sequence[float | None], split: dict[int, str], shortlisted: Bools
) -> list[dict[str, str]]:
    """Ideas to look at besides the shortlist: contested ones, then novel ones that score low; each once, with why."""
    contested = np.zeros(order.size, dtype=np.bool_)
    contested[list(split)] = True
    listed = protection.protected(order, [value or 0.0 for value in novelty], contested, shortlisted)
    known = [place for place in listed.novel.tolist() if novelty[place]]
    return [
        *({"idea_id": str(ideas[place]), "why": split[place]} for place in listed.contested.tolist()),
        *({"idea_id": str(ideas[place]), "why": "unlike the other ideas, and scored low"} for place in known),
    ]
