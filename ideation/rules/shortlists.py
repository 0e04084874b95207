"""Choosing a shortlist, what its diversity costs, and what a change by hand does to the order."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from ideation.entities.shortlists import (
    AddToShortlist,
    Price,
    RankedCandidate,
    RemoveFromShortlist,
    ShortlistChange,
)
from ideation.errors import AlreadyExists, NotFound
from scoring import diversity


def choose(candidates: Sequence[RankedCandidate], size: int) -> tuple[list[UUID], Price]:
    """The shortlist, best score first, and the price of its diversity; `candidates` come best first.

    `scoring.diversity.shortlist`: near-duplicates folded, at most 30 % a theme, up to 3 % of the score range given up.
    """
    result = diversity.shortlist(
        score=[idea.score for idea in candidates],
        vectors=vector_rows(candidates),
        theme=theme_numbers(candidates),
        k=size,
    )
    chosen = [candidates[place].idea_id for place in result.chosen.tolist()]
    return chosen, _price(candidates, result)


def changed_order(order: Sequence[UUID], change: ShortlistChange) -> list[UUID]:
    """The order of the list after a change by hand; a place behind the end means the end."""
    listed = change.idea_id in order
    if isinstance(change, AddToShortlist) and listed:
        raise AlreadyExists("This idea is on the shortlist already.", reason="shortlisted-already")
    if not isinstance(change, AddToShortlist) and not listed:
        raise NotFound("This idea is not on the shortlist.")
    rest = [idea_id for idea_id in order if idea_id != change.idea_id]
    if isinstance(change, RemoveFromShortlist):
        return rest
    place = len(rest) if change.position is None else change.position - 1
    return [*rest[:place], change.idea_id, *rest[place:]]


def vector_rows(candidates: Sequence[RankedCandidate]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows of zeros stand for texts that could not be encoded: they are like nothing else."""
    width = max((len(idea.vector) for idea in candidates if idea.vector is not None), default=1)
    rows = np.zeros((len(candidates), width))
    for place, idea in enumerate(candidates):
        if idea.vector is not None:
            rows[place] = idea.vector
    return rows


def theme_numbers(candidates: Sequence[RankedCandidate]) -> list[int]:
    """One number a theme; -1 for an idea without one."""
    numbers: dict[UUID, int] = {}
    return [
        diversity.NO_THEME if idea.theme_id is None else numbers.setdefault(idea.theme_id, len(numbers))
        for idea in candidates
    ]


def _price(candidates: Sequence[RankedCandidate], result: diversity.Shortlist) -> Price:
    on_list = set(result.chosen.tolist())
    folded = {
        candidates[place].idea_id: candidates[stands].idea_id
        for place, stands in enumerate(result.folded_into.tolist())
        if stands in on_list
    }
    return Price(
        cost_share=result.cost_share,
        themes=result.themes,
        themes_by_score_alone=result.plain_themes,
        over_cap=[candidates[place].idea_id for place in result.over_cap.tolist()],
        folded=folded,
        text=_in_words(result.cost_share, result.themes - result.plain_themes),
    )


def _in_words(cost_share: float, more_themes: int) -> str:
    if cost_share == 0 and more_themes == 0:
        return "Diversity changes nothing: these are the best ideas by score alone."
    gain = f"adds {more_themes} theme{'' if more_themes == 1 else 's'}" if more_themes > 0 else "adds no theme"
    return f"Diversity costs {cost_share:.1%} of the score range and {gain}."
