"""What must hold for the ranking by every voting method and by the panel: whatever the answers, and for bad ones."""

import math
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.entities.challenges import VotingMethod
from ideation.entities.panel_rankings import CriterionInput, PanelInputs, ReviewInput
from ideation.entities.rankings import ComputedRanking, CrowdInputs, RankingKind
from ideation.rules import crowd_scores, panel_rankings
from scoring.checks import Floats, Ints

SETTINGS = settings(derandomize=True, max_examples=12, deadline=None, database=None)
SEEDS = st.integers(0, 2**32 - 1)
METHODS = st.sampled_from(list(VotingMethod))
IDEAS, PEOPLE, DEPARTMENTS, REVIEWERS = 8, 15, 3, 5
# The exposure model is solved to about this many logits.
SOLVED_TO = 2e-3
BEST = {VotingMethod.STARS: 5, VotingMethod.BUDGET: 9, VotingMethod.LEMONS: 0}
WORST = {VotingMethod.STARS: 1, VotingMethod.LEMONS: 3}
Columns = dict[str, Ints]


def columns(seed: int, method: VotingMethod, ideas: int = IDEAS) -> Columns:
    """Every person answers about two thirds of the cards; of pairs, the winner stands in `idea`."""
    random = np.random.default_rng(seed)
    idea, person = (place.ravel() for place in np.indices((ideas, PEOPLE)))
    kept = random.random(idea.size) < 0.66
    idea, person = idea[kept], person[kept]
    low, high = sorted((WORST.get(method, 0), BEST.get(method, 1)))
    return {
        "idea": idea,
        "person": person,
        "department": person % DEPARTMENTS,
        "position": random.integers(1, 20, idea.size),
        "shown_count": random.integers(0, 4, idea.size),
        "own_department": random.integers(-1, 2, idea.size)
        if method is VotingMethod.PAIRWISE
        else random.integers(0, 2, idea.size),
        "value": random.integers(low, high + 1, idea.size),
        "against": (idea + random.integers(1, ideas, idea.size)) % ideas
        if method is VotingMethod.PAIRWISE
        else idea[:0],
    }


def crowd(given: Columns, method: VotingMethod, ids: list[UUID] | None = None, k: int = 2) -> CrowdInputs:
    """The inputs of a ranking with these columns."""
    ids = ids or [UUID(int=place + 1) for place in range(IDEAS)]
    small = {"own_department", "value"}
    return CrowdInputs(
        challenge_id=UUID(int=99),
        kind=RankingKind.CLOSING,
        frozen_at=None,
        voting_method=method,
        token_budget=1000,
        shortlist_size=k,
        seed=7,
        draws=200,
        ideas=ids,
        supporters=[0] * len(ids),
        novelty=[None] * len(ids),
        person_count=int(given["person"].max(initial=-1)) + 1,
        department_count=int(given["department"].max(initial=-1)) + 1,
        **{name: column.astype("<i1" if name in small else "<i4").tobytes() for name, column in given.items()},
    )


def reordered(given: Columns, order: Ints) -> Columns:
    return {name: column[order] if column.size else column for name, column in given.items()}


def by_id(ranking: ComputedRanking) -> dict[UUID, tuple[float, float, float]]:
    return {entry.idea_id: (entry.score, entry.score_low, entry.score_high) for entry in ranking.entries}


def numbers(value: Any) -> Iterator[float]:
    """Every number anywhere in a ranking."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, float):
        yield value


def assert_defined(ranking: ComputedRanking, ideas: int) -> None:
    """Every idea has a place, every number is one, and intervals hold what they are about."""
    assert sorted(entry.position for entry in ranking.entries) == list(range(1, ideas + 1))
    assert all(math.isfinite(number) for number in numbers(msgspec.to_builtins(ranking)))
    assert all(entry.score_low - 1e-9 <= entry.score <= entry.score_high + 1e-9 for entry in ranking.entries)
    assert all(entry.rank_low <= entry.position <= entry.rank_high for entry in ranking.entries)


@SETTINGS
@given(SEEDS, METHODS)
def test_the_order_of_answers_changes_nothing(seed: int, method: VotingMethod) -> None:
    columns_given = columns(seed, method)
    order = np.random.default_rng(seed + 1).permutation(columns_given["idea"].size)

    one, other = (
        crowd_scores.compute(crowd(some, method)) for some in (columns_given, reordered(columns_given, order))
    )

    assert [entry.idea_id for entry in one.entries] == [entry.idea_id for entry in other.entries]
    for entry, same in zip(one.entries, other.entries, strict=True):
        assert (entry.score, entry.score_low, entry.score_high) == pytest.approx(
            (same.score, same.score_low, same.score_high), abs=1e-12
        )


@SETTINGS
@given(SEEDS, METHODS)
def test_the_numbers_that_ideas_and_people_bear_change_nothing(seed: int, method: VotingMethod) -> None:
    columns_given, random = columns(seed, method), np.random.default_rng(seed + 1)
    label, people = random.permutation(IDEAS), random.permutation(PEOPLE)
    ids = [UUID(int=place + 1) for place in range(IDEAS)]
    moved = columns_given | {
        "idea": label[columns_given["idea"]],
        "against": label[columns_given["against"]],
        "person": people[columns_given["person"]],
    }
    at = np.argsort(label)

    one = by_id(crowd_scores.compute(crowd(columns_given, method, ids)))
    other = by_id(crowd_scores.compute(crowd(moved, method, [ids[place] for place in at])))

    for idea, scores in one.items():
        assert scores == pytest.approx(other[idea], abs=SOLVED_TO)


@SETTINGS
@given(SEEDS, METHODS)
def test_one_answer_turned_to_the_best_never_puts_an_idea_behind_one_it_was_before(
    seed: int, method: VotingMethod
) -> None:
    before = columns(seed, method)
    place = int(np.random.default_rng(seed).integers(before["idea"].size))
    raised = {name: column.copy() for name, column in before.items()}
    idea = int(before["idea"][place])
    raised["value"][place] = BEST.get(method, 1)
    if method is VotingMethod.PAIRWISE:
        # A win that was a loss: the two change sides, and so does what spoke for the winner.
        idea = int(before["against"][place])
        raised["idea"][place], raised["against"][place] = idea, before["idea"][place]
        raised["own_department"][place] = -before["own_department"][place]
        raised["position"][place] = 3 - min(before["position"][place], 2)

    then, now = (_order(crowd(some, method)) for some in (before, raised))

    beaten = then[idea] > then + SOLVED_TO
    assert (now[idea] >= now[beaten] - SOLVED_TO).all()


def _order(inputs: CrowdInputs) -> Floats:
    cards = crowd_scores.cards_of(inputs)
    return crowd_scores.rank_order(inputs, cards, np.ones(cards.idea.size, dtype=np.bool_))


@SETTINGS
@given(SEEDS, METHODS)
def test_a_snapshot_recomputes_to_the_last_digit(seed: int, method: VotingMethod) -> None:
    inputs = crowd(columns(seed, method), method)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(inputs), type=CrowdInputs)

    assert msgspec.msgpack.encode(crowd_scores.compute(again)) == msgspec.msgpack.encode(crowd_scores.compute(inputs))


@pytest.mark.parametrize("method", list(VotingMethod))
def test_ties_break_in_the_order_of_the_ideas(method: VotingMethod) -> None:
    nothing = {name: column[:0] for name, column in columns(1, method).items()}
    ranking = crowd_scores.compute(crowd(nothing, method))

    assert [entry.idea_id.int for entry in ranking.entries] == list(range(1, IDEAS + 1))
    assert {entry.band for entry in ranking.entries} == {1}
    assert_defined(ranking, IDEAS)


@pytest.mark.parametrize("method", list(VotingMethod))
@pytest.mark.parametrize("case", ["one voter", "all the best", "all the worst", "only skips", "one idea has them all"])
def test_odd_answers_give_a_defined_ranking(method: VotingMethod, case: str) -> None:
    odd = columns(3, method)
    match case:
        case "one voter":
            odd = reordered(odd, np.flatnonzero(odd["person"] == 0))
        case "all the best":
            odd["value"][:] = BEST.get(method, 1)
        case "all the worst":
            odd["value"][:] = WORST.get(method, 0)
        case "only skips":
            odd["value"][:] = -1
        case "one idea has them all":
            odd = reordered(odd, np.flatnonzero(odd["idea"] == 2))

    assert_defined(crowd_scores.compute(crowd(odd, method)), IDEAS)


@pytest.mark.parametrize("method", list(VotingMethod))
def test_extreme_counts_give_a_defined_ranking(method: VotingMethod) -> None:
    """A hundred thousand people give one idea the best answer, and one gives another the worst."""
    size = 100_000
    zeros = np.zeros(size, dtype=np.int64)
    value = np.full(size, BEST.get(method, 1))
    value[-1] = WORST.get(method, 0)
    idea = zeros.copy()
    idea[-1] = 1
    given = {
        "idea": idea,
        "person": np.arange(size),
        "department": zeros,
        "position": zeros + 1,
        "shown_count": zeros,
        "own_department": zeros,
        "value": value,
        "against": 1 - idea if method is VotingMethod.PAIRWISE else idea[:0],
    }
    ranking = crowd_scores.compute(crowd(given, method))

    assert_defined(ranking, IDEAS)
    assert ranking.entries[0].idea_id == UUID(int=1)


@pytest.mark.parametrize("method", list(VotingMethod))
def test_more_winners_than_ideas_make_everybody_one(method: VotingMethod) -> None:
    ranking = crowd_scores.compute(crowd(columns(2, method), method, k=50))

    assert {entry.probability_top for entry in ranking.entries} == {1.0}
    assert ranking.summary["expected_wrong_calls"] == 0.0
    assert_defined(ranking, IDEAS)


def test_a_perfect_cycle_of_pairs_leaves_its_ideas_level() -> None:
    people = np.repeat(np.arange(5), 3)
    idea = np.tile([0, 1, 2], 5)
    zeros = np.zeros(idea.size, dtype=np.int64)
    given = {
        "idea": idea, "person": people, "department": zeros, "position": people % 2 + 1, "shown_count": zeros,
        "own_department": zeros, "value": zeros + 1, "against": (idea + 1) % 3,
    }  # fmt: skip
    scores = by_id(crowd_scores.compute(crowd(given, VotingMethod.PAIRWISE)))

    assert [score for score, _, _ in scores.values()] == pytest.approx([0.5] * IDEAS, abs=1e-9)


CRITERIA = [
    CriterionInput(key="value", label="Value", weight=30.0, scale_min=1, scale_max=5),
    CriterionInput(key="effort", label="Effort", weight=10.0, scale_min=0, scale_max=10),
]


def panel(reviews: list[ReviewInput], k: int = 2, crowd_known: bool = True) -> PanelInputs:
    """A panel whose criteria weigh 30 and 10, on scales of their own."""
    return PanelInputs(
        challenge_id=UUID(int=99),
        kind=RankingKind.PANEL,
        shortlist_size=k,
        seed=7,
        crowd_ranking_id=None,
        criteria=CRITERIA,
        ideas=[UUID(int=place + 1) for place in range(IDEAS)],
        crowd=[0.1 * place if crowd_known else None for place in range(IDEAS)],
        novelty=[None] * IDEAS,
        reviewers=[UUID(int=100 + place) for place in range(REVIEWERS)],
        reviews=reviews,
    )


def reviewed(seed: int) -> list[ReviewInput]:
    """Some pairs of idea and reviewer; one criterion in five is left empty, never both."""
    random = np.random.default_rng(seed)
    pairs = random.permutation(IDEAS * REVIEWERS)[:20]
    return [
        ReviewInput(
            idea=int(pair // REVIEWERS),
            reviewer=int(pair % REVIEWERS),
            scores=[int(random.integers(1, 6)), None if random.random() < 0.2 else int(random.integers(0, 11))],
            wildcard=False,
        )
        for pair in pairs
    ]


@SETTINGS
@given(SEEDS)
def test_the_order_of_reviews_changes_nothing(seed: int) -> None:
    reviews = reviewed(seed)
    shuffled = [reviews[place] for place in np.random.default_rng(seed).permutation(len(reviews))]

    one, other = panel_rankings.compute(panel(reviews)), panel_rankings.compute(panel(shuffled))

    assert by_id(one) == by_id(other)
    assert [entry.position for entry in one.entries] == [entry.position for entry in other.entries]
    assert_defined(one, IDEAS)


@SETTINGS
@given(SEEDS)
def test_a_panel_snapshot_recomputes_to_the_last_digit(seed: int) -> None:
    inputs = panel(reviewed(seed))
    again = msgspec.json.decode(msgspec.json.encode(inputs), type=PanelInputs)

    assert msgspec.json.encode(panel_rankings.compute(again)) == msgspec.json.encode(panel_rankings.compute(inputs))


def one_review(idea: int, reviewer: int, score: int | None, effort: int | None) -> ReviewInput:
    return ReviewInput(idea=idea, reviewer=reviewer, scores=[score, effort], wildcard=False)


@pytest.mark.parametrize("crowd_known", [True, False])
@pytest.mark.parametrize(
    "reviews",
    [
        [],
        [one_review(0, 0, 5, 10)],
        [one_review(idea, 0, 5, 10) for idea in range(IDEAS)],
        [one_review(idea, reviewer, 3, 5) for idea in range(IDEAS) for reviewer in range(REVIEWERS)],
        [one_review(idea, idea % 2, 1 + idea % 5, idea) for idea in range(IDEAS)],
        [one_review(0, 0, None, 4), one_review(1, 1, 2, None)],
    ],
    ids=["none", "one", "one reviewer of only fives", "all equal", "two groups that share no idea", "missing criteria"],
)
def test_odd_reviews_give_a_defined_ranking(reviews: list[ReviewInput], crowd_known: bool) -> None:
    assert_defined(panel_rankings.compute(panel(reviews, crowd_known=crowd_known)), IDEAS)
    everybody = panel_rankings.compute(panel(reviews, k=50, crowd_known=crowd_known))
    assert {entry.probability_top for entry in everybody.entries} == {1.0}
