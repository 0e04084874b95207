"""No votes, one voter, equal scores, cut graphs, extreme counts: a defined result or a clear error, never NaN."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from scoring import (
    agreement,
    alternatives,
    assignment,
    backtest,
    beta_binomial,
    budget,
    connect,
    contributions,
    directed,
    diversity,
    exposure,
    feed,
    integrity,
    lemons,
    orderings,
    pairwise,
    panel,
    position,
    propagation,
    protection,
    ranks,
    stars,
    tokens,
    trending,
    wilson,
)
from scoring.errors import ScoringError


def fit_cards(answers: list[int], ideas: list[int], idea_count: int) -> exposure.ExposureFit:
    size = len(answers)
    data = exposure.impressions(
        person_index=[0] * size,
        idea_index=ideas,
        department_index=[0] * size,
        position=[1] * size,
        own_department=[0] * size,
        shown_count=[0] * size,
        answer=answers,
        person_count=1,
        idea_count=idea_count,
        department_count=1,
    )
    return exposure.fit(data)


def test_exposure_without_cards_says_nothing_about_every_idea_alike() -> None:
    fit = fit_cards([], [], 3)

    assert fit.score.tolist() == [0.0, 0.0, 0.0]
    assert fit.yes_rate.tolist() == [0.5, 0.5, 0.5]
    assert fit.yes_rate_high[0] - fit.yes_rate_low[0] > 0.4


@pytest.mark.parametrize("answer", [0, 1])
def test_exposure_one_voter_with_equal_answers_stays_finite(answer: int) -> None:
    fit = fit_cards([answer] * 40, list(range(4)) * 10, 4)

    assert np.isfinite(fit.score).all()
    assert np.ptp(fit.score) == pytest.approx(0.0, abs=1e-9)


def test_exposure_a_million_equal_yes_cards_of_one_idea_stay_finite() -> None:
    fit = fit_cards([1] * 100_000, [0] * 100_000, 2)

    assert np.isfinite(fit.yes_rate).all()
    assert fit.score[0] > fit.score[1]


def test_panel_without_reviews_returns_the_prior() -> None:
    fit = panel.fit(panel.reviews([], [], [], 3, 2), [1.0, 2.0, 3.0])

    assert fit.score.tolist() == [0.0, 0.0, 0.0]
    assert (fit.score_sd > 0).all()
    assert fit.review_count.tolist() == [0, 0, 0]


def test_panel_of_no_ideas_is_empty() -> None:
    assert panel.fit(panel.reviews([], [], [], 0, 0)).score.size == 0


def test_panel_one_reviewer_who_gives_only_fives_ranks_nobody() -> None:
    fit = panel.fit(panel.reviews([0, 1, 2], [0, 0, 0], [5, 5, 5], 4, 1))

    assert fit.score.tolist() == pytest.approx([5.0] * 4)
    assert (fit.score_sd > 0).all()


def test_panel_few_or_equal_scores_do_not_pass_for_certainty() -> None:
    one = panel.fit(panel.reviews([0], [0], [5], 2, 1))
    fives = panel.fit(panel.reviews([0, 1, 2], [0, 0, 0], [5, 5, 5], 4, 1))

    assert (one.score_sd > 0.3).all()
    assert (fives.score_sd > 0.2).all()


def test_panel_reviewer_of_only_fives_lifts_nobody_beside_a_discerning_one() -> None:
    data = panel.reviews([0, 1, 2, 3] * 2, [0] * 4 + [1] * 4, [5, 5, 5, 5, 1, 2, 3, 4], 4, 2)
    fit = panel.fit(data)

    assert np.argsort(fit.score).tolist() == [0, 1, 2, 3]
    assert fit.severity[0] > 0 > fit.severity[1]


def test_panel_cut_graph_is_solved_and_named() -> None:
    fit = panel.fit(panel.reviews([0, 0, 1, 1], [0, 1, 2, 3], [5, 4, 2, 1], 2, 4))

    assert np.isfinite(fit.score).all()
    assert connect.groups([0, 0, 1, 1], [0, 1, 2, 3], 2, 4).count == 2
    assert connect.anchors([0, 0, 1, 1], [0, 1, 2, 3], 2, 4).tolist() == [0, 1]


def test_panel_missing_criteria_and_weights_off_one_are_scaled() -> None:
    assert panel.weighted([[4.0, math.nan], [2.0, 4.0]], [30, 10]).tolist() == [4.0, 2.5]


def test_ranks_k_beyond_the_field_makes_everybody_a_winner() -> None:
    result = ranks.chances([1.0, 2.0], [1.0, 1.0], 9, seed=1)

    assert result.top_k.tolist() == [1.0, 1.0]
    assert result.expected_wrong_calls == 0.0


def test_ranks_of_no_ideas_are_empty() -> None:
    result = ranks.chances([], [], 3, seed=1)

    assert result.rank.tolist() == []
    assert result.expected_wrong_calls == 0.0


def test_ranks_equal_ideas_tie_in_one_band_and_break_by_index() -> None:
    result = ranks.chances([1.0] * 5, [0.0] * 5, 2, seed=1)

    assert result.rank.tolist() == [1, 2, 3, 4, 5]
    assert result.band.tolist() == [1] * 5


def test_bradley_terry_without_comparisons_is_level() -> None:
    fit = pairwise.fit(pairwise.comparisons([], [], 3))

    assert fit.strength.tolist() == [0.0, 0.0, 0.0]
    assert fit.sd.tolist() == [2.0, 2.0, 2.0]


def test_propagation_without_comparisons_is_the_prior() -> None:
    level, empty = propagation.fit([], [], 3, prior_variance=2.0), propagation.fit([], [], 0)

    assert (level.mean.tolist(), level.covariance.tolist()) == ([0.0] * 3, (2.0 * np.eye(3)).tolist())
    assert (empty.mean.shape, empty.covariance.shape) == ((0,), (0, 0))


@pytest.mark.parametrize("model", ["logit", "logit-mixture", "probit"])
def test_propagation_of_a_perfect_cycle_is_level(model: propagation.Model) -> None:
    found = propagation.fit([0, 1, 2], [1, 2, 0], 3, model=model)

    assert found.mean == pytest.approx([0.0] * 3, abs=1e-9)


@pytest.mark.parametrize("model", ["logit", "logit-mixture", "probit"])
@pytest.mark.parametrize("variance", [1e-9, 1e5])
def test_propagation_settles_on_one_sided_answers(model: propagation.Model, variance: float) -> None:
    found = propagation.fit([0] * 4 + [2], [1] * 4 + [3], 4, model=model, prior_variance=variance)

    assert found.sweeps < propagation.MAX_SWEEPS
    assert (np.linalg.eigvalsh(found.covariance) > 0).all()
    assert found.mean[0] == pytest.approx(-found.mean[1], rel=1e-6)
    assert found.mean[0] > found.mean[2] > 0


def test_bradley_terry_home_term_takes_the_advantage_out() -> None:
    random = np.random.default_rng(1)
    first = random.integers(0, 30, 20_000)
    second = (first + random.integers(1, 30, 20_000)) % 30
    home = random.integers(-1, 2, 20_000)
    won = random.random(20_000) < 1 / (1 + np.exp(-0.8 * home))
    winner, loser = np.where(won, first, second), np.where(won, second, first)

    fit = pairwise.fit(pairwise.comparisons(winner, loser, 30, np.where(won, home, -home)[:, None]))

    assert fit.advantages[0] == pytest.approx(0.8, abs=0.06)


def test_feed_spreads_views_evenly_when_ten_at_a_time_draw_from_the_same_counts() -> None:
    views = np.zeros(100)
    for wave in range(20):
        hands = [
            feed.deal(
                views=views, mean=np.linspace(0, 1, 100), sd=np.full(100, 0.2), allowed=np.ones(100), count=10,
                seed=feed.seed_for(wave, person),
            )
            for person in range(10)
        ]  # fmt: skip
        views = views + np.bincount(np.concatenate(hands), minlength=100)

    ordered = np.sort(views)
    gini = (2 * np.arange(1, 101) - 101) @ ordered / (100 * ordered.sum())
    assert views.mean() == 20.0
    assert gini <= 0.2


def test_feed_new_idea_catches_up() -> None:
    views = np.array([30.0] * 50 + [0.0])
    dealt = [
        feed.deal(views=views, mean=np.zeros(51), sd=np.ones(51), allowed=np.ones(51), count=6, seed=seed)
        for seed in range(20)
    ]

    assert sum(50 in hand for hand in dealt) == 20


def test_feed_with_nothing_left_is_empty() -> None:
    assert feed.deal(views=[1], mean=[0], sd=[1], allowed=[0], count=5, seed=1).tolist() == []
    assert feed.deal(views=[], mean=[], sd=[], allowed=[], count=5, seed=1).tolist() == []


def test_assignment_without_capacity_counts_what_is_missing() -> None:
    plan = assignment.assign(affinity=[[1, 1]], conflict=[[0, 1]], reviews_needed=[2, 1], load_limit=[5])

    assert (plan.reviewer_index.tolist(), plan.idea_index.tolist()) == ([0], [0])
    assert plan.missing.tolist() == [1, 1]


def test_assignment_fair_raises_the_weakest_match() -> None:
    affinity = [[1.0, 0.5], [0.5, 0.1]]

    def worst(fair: bool) -> float:
        plan = assignment.assign(
            affinity=affinity, conflict=np.zeros((2, 2)), reviews_needed=[1, 1], load_limit=[1, 1], fair=fair
        )
        return plan.worst_affinity

    assert (worst(fair=False), worst(fair=True)) == (0.1, 0.5)


def test_directed_batch_ends_at_the_cap() -> None:
    batch = directed.next_batch(top_k=[0.5, 0.5], sd=[1, 1], review_count=[8, 7], open_ideas=[1, 1], batch_size=9)

    assert batch.tolist() == [1]


def test_directed_verdict_names_its_reason() -> None:
    point = directed.CurvePoint(reviews=600, expected_wrong_calls=5.0)

    assert directed.verdict(point, 4.0, 600).reason == "budget spent"
    assert directed.verdict(point, 4.0, 601).reason == "go on"


def test_pool_adds_the_ideas_most_unlike_the_rest() -> None:
    vectors = np.vstack([np.tile([1.0, 0.0], (30, 1)), [[0.0, 1.0]]])

    assert directed.pool(np.arange(31)[::-1], 1, vectors)[-1] == 30


def test_shortlist_of_nothing_and_of_wordless_ideas() -> None:
    empty = diversity.shortlist(score=[], vectors=[], theme=[], k=3)
    wordless = diversity.shortlist(score=[1.0, 2.0], vectors=[[0, 0], [0, 0]], theme=[-1, -1], k=3)

    assert (empty.chosen.tolist(), empty.cost_share) == ([], 0.0)
    assert wordless.chosen.tolist() == [1, 0]


def test_shortlist_keeps_the_theme_cap_and_names_who_was_left_out() -> None:
    theme = [0] * 10 + [1, 2, 3]
    result = diversity.shortlist(
        score=np.linspace(2, 1, 13), vectors=np.eye(13), theme=theme, k=4, max_cost_share=1.0, theme_share=0.5
    )

    assert sum(theme[idea] == 0 for idea in result.chosen) == 2
    assert result.over_cap.tolist() == [2, 3]
    assert (result.themes, result.plain_themes) == (3, 1)


def test_knapsack_and_equal_shares_of_nothing_buy_nothing() -> None:
    assert budget.knapsack([5], [10], 3).tolist() == []
    assert budget.equal_shares(np.zeros((0, 2)), [1, 2], 10).chosen.tolist() == []


def test_backtest_of_all_or_none_has_no_auc() -> None:
    assert backtest.auc([1, 2], [True, True]) is None
    assert backtest.forecast([], []) is None


def test_position_decay_is_recovered_from_random_order() -> None:
    random = np.random.default_rng(3)
    place = random.integers(1, 60, 200_000)
    yes = random.random(place.size) < 0.4 * place**-0.35

    assert position.estimate_decay(place, yes) == pytest.approx(0.35, abs=0.03)


def test_forward_decay_order_of_votes_is_irrelevant() -> None:
    one = trending.forward_decay(trending.forward_decay(None, 50.0), 90_000.0)
    other = trending.forward_decay(trending.forward_decay(None, 90_000.0), 50.0)

    assert one == pytest.approx(other, abs=1e-12)


def test_integrity_of_no_votes_finds_nothing() -> None:
    log = integrity.vote_log([], [], [], [0, 1], 2)

    assert integrity.reciprocal_pairs(log, np.zeros((2, 2))) == []
    assert integrity.rings(log) == []
    assert integrity.bursts(log) == []
    assert integrity.one_department_ballots(log, [0, 0], [1.0]) == []


def test_integrity_leaves_independent_voters_alone() -> None:
    random = np.random.default_rng(5)
    person = np.repeat(np.arange(60), 20)
    idea = np.concatenate([random.permutation(200)[:20] for _ in range(60)])
    log = integrity.vote_log(person, idea, random.random(person.size) * 1e6, random.integers(0, 60, 200), 60)

    assert integrity.rings(log) == []
    assert integrity.bursts(log) == []
    assert integrity.one_department_ballots(log, np.arange(60) % 4, [0.25] * 4) == []


def test_what_would_change_says_when_nothing_would() -> None:
    fit = panel.fit(panel.reviews([0, 0, 1], [0, 1, 0], [5, 5, 2], 2, 2))

    assert contributions.what_would_change(fit, 1, line=4.9, score=3.0).reviews == -1
    wanted = contributions.what_would_change(fit, 1, line=4.0, score=5.0).reviews
    assert wanted > 0


def test_protected_list_of_no_ideas_is_empty() -> None:
    found = protection.protected([], [], [], [])

    assert (found.contested.tolist(), found.novel.tolist()) == ([], [])
    assert protection.novelty([[1.0, 0.0]]).tolist() == [1.0]


def test_disagreement_is_said_in_words() -> None:
    found = agreement.disagreement([[2.0, 4.0], [5.0, math.nan]], ["feasibility", "value"])

    assert found is not None
    assert found.text == "reviewers disagree on feasibility: 2 against 5"
    assert agreement.disagreement([[2.0], [3.0]], ["value"]) is None


WRONG: list[tuple[str, Callable[[], object]]] = [
    ("views", lambda: wilson.interval([1], [-1])),
    ("exceed", lambda: wilson.interval([2], [1])),
    ("counts must have", lambda: stars.lower_bound([[1, 2]])),
    ("counts from 1", lambda: beta_binomial.exposure_weight([0])),
    ("finite", lambda: beta_binomial.score([math.nan], [1])),
    ("positive, finite", lambda: beta_binomial.score([1], [1], beta_binomial.Prior(a=0.0, b=1.0))),
    ("idea_index", lambda: panel.reviews([5], [0], [1], 2, 1)),
    ("entries", lambda: panel.reviews([0, 1], [0], [1, 2], 2, 1)),
    ("whole numbers", lambda: panel.reviews([0.5], [0], [1], 2, 1)),
    ("shared_bias", lambda: panel.fit(panel.reviews([0], [0], [1], 1, 1), shared_bias=1.0)),
    ("weights must be positive", lambda: panel.weighted([[1, 2]], [1, 0])),
    ("at least one finite", lambda: panel.weighted([[math.nan]], [1])),
    ("k and draws", lambda: ranks.chances([1], [1], 0, seed=1)),
    ("factor", lambda: ranks.chances([1], [1], 1, seed=1, factor=np.zeros((2, 1)))),
    ("itself", lambda: pairwise.comparisons([0], [0], 2)),
    ("terms must be", lambda: pairwise.comparisons([0], [1], 2, [[3]])),
    ("without a prior", lambda: pairwise.fit(pairwise.comparisons([0], [1], 2), prior="none")),
    ("itself", lambda: propagation.fit([0], [0], 2)),
    ("prior_variance", lambda: propagation.fit([0], [1], 2, prior_variance=math.inf)),
    ("two or more", lambda: orderings.fit([[0]], 2)),
    ("credits", lambda: tokens.support([0], [0], [101], voter_count=1, idea_count=1)),
    ("a and b", lambda: lemons.score([1], [1], a=0)),
    ("affinity", lambda: assignment.assign(affinity=[[-1]], conflict=[[0]], reviews_needed=[1], load_limit=[1])),
    ("count must", lambda: feed.deal(views=[], mean=[], sd=[], allowed=[], count=-1, seed=1)),
    ("theme", lambda: diversity.shortlist(score=[1], vectors=[[1]], theme=[0.5], k=1)),
    ("cost must", lambda: budget.equal_shares([[1]], [0], 1)),
    ("chance", lambda: backtest.forecast([1.5], [True])),
    ("yes or no", lambda: backtest.forecast([0.5], [2])),
    ("reachable", lambda: alternatives.spectral([0], [1], 2)),
    ("expected_yes", lambda: integrity.reciprocal_pairs(integrity.vote_log([], [], [], [0], 1), [[-1]])),
]


@pytest.mark.parametrize(("words", "call"), WRONG, ids=[f"{number}-{words}" for number, (words, _) in enumerate(WRONG)])
def test_wrong_input_is_refused_in_words(words: str, call: Callable[[], object]) -> None:
    with pytest.raises(ScoringError, match=words):
        call()
