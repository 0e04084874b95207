"""Which reviewers can be compared with each other, and which ideas would make the others comparable.

Only jobs import this module: it needs scipy, which an API process must not load.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec
import numpy as np

from ideation.entities.assignments import Pair
from scoring.connect import groups


class Linking(msgspec.Struct, frozen=True, kw_only=True):
    """Groups of reviewers who share no idea: the group of each person and of each idea with a review asked for."""

    of_reviewer: dict[UUID, int]
    of_idea: dict[UUID, int]
    count: int


def linking(pairs: Sequence[Pair]) -> Linking:
    """The groups that standing reviews form, sent or not; in one group, severities can be compared."""
    standing = [pair for pair in pairs if pair.standing]
    reviewers = sorted({pair.reviewer_id for pair in standing})
    ideas = sorted({pair.idea_id for pair in standing})
    reviewer_place = {person: place for place, person in enumerate(reviewers)}
    idea_place = {idea: place for place, idea in enumerate(ideas)}
    found = groups(
        np.array([idea_place[pair.idea_id] for pair in standing], dtype=np.int64),
        np.array([reviewer_place[pair.reviewer_id] for pair in standing], dtype=np.int64),
        len(ideas),
        len(reviewers),
    )
    return Linking(
        of_reviewer=dict(zip(reviewers, found.reviewer_group.tolist(), strict=True)),
        of_idea=dict(zip(ideas, found.idea_group.tolist(), strict=True)),
        count=found.count,
    )


def choose_anchors(pool: Sequence[UUID], pairs: Sequence[Pair]) -> list[UUID]:
    """Of each group, the idea of the pool with the most reviews; none while the reviewers are one group."""
    found = linking(pairs)
    if found.count < 2:
        return []
    asked = Counter(pair.idea_id for pair in pairs if pair.standing)
    chosen: dict[int, UUID] = {}
    for idea in sorted((idea for idea in pool if idea in found.of_idea), key=lambda idea: (-asked[idea], idea)):
        chosen.setdefault(found.of_idea[idea], idea)
    return list(chosen.values())
