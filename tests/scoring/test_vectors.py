"""Published and cross-checked figures, to 1e-6."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from scoring import (
    agreement,
    alternatives,
    beta_binomial,
    budget,
    diversity,
    orderings,
    pairwise,
    panel,
    propagation,
    stars,
    trending,
    wilson,
)
from scoring.checks import Floats

NAN = math.nan
BEATS = ([0, 0, 1, 2], [1, 1, 2, 0])


def near(expected: object) -> object:
    return pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("yes", "views", "lower", "upper"),
    [
        (1, 1, 0.2065493144, 1.0),
        (0, 1, 0.0, 0.7934506856),
        (1, 2, 0.0945312057, 0.9054687943),
        (10, 20, 0.2992980082, 0.7007019918),
        (60, 100, 0.5020025868, 0.6905987136),
    ],
)
def test_wilson_interval_matches_statsmodels(yes: int, views: int, lower: float, upper: float) -> None:
    low, high = wilson.interval([yes], [views])

    assert (low[0], high[0]) == near((lower, upper))


@pytest.mark.parametrize(
    ("yes", "views", "lower"),
    [
        (2, 2, 0.3423802275),
        (5, 5, 0.5655175352),
        (600, 1000, 0.5693094295),
        (5500, 10000, 0.5402319558),
        (100, 101, 0.946032842),
    ],
)
def test_wilson_lower_bound_matches_statsmodels(yes: int, views: int, lower: float) -> None:
    assert wilson.lower_bound([yes], [views])[0] == near(lower)


def test_stars_lower_bound_follows_the_formula() -> None:
    counts = [[60, 80, 75, 20, 25], [10, 0, 0, 0, 0], [5, 0, 0, 0, 0], [0, 0, 0, 0, 0]]

    assert stars.lower_bound(counts).tolist() == near([3.3684307456, 3.8188554427, 3.2964376360, 2.0473720558])


def test_beta_binomial_posterior_of_three_in_five() -> None:
    score = beta_binomial.score([3], [5], beta_binomial.Prior(a=2.0, b=8.0))

    assert (score.mean[0], score.low[0]) == near((1 / 3, 0.1527176224))


def test_trending_formulas_match_their_sources() -> None:
    assert trending.reddit_hot(100, 10, 1_700_000_000) == near(12579.1097314)
    assert trending.reddit_hot(0, 5, 1_700_000_000) == near(12576.4565189)
    assert trending.hacker_news(100, 5) == near(2.9816641428)


@pytest.mark.parametrize(
    ("prior", "variance", "expected"),
    [("none", 1.0, 0.419617624), ("logistic", 1.0, 0.29113436), ("normal", 1.0, 0.22395713)],
)
def test_bradley_terry_matches_choix_and_scipy(prior: pairwise.Prior, variance: float, expected: float) -> None:
    fit = pairwise.fit(pairwise.comparisons(*BEATS, 3), prior=prior, prior_variance=variance)

    assert fit.strength.tolist() == near([expected, -expected, 0.0])


@pytest.mark.parametrize("prior", ["none", "logistic", "normal"])
def test_bradley_terry_perfect_cycle_is_level(prior: pairwise.Prior) -> None:
    fit = pairwise.fit(pairwise.comparisons([0, 1, 2], [1, 2, 0], 3), prior=prior)

    assert fit.strength.tolist() == near([0.0, 0.0, 0.0])


def test_luce_spectral_ranking_matches_choix() -> None:
    assert alternatives.spectral(*BEATS, 3).tolist() == near([0.23104906, -0.46209812, 0.23104906])


@pytest.mark.parametrize(
    ("model", "outer", "inner"),
    [("logit-mixture", 2.24876774, 0.54278959), ("probit", 2.64311237, 0.71902005)],
)
def test_expectation_propagation_matches_choix(model: propagation.Model, outer: float, inner: float) -> None:
    found = propagation.fit([3, 2, 1], [2, 1, 0], 4, model=model, prior_variance=8.0)

    assert found.mean.tolist() == near([-outer, -inner, inner, outer])


def test_expectation_propagation_with_exact_moments_is_near_the_approximation_of_choix() -> None:
    found = propagation.fit([3, 2, 1], [2, 1, 0], 4, model="logit", prior_variance=8.0)

    assert found.mean.tolist() == pytest.approx([-2.24876774, -0.54278959, 0.54278959, 2.24876774], rel=2e-3)
    assert found.mean.tolist() == near([-2.25011096, -0.54346537, 0.54346537, 2.25011096])


def test_colley_ratings_match_the_published_method() -> None:
    assert alternatives.colley(*BEATS, 3).tolist() == near([0.5714286, 0.4285714, 0.5])


RANKINGS = [[0, 1, 2], [3, 2, 0], [1, 3]]
CHOIX_RANKINGS = np.array([-0.44328117, 0.69506219, -0.67061442, 0.4188334])


def test_plackett_luce_reaches_the_maximum_that_choix_stops_short_of() -> None:
    """choix ends its iteration 3e-5 before the maximum; the root of the likelihood equations is found apart."""
    strength = orderings.fit(RANKINGS, 4, math.inf).strength
    exact = optimize.root(_likelihood_equations, np.zeros(4), args=(RANKINGS,), method="hybr", tol=1e-14).x

    assert strength.tolist() == near(exact.tolist())
    assert np.abs(_likelihood_equations(exact, RANKINGS)).max() < 1e-12
    assert np.abs(_likelihood_equations(CHOIX_RANKINGS, RANKINGS)).max() > 1e-6
    assert strength.tolist() == pytest.approx(CHOIX_RANKINGS.tolist(), abs=3e-5)
    assert _likelihood(RANKINGS, strength) > _likelihood(RANKINGS, CHOIX_RANKINGS)


def test_top_one_lists_match_choix() -> None:
    fit = orderings.fit_choices([(0, [1]), (1, [2]), (2, [0, 1])], 3, math.inf)

    assert fit.strength.tolist() == near([0.16040395, -0.32080789, 0.16040394])


def test_trueskill_matches_the_published_updates() -> None:
    new = (25.0, 25 / 3)
    (mean, sd), (other, _) = alternatives.trueskill(new, new)
    (no_draw, no_draw_sd), _ = alternatives.trueskill(new, new, draw_probability=0.0)

    assert (mean, sd, other) == near((29.3958320, 7.1714756, 20.6041680))
    assert (no_draw, no_draw_sd) == near((29.2054731, 7.1948166))


def test_trueskill_draw_has_the_moments_that_integration_finds() -> None:
    """The published 6.4575197 carries the rounding of an approximate error function: it is 4e-6 too high."""
    (mean, sd), _ = alternatives.trueskill((25.0, 25 / 3), (25.0, 25 / 3), drawn=True)
    beta, tau, prior = 25 / 6, 25 / 300, 25 / 3
    own, noise = prior**2 + tau**2, prior**2 + tau**2 + 2 * beta**2
    margin = stats.norm.ppf(0.55) * math.sqrt(2) * beta

    def density(skill: float, power: int) -> float:
        ends = [(edge - (skill - 25.0)) / math.sqrt(noise) for edge in (-margin, margin)]
        drawn = stats.norm.cdf(ends[1]) - stats.norm.cdf(ends[0])
        return float((skill - 25.0) ** power * stats.norm.pdf(skill, 25.0, math.sqrt(own)) * drawn)

    total, second = (
        integrate.quad(density, -60, 110, args=(power,), epsabs=1e-13, epsrel=1e-12, points=[25.0])[0]
        for power in (0, 2)
    )

    assert (mean, sd) == pytest.approx((25.0, math.sqrt(second / total)), abs=1e-9)
    assert sd == pytest.approx(6.4575197, abs=5e-6)


@pytest.mark.parametrize(
    ("level", "alpha"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_krippendorff_alpha_of_his_example(level: agreement.Level, alpha: float) -> None:
    ratings = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]

    assert agreement.krippendorff_alpha(ratings, level) == near(alpha)


def test_intraclass_correlations_of_shrout_and_fleiss() -> None:
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    icc = agreement.intraclass(ratings)

    assert icc is not None
    found = [
        icc.one_random, icc.two_way_random, icc.two_way_mixed,
        icc.one_random_mean, icc.two_way_random_mean, icc.two_way_mixed_mean,
    ]  # fmt: skip
    assert found == pytest.approx([float(value) for value in _intraclass_in_fractions(ratings)], abs=1e-12)
    # They print four digits, of which the fractions round to each.
    assert [round(value, 4) for value in found] == [0.1657, 0.2898, 0.7148, 0.4428, 0.6201, 0.9093]


def test_panel_solution_matches_hendersons_equations() -> None:
    data = panel.reviews([0, 0, 1, 1, 2, 2, 3], [0, 1, 0, 2, 1, 2, 0], [6, 4, 8, 7, 3, 5, 7], 4, 3)
    found = panel.solve(data, np.full(7, 40 / 7), panel.Variances(idea=1.28, reviewer=0.24, noise=1.27))

    assert found.q.tolist() == near([-0.45479565, 1.05631407, -1.03649731, 0.47717652])
    assert found.b.tolist() == near([0.3350892, -0.40282676, 0.07564962])
    assert np.sqrt(found.q_variance).tolist() == near([0.68418789, 0.68418789, 0.68540101, 0.82622659])


def test_panel_solution_solves_hendersons_mixed_model_equations() -> None:
    idea, reviewer = np.array([0, 0, 1, 1, 2, 2, 3]), np.array([0, 1, 0, 2, 1, 2, 0])
    score = np.array([6, 4, 8, 7, 3, 5, 7])
    design = np.hstack([np.eye(4)[idea], np.eye(3)[reviewer]])
    ridge = np.diag([1.27 / 1.28] * 4 + [1.27 / 0.24] * 3)
    expected = np.linalg.solve(design.T @ design + ridge, design.T @ (score - 40 / 7))

    data = panel.reviews(idea, reviewer, score, 4, 3)
    found = panel.solve(data, np.full(7, 40 / 7), panel.Variances(idea=1.28, reviewer=0.24, noise=1.27))

    np.testing.assert_allclose(np.concatenate((found.q, found.b)), expected, atol=1e-13)


def test_group_consensus_is_the_geometric_mean_of_the_polis_product() -> None:
    score = alternatives.group_consensus([[8], [2]], [[10], [3]])[0]

    assert (score, score**2) == near((0.6708204, 0.45))


def test_eigen_trust_matches_the_published_vector() -> None:
    trust = alternatives.eigen_trust([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])

    assert trust.tolist() == near([0.43274854, 0.33333333, 0.23391813])


def test_equal_shares_buys_the_projects_of_the_published_sample() -> None:
    votes = [[1, 1, 0], [1, 0, 0], [0, 0, 1], [1, 1, 1]]

    assert budget.equal_shares(votes, [5_000, 10_000, 85_000], 100_000).chosen.tolist() == [0, 1]


def test_dpp_fast_greedy_is_determinant_greedy() -> None:
    random = np.random.default_rng(8)
    vectors, relevance = random.normal(size=(8, 5)), random.random(8) + 0.5
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    kernel = np.outer(relevance, relevance) * (unit @ unit.T)
    slow: list[int] = []
    for _ in range(4):
        gains = [np.linalg.det(kernel[np.ix_([*slow, i], [*slow, i])]) if i not in slow else -1 for i in range(8)]
        slow.append(int(np.argmax(gains)))

    assert diversity.greedy_dpp(relevance, vectors, 4).tolist() == slow


@pytest.mark.parametrize("strength", [0.0, 1.0, 8.0])
def test_greedy_dpp_of_a_large_field_is_the_exact_greedy_one(strength: float) -> None:
    random = np.random.default_rng(7)
    vectors, relevance = random.normal(size=(4000, 12)), np.exp(strength * random.random(4000))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    volume, rows = relevance**2, np.zeros((0, 4000))
    slow: list[int] = []
    for _ in range(10):
        item = int(np.argmax(np.where(np.isin(np.arange(4000), slow), -1, volume)))
        row = (relevance[item] * relevance * (unit @ unit[item]) - rows[:, item] @ rows) / np.sqrt(volume[item])
        volume, rows, slow = volume - row**2, np.vstack([rows, row]), [*slow, item]

    assert diversity.greedy_dpp(relevance, vectors, 10).tolist() == slow


def _likelihood(rankings: list[list[int]], strength: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    stages = [ranking[place:] for ranking in rankings for place in range(len(ranking) - 1)]
    return float(sum(strength[stage[0]] - np.log(np.exp(strength[stage]).sum()) for stage in stages))


def _likelihood_equations(strength: np.ndarray[tuple[int], np.dtype[np.float64]], rankings: list[list[int]]) -> Floats:
    """Derivatives of the likelihood of rankings, and the sum of strengths in place of the one that follows of them."""
    slope = np.zeros(strength.size)
    for ranking in rankings:
        for place in range(len(ranking) - 1):
            stage = ranking[place:]
            slope[stage[0]] += 1.0
            slope[stage] -= np.exp(strength[stage]) / np.exp(strength[stage]).sum()
    return np.append(slope[:-1], strength.sum())


def _intraclass_in_fractions(ratings: list[list[int]]) -> list[Fraction]:
    """Shrout & Fleiss (1979), table 2 and formulas, without rounding."""
    n, k = len(ratings), len(ratings[0])
    grand = Fraction(sum(map(sum, ratings)), n * k)
    none = Fraction(0)
    rows = sum((k * (Fraction(sum(row), k) - grand) ** 2 for row in ratings), none)
    columns = sum((n * (Fraction(sum(column), n) - grand) ** 2 for column in zip(*ratings, strict=True)), none)
    total = sum(((Fraction(value) - grand) ** 2 for row in ratings for value in row), none)
    between, judges = rows / (n - 1), columns / (k - 1)
    within, error = (total - rows) / (n * (k - 1)), (total - rows - columns) / ((n - 1) * (k - 1))
    return [
        (between - within) / (between + (k - 1) * within),
        (between - error) / (between + (k - 1) * error + k * (judges - error) / n),
        (between - error) / (between + (k - 1) * error),
        (between - within) / between,
        (between - error) / (between + (judges - error) / n),
        (between - error) / between,
    ]
