"""A shortlist under a budget: the most expected winners for a sponsor's money, or equal shares of a crowd's."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt

from ideation.entities.challenges import VotingMethod
from ideation.entities.rankings import CrowdInputs
from ideation.entities.shortlists import BudgetUse, Price, RankedCandidate, ShortlistMethod
from ideation.errors import WrongState
from ideation.rules.shortlists import theme_numbers, vector_rows
from scoring import diversity

# From so many stars on, a person would have an idea paid for; comparisons and lemons say nothing of the kind.
_GOOD_STARS = 4
_PAYING = frozenset({VotingMethod.YES_NO, VotingMethod.UP_VOTE, VotingMethod.STARS, VotingMethod.BUDGET})

Floats = npt.NDArray[np.float64]


class Purse:
    """What may be bought: candidates of known cost, near-duplicates folded, best first."""

    def __init__(self, candidates: Sequence[RankedCandidate], size: int) -> None:
        self.without_cost = sum(idea.cost is None for idea in candidates)
        priced = [idea for idea in candidates if idea.cost is not None]
        if not priced:
            raise WrongState("No idea has a cost yet; estimate the costs of the best ones first.", reason="no-costs")
        folded = diversity.fold([idea.score for idea in priced], vector_rows(priced), size)
        self.ideas = [idea for idea, stands in zip(priced, folded.tolist(), strict=True) if stands < 0]
        self.folded = {
            priced[place].idea_id: priced[stands].idea_id for place, stands in enumerate(folded.tolist()) if stands >= 0
        }
        self.cost: Floats = np.array([idea.cost for idea in self.ideas], dtype=np.float64)


def choose_for_sponsor(candidates: Sequence[RankedCandidate], size: int, budget: float) -> tuple[list[UUID], Price]:
    """The affordable ideas with the largest sum of P(top k): at most `size`, and at most 30 % of that a theme."""
    # Loading scipy.optimize takes a while: only whoever has a budget pays it, not every API process.
    from scoring.budget import knapsack  # noqa: PLC0415

    purse = Purse(candidates, size)
    bought = knapsack(
        [idea.probability_top for idea in purse.ideas],
        purse.cost,
        budget,
        most=size,
        theme=theme_numbers(purse.ideas),
        cap=diversity.theme_cap(size),
    )
    return _result(purse, bought.tolist(), [], budget, size, voters=0)


def choose_for_crowd(
    candidates: Sequence[RankedCandidate], size: int, budget: float, votes: CrowdInputs
) -> tuple[list[UUID], Price]:
    """The method of equal shares over the answers that rank; what is left over buys the most liked for the money.

    It buys as many ideas as the money allows; `size` only says how far down near-duplicates are looked for.
    """
    from scoring.budget import equal_shares  # noqa: PLC0415

    if votes.voting_method not in _PAYING:
        raise WrongState(
            "The answers of this challenge do not say which ideas people would pay for.", reason="votes-do-not-pay"
        )
    purse = Purse(candidates, size)
    result = equal_shares(_utility(purse, votes), purse.cost, budget, "utilitarian")
    return _result(purse, result.chosen.tolist(), result.completed.tolist(), budget, size, voters=votes.person_count)


def _utility(purse: Purse, votes: CrowdInputs) -> Floats:
    """(voters × ideas of the purse): 1 for a yes or good stars, and tokens as they were given."""
    place = {idea.idea_id: number for number, idea in enumerate(purse.ideas)}
    column = np.array([place.get(idea_id, -1) for idea_id in votes.ideas], dtype=np.int64)
    idea = column[np.frombuffer(votes.idea, dtype="<i4")] if column.size else np.zeros(0, dtype=np.int64)
    value = np.frombuffer(votes.value, dtype="<i1").astype(np.float64)
    if votes.voting_method is not VotingMethod.BUDGET:
        value = (value >= (_GOOD_STARS if votes.voting_method is VotingMethod.STARS else 1)).astype(np.float64)
    wanted = (idea >= 0) & (value > 0)
    utility = np.zeros((votes.person_count, len(purse.ideas)))
    utility[np.frombuffer(votes.person, dtype="<i4")[wanted], idea[wanted]] = value[wanted]
    return utility


def _result(
    purse: Purse, bought: Sequence[int], completed: Sequence[int], budget: float, size: int, *, voters: int
) -> tuple[list[UUID], Price]:
    chosen = [purse.ideas[place] for place in sorted(bought)]
    on_list = {idea.idea_id for idea in chosen}
    spent = float(purse.cost[list(bought)].sum())
    plain = purse.ideas[:size]
    themes = [len({idea.theme_id for idea in ideas if idea.theme_id is not None}) for ideas in (chosen, plain)]
    of_the_best = sum(idea.idea_id in on_list for idea in plain)
    price = Price(
        cost_share=_given_up(purse.ideas, plain, chosen),
        themes=themes[0],
        themes_by_score_alone=themes[1],
        over_cap=[],
        folded={idea: stands for idea, stands in purse.folded.items() if stands in on_list},
        text=_in_words(spent, budget, len(chosen), of_the_best, purse.without_cost),
        budget=BudgetUse(
            method=ShortlistMethod.EQUAL_SHARES if voters else ShortlistMethod.KNAPSACK,
            budget=budget,
            spent=spent,
            without_cost=purse.without_cost,
            voters=voters,
            completed=[purse.ideas[place].idea_id for place in completed],
            bought=len(chosen),
            of_the_best=of_the_best,
        ),
    )
    return [idea.idea_id for idea in chosen], price


def _given_up(
    ideas: Sequence[RankedCandidate], plain: Sequence[RankedCandidate], chosen: Sequence[RankedCandidate]
) -> float:
    """Mean score given up against the best ideas of known cost, as a share of the range of the scores compared."""
    span = max(idea.score for idea in ideas) - min(idea.score for idea in ideas)
    if not chosen or span == 0:
        return 0.0
    means = [sum(idea.score for idea in some) / len(some) for some in (plain[: len(chosen)], chosen)]
    return max(0.0, (means[0] - means[1]) / span)


def _in_words(spent: float, budget: float, bought: int, of_the_best: int, without_cost: int) -> str:
    ideas = "1 idea" if bought == 1 else f"{bought} ideas"
    said = f"{ideas} for {spent:,.0f} of {budget:,.0f}; {of_the_best} of them would be on the list without a budget."
    if without_cost:
        left_out = "1 idea is" if without_cost == 1 else f"{without_cost} ideas are"
        said += f" {left_out} left out because nobody has estimated their cost."
    return said
