"""What must hold for any input: order, relabelling, one more yes, ties, and recomputation to the last digit."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import (
    agreement,
    assignment,
    beta_binomial,
    budget,
    contributions,
    diversity,
    exposure,
    feed,
    orderings,
    pairwise,
    panel,
    propagation,
    ranks,
    stars,
    wilson,
)
from scoring.checks import Floats

SETTINGS = settings(derandomize=True, max_examples=40, deadline=None, database=None)
SLOWER = settings(SETTINGS, max_examples=15)
SEEDS = st.integers(0, 2**32 - 1)
PEOPLE, IDEAS, DEPARTMENTS = 6, 7, 3
Column = np.ndarray[tuple[int], np.dtype[Any]]


def columns(seed: int, size: int = 60) -> dict[str, Column]:
    random = np.random.default_rng(seed)
    return {
        "person_index": random.integers(0, PEOPLE, size),
        "idea_index": random.integers(0, IDEAS, size),
        "department_index": random.integers(0, DEPARTMENTS, size),
        "position": random.integers(1, 20, size),
        "own_department": random.random(size) < 0.3,
        "shown_count": random.integers(0, 5, size),
        "answer": random.random(size) < 0.4,
    }


def fitted(given_columns: dict[str, Column]) -> exposure.ExposureFit:
    data = exposure.impressions(**given_columns, person_count=PEOPLE, idea_count=IDEAS, department_count=DEPARTMENTS)
    return exposure.fit(data)


@SLOWER
@given(SEEDS)
def test_exposure_order_of_votes_is_irrelevant_to_the_last_digit(seed: int) -> None:
    given_columns = columns(seed)
    order = np.random.default_rng(seed + 1).permutation(60)

    one, other = fitted(given_columns), fitted({name: column[order] for name, column in given_columns.items()})

    assert one.score.tobytes() == other.score.tobytes()
    assert one.yes_rate_low.tobytes() == other.yes_rate_low.tobytes()


@SLOWER
@given(SEEDS)
def test_exposure_relabelling_ideas_changes_nothing(seed: int) -> None:
    given_columns = columns(seed)
    label = np.random.default_rng(seed + 1).permutation(IDEAS)

    one, other = fitted(given_columns), fitted({**given_columns, "idea_index": label[given_columns["idea_index"]]})

    np.testing.assert_allclose(one.score, other.score[label], atol=1e-3)


@SLOWER
@given(SEEDS)
def test_exposure_turning_a_no_into_a_yes_never_lowers_the_idea(seed: int) -> None:
    given_columns = columns(seed)
    answer = given_columns["answer"].copy()
    card = int(np.flatnonzero(~answer)[0])
    before = fitted(given_columns).score
    answer[card] = True

    after = fitted({**given_columns, "answer": answer}).score

    idea = int(given_columns["idea_index"][card])
    others = np.arange(IDEAS) != idea
    assert after[idea] - after[others].mean() >= before[idea] - before[others].mean() - 1e-3


@SLOWER
@given(SEEDS)
def test_exposure_intervals_hold_their_rate(seed: int) -> None:
    fit = fitted(columns(seed))

    assert ((fit.yes_rate_low <= fit.yes_rate) & (fit.yes_rate <= fit.yes_rate_high)).all()
    assert ((fit.yes_rate_low > 0) & (fit.yes_rate_high < 1)).all()


counts = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200)), min_size=1, max_size=20)


@SETTINGS
@given(counts, st.floats(0.1, 50), st.floats(0.1, 50), st.floats(0, 1))
def test_beta_binomial_one_more_yes_never_lowers_an_idea(
    rows: list[tuple[float, float]], a: float, b: float, weight: float
) -> None:
    yes, views = np.array(rows).T
    prior = beta_binomial.Prior(a=a, b=b)

    before, after = beta_binomial.score(yes, views, prior), beta_binomial.score(yes + 1, views + weight, prior)

    assert (after.mean >= before.mean - 1e-12).all()
    assert ((after.low >= 0) & (after.low <= after.high) & (after.high <= 1)).all()


@SETTINGS
@given(counts)
def test_beta_binomial_prior_is_always_usable(rows: list[tuple[float, float]]) -> None:
    yes, views = np.array(rows).T

    prior = beta_binomial.fit_prior(yes, views)

    assert prior.a > 0
    assert prior.b > 0
    assert np.isfinite(beta_binomial.score(yes, views, prior).mean).all()


@SETTINGS
@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_one_more_yes_raises_both_ends(yes: int, no: int) -> None:
    lower, upper = wilson.interval([yes, yes + 1], [yes + no, yes + no + 1])

    assert lower[1] >= lower[0] - 1e-12
    assert upper[1] >= upper[0] - 1e-12


@SETTINGS
@given(st.lists(st.integers(0, 50), min_size=5, max_size=5))
def test_stars_five_more_stars_never_lower_the_mean(row: list[int]) -> None:
    better = [row[0] + 1, *row[1:]]
    low, high = stars.mean([row, better])

    assert high >= low


def reviews(seed: int, size: int = 25) -> panel.Reviews:
    random = np.random.default_rng(seed)
    return panel.reviews(
        random.integers(0, IDEAS, size), random.integers(0, PEOPLE, size), random.integers(1, 6, size), IDEAS, PEOPLE
    )


@SLOWER
@given(SEEDS)
def test_panel_order_of_reviews_is_irrelevant_to_the_last_digit(seed: int) -> None:
    data, random = reviews(seed), np.random.default_rng(seed)
    order = random.permutation(data.y.size)
    crowd = random.normal(size=IDEAS)
    shuffled = panel.reviews(data.idea[order], data.reviewer[order], data.y[order], IDEAS, PEOPLE)

    assert panel.fit(data, crowd).score.tobytes() == panel.fit(shuffled, crowd).score.tobytes()


@SLOWER
@given(SEEDS)
def test_panel_relabelling_ideas_and_reviewers_changes_nothing(seed: int) -> None:
    data, random = reviews(seed), np.random.default_rng(seed)
    ideas, people, crowd = random.permutation(IDEAS), random.permutation(PEOPLE), random.normal(size=IDEAS)
    moved = np.empty(IDEAS)
    moved[ideas] = crowd

    one = panel.fit(data, crowd)
    other = panel.fit(panel.reviews(ideas[data.idea], people[data.reviewer], data.y, IDEAS, PEOPLE), moved)

    np.testing.assert_allclose(one.score, other.score[ideas], atol=1e-9)
    np.testing.assert_allclose(one.severity, other.severity[people], atol=1e-9)


@SETTINGS
@given(SEEDS, st.integers(0, 24))
def test_panel_a_higher_score_never_lowers_the_idea(seed: int, place: int) -> None:
    data = reviews(seed)
    variances = panel.Variances(idea=0.5, reviewer=0.2, noise=0.6)
    raised = data.y.copy()
    raised[place] += 1

    before = panel.solve(data, np.full(25, 3.0), variances)
    higher = panel.reviews(data.idea, data.reviewer, raised, IDEAS, PEOPLE)
    after = panel.solve(higher, np.full(25, 3.0), variances)

    assert after.q[data.idea[place]] >= before.q[data.idea[place]] - 1e-9


@SETTINGS
@given(SEEDS)
def test_contributions_add_up_to_the_score(seed: int) -> None:
    data = reviews(seed)
    fit = panel.fit(data, np.random.default_rng(seed).normal(size=IDEAS))

    parts = contributions.of_panel(data, fit)

    np.testing.assert_allclose(parts.base + parts.crowd + parts.reviews + parts.severity, fit.score, atol=1e-9)


@SETTINGS
@given(SEEDS, st.floats(0, 0.9))
def test_panel_shared_bias_shrinks_scores_to_the_prior_and_widens_up_to_the_unreviewed(seed: int, share: float) -> None:
    data = reviews(seed)
    crowd = np.random.default_rng(seed).normal(size=IDEAS)
    plain, fit = panel.fit(data, crowd, shared_bias=0.0), panel.fit(data, crowd, shared_bias=share)

    np.testing.assert_allclose(fit.score, plain.prior + (1 - share) * (plain.score - plain.prior), atol=1e-9)
    own = np.minimum(plain.own_sd**2 + share * plain.variances.idea, plain.variances.idea)
    np.testing.assert_allclose(fit.own_sd**2, own, atol=1e-9)
    np.testing.assert_allclose(fit.score_sd**2, own + (plain.factor**2).sum(axis=1), atol=1e-9)
    assert (fit.score_sd >= plain.score_sd - 1e-9).all()


@SETTINGS
@given(SEEDS, st.integers(0, IDEAS - 1))
def test_what_would_change_counts_the_reviews_that_carry_an_idea_over_the_line(seed: int, idea: int) -> None:
    fit = panel.fit(reviews(seed))
    line = float(fit.score[idea]) + 0.3 * float(fit.score_sd[idea])
    change = contributions.what_would_change(fit, idea, line, score=9.0)

    kept, before = 1 - fit.shared_bias, float(fit.score[idea] - fit.prior[idea]) / (1 - fit.shared_bias)
    precision = fit.review_count[idea] / fit.variances.noise + 1 / fit.variances.idea

    def after(count: int) -> float:
        weight = count / fit.variances.noise
        return float(
            fit.prior[idea] + kept * (precision * before + weight * (9.0 - fit.prior[idea])) / (precision + weight)
        )

    assert after(change.reviews - 1) < line <= after(change.reviews) + 1e-9


@SETTINGS
@given(SEEDS, st.integers(1, 12))
def test_ranks_chances_sum_to_k_and_do_not_depend_on_order(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    mean, sd, order = random.normal(size=9), random.random(9) + 0.01, random.permutation(9)

    one = ranks.chances(mean, sd, k, seed=3, draws=200)
    other = ranks.chances(mean[order], sd[order], k, seed=3, draws=200)

    assert one.top_k.sum() == np.float64(min(k, 9)) or abs(one.top_k.sum() - min(k, 9)) < 1e-9
    assert one.top_k[order].tolist() == other.top_k.tolist()
    assert one.rank_low[order].tolist() == other.rank_low.tolist()
    assert (one.rank_low <= one.rank_high).all()


@SETTINGS
@given(SEEDS, st.integers(0, 40))
def test_feed_deals_allowed_cards_once_and_repeatably(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    allowed = random.random(30) < 0.6

    def hand() -> list[int]:
        dealt = feed.deal(views=random_views, mean=mean, sd=np.full(30, 0.2), allowed=allowed, count=count, seed=seed)
        return [int(idea) for idea in dealt]

    random_views, mean = random.integers(0, 9, 30), random.random(30)
    dealt = hand()

    assert dealt == hand()
    assert len(dealt) == len(set(dealt)) == min(count, int(allowed.sum()))
    assert allowed[dealt].all()


@SETTINGS
@given(SEEDS)
def test_pairwise_order_and_labels_change_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    winner = random.integers(0, IDEAS, 40)
    loser = (winner + random.integers(1, IDEAS, 40)) % IDEAS
    label, order = random.permutation(IDEAS), random.permutation(40)

    one = pairwise.fit(pairwise.comparisons(winner, loser, IDEAS)).strength
    shuffled = pairwise.fit(pairwise.comparisons(winner[order], loser[order], IDEAS)).strength
    moved = pairwise.fit(pairwise.comparisons(label[winner], label[loser], IDEAS)).strength

    assert one.tobytes() == shuffled.tobytes()
    np.testing.assert_allclose(one, moved[label], atol=1e-7)


@settings(SETTINGS, max_examples=5)
@given(SEEDS, st.sampled_from(["logit", "logit-mixture", "probit"]))
def test_propagation_order_and_labels_change_nothing_and_a_win_lifts(seed: int, model: propagation.Model) -> None:
    random = np.random.default_rng(seed)
    winner = random.integers(0, 6, 20)
    loser = (winner + random.integers(1, 6, 20)) % 6
    label, order = random.permutation(6), random.permutation(20)

    one = propagation.fit(winner, loser, 6, model=model)
    shuffled = propagation.fit(winner[order], loser[order], 6, model=model)
    moved = propagation.fit(label[winner], label[loser], 6, model=model)
    lifted = propagation.fit(np.append(winner, 0), np.append(loser, 1), 6, model=model)

    assert one.mean.tobytes() == shuffled.mean.tobytes()
    np.testing.assert_allclose(one.mean, moved.mean[label], atol=1e-7)
    np.testing.assert_allclose(one.covariance, moved.covariance[np.ix_(label, label)], atol=1e-7)
    assert lifted.mean[0] > one.mean[0]
    assert np.diag(one.covariance).max() < 4.0


@SETTINGS
@given(SEEDS)
def test_plackett_luce_of_pairs_is_bradley_terry(seed: int) -> None:
    random = np.random.default_rng(seed)
    winner = random.integers(0, 5, 20)
    loser = (winner + random.integers(1, 5, 20)) % 5

    one = orderings.fit(np.column_stack((winner, loser)).tolist(), 5, 2.0).strength
    other = pairwise.fit(pairwise.comparisons(winner, loser, 5), prior_variance=2.0).strength

    np.testing.assert_allclose(one, other, atol=1e-6)


@SETTINGS
@given(SEEDS, st.booleans())
def test_assignment_keeps_every_rule(seed: int, fair: bool) -> None:
    random = np.random.default_rng(seed)
    conflict, needed, load = random.random((5, 8)) < 0.3, random.integers(0, 4, 8), random.integers(0, 5, 5)

    plan = assignment.assign(
        affinity=random.random((5, 8)), conflict=conflict, reviews_needed=needed, load_limit=load, fair=fair
    )

    placed = np.bincount(plan.idea_index, minlength=8)
    assert not conflict[plan.reviewer_index, plan.idea_index].any()
    assert (np.bincount(plan.reviewer_index, minlength=5) <= load).all()
    assert (placed + plan.missing).tolist() == needed.tolist()
    assert len(set(zip(plan.reviewer_index, plan.idea_index, strict=True))) == plan.idea_index.size


@SETTINGS
@given(SEEDS, st.integers(1, 12))
def test_shortlist_keeps_its_size_its_caps_and_its_order(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    score, theme = random.normal(size=30), random.integers(0, 10, 30)

    result = diversity.shortlist(score=score, vectors=random.normal(size=(30, 4)), theme=theme, k=k)

    standing = int((result.folded_into < 0).sum())
    assert len(set(result.chosen.tolist())) == result.chosen.size == min(k, standing)
    assert (np.diff(score[result.chosen]) <= 0).all()
    assert result.cost_share >= 0


@SETTINGS
@given(SEEDS)
def test_knapsack_is_the_best_of_all_affordable_sets(seed: int) -> None:
    random = np.random.default_rng(seed)
    value, cost, theme = random.random(8), random.integers(1, 30, 8), random.integers(-1, 2, 8)

    def allowed(some: tuple[int, ...]) -> bool:
        counts = np.bincount(theme[list(some)] + 1, minlength=3)
        return bool(cost[list(some)].sum() <= 60 and len(some) <= 4 and (counts[1:] <= 2).all())

    best = max(
        value[list(some)].sum() for size in range(5) for some in itertools.combinations(range(8), size) if allowed(some)
    )
    bought = budget.knapsack(value, cost, 60, most=4, theme=theme, cap=2)

    assert allowed(tuple(bought.tolist()))
    assert value[bought].sum() == pytest.approx(best)


@SETTINGS
@given(SEEDS)
def test_equal_shares_spends_a_groups_own_money_as_the_group_wants(seed: int) -> None:
    """Voters who agree on a project that their shares can pay always get it (unanimous cohesive groups)."""
    random = np.random.default_rng(seed)
    likes = random.random((6, 8)) < 0.3
    likes[:3, 0] = True
    likes[:3, 1:] = False
    likes[3:, 0] = False

    bought = budget.equal_shares(likes, np.full(8, 50.0), 100.0)

    assert 0 in bought.chosen.tolist()


@SETTINGS
@given(SEEDS)
def test_equal_shares_never_overspends(seed: int) -> None:
    random = np.random.default_rng(seed)
    cost = random.integers(1, 60, 8)

    bought = budget.equal_shares(random.random((6, 8)) < 0.5, cost, 100.0, "utilitarian")

    assert bought.spent <= 100.0 + 1e-6
    assert (bought.paid <= 100.0 / 6 + 1e-6).all()
    assert len(set(bought.chosen.tolist())) == bought.chosen.size


@SETTINGS
@given(st.lists(st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=2, max_size=5))
def test_alpha_is_never_above_one_and_ignores_the_order_of_observers(ratings: list[list[int]]) -> None:
    one, other = agreement.krippendorff_alpha(ratings), agreement.krippendorff_alpha(ratings[::-1])

    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one <= 1 + 1e-12
        assert abs(one - other) < 1e-9


def _same_twice(compute: Callable[[], Floats]) -> bool:
    return compute().tobytes() == compute().tobytes()


def test_snapshot_recomputes_to_the_last_digit() -> None:
    data = reviews(4)

    assert _same_twice(lambda: fitted(columns(4)).score)
    assert _same_twice(lambda: panel.fit(data, np.arange(IDEAS)).score)
    assert _same_twice(lambda: ranks.chances(np.arange(9.0), np.ones(9), 3, seed=5).top_k)
