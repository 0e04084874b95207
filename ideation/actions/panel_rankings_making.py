"""The part of a panel ranking that only jobs run: it needs scipy, which an API process must not load."""

import msgspec

from ideation.entities.panel_rankings import PanelInputs
from ideation.entities.rankings import ComputedRanking
from ideation.rules.panel_rankings import compute
from scoring import connect


def make(inputs: PanelInputs) -> ComputedRanking:
    """The ranking, and whether the reviewers can be compared at all: severity is known only among connected ones."""
    computed = compute(inputs)
    ideas = [review.idea for review in inputs.reviews]
    reviewers = [review.reviewer for review in inputs.reviews]
    shape = (len(inputs.ideas), len(inputs.reviewers))
    connection = {
        "unconnected_groups": connect.groups(ideas, reviewers, *shape).count,
        "anchor_ideas": [str(inputs.ideas[place]) for place in connect.anchors(ideas, reviewers, *shape).tolist()],
    }
    return msgspec.structs.replace(computed, summary=computed.summary | connection)
