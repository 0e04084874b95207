"""Which two ideas a person compares next."""

import math
from collections.abc import Iterable, Sequence
from uuid import UUID

from ideation.entities.pairs import PairCandidate

# Strength and spread of an idea no ranking knows yet: the prior of the Bradley-Terry fit.
_PRIOR_SD = 2.0
_Z_90 = 1.6448536269514722
# Pairs drawn for each one wanted, since some were compared before.
_DRAWN_PER_PAIR = 8
# At most so many ideas are looked through for a pair that the draws did not find.
_LOOKED_THROUGH = 200


def choose_pairs(
    candidates: Sequence[PairCandidate], met: set[frozenset[UUID]], count: int, seed: int
) -> list[tuple[UUID, UUID]]:
    """Up to `count` new pairs (left, right): a quarter at random, the rest neighbours near the top of a sample.

    See `scoring.pairwise.active_pairs`; nobody compares the same two ideas twice. When its draws run dry, any pair of
    ideas not compared yet is taken, so that somebody who goes on sees them all.
    """
    # scipy.sparse is slow to load: only a process that deals pairs pays for it.
    from scoring.pairwise import active_pairs  # noqa: PLC0415

    places = active_pairs(
        [_strength(candidate) for candidate in candidates],
        [_spread(candidate) for candidate in candidates],
        count * _DRAWN_PER_PAIR,
        seed,
    )
    ids = [candidate.idea_id for candidate in candidates]
    drawn = [(ids[left], ids[right]) for left, right in places.tolist()]
    few = ids[:_LOOKED_THROUGH]
    rest = ((left, right) for place, left in enumerate(few) for right in few[place + 1 :])
    return _fresh(drawn, met, count) or _fresh(rest, met, count)


def _fresh(pairs: Iterable[tuple[UUID, UUID]], met: set[frozenset[UUID]], count: int) -> list[tuple[UUID, UUID]]:
    chosen: dict[frozenset[UUID], tuple[UUID, UUID]] = {}
    for pair in pairs:
        if frozenset(pair) not in met:
            chosen.setdefault(frozenset(pair), pair)
        if len(chosen) == count:
            break
    return list(chosen.values())


def _strength(candidate: PairCandidate) -> float:
    return 0.0 if candidate.chance is None else _logit(candidate.chance)


def _spread(candidate: PairCandidate) -> float:
    if candidate.chance_low is None or candidate.chance_high is None:
        return _PRIOR_SD
    return (_logit(candidate.chance_high) - _logit(candidate.chance_low)) / (2 * _Z_90)


def _logit(chance: float) -> float:
    inside = min(max(chance, 1e-9), 1 - 1e-9)
    return math.log(inside / (1 - inside))
