"""Run the world and compare designs: usual practice against this product, at equal voter time and equal reviews."""

import msgspec
import numpy as np

from scoring.checks import Floats, ranking
from scoring.simulate import crowd, measures, review, world
from scoring.simulate.settings import Settings

REVIEWS_PER_IDEA = (3, 5)


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """One design's result in one world: share of the true top k it picked, quality it lost (sd), reviews it used."""

    name: str
    reviews: int
    precision: float
    regret: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One simulated world. Recall: the truly best k among the best tenth by crowd score. `small_share`: share of the
    small departments in that tenth; `fair_share`: their share of all ideas. `chances`, `came_true`: P(top k) at the
    largest budget and the truth, for calibration. `curve`: reviews against expected wrong calls."""

    seed: int
    designs: list[Design]
    recall_standard: float
    recall_served: float
    small_share_standard: float
    small_share_served: float
    fair_share: float
    view_gini: float
    views_per_idea: float
    chances: list[float]
    came_true: list[bool]
    curve: list[tuple[int, float]]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Mean over seeds and half of the 95 % interval (1.96 standard errors)."""

    name: str
    mean: float
    half_width: float


def once(settings: Settings, seed: int, budgets: tuple[int, ...] = (400, 600)) -> Outcome:
    """Simulate one world through voting and reviewing, under usual practice and under this product.

    Usual practice: popularity feed, pool of ten ideas a winner by raw count, 3 (and 5) random reviews each, plain mean.
    This product: served feed, exposure logit, directed reviews at the given budgets. Same seed, same outcome.

    >>> outcome = once(Settings(ideas=60, voters=40, reviewers=6, k=3), seed=1, budgets=(30,))
    >>> [design.reviews for design in outcome.designs]
    [90, 150, 30]
    """
    truth = world.make(settings, seed)
    usual, served = crowd.popularity_feed(truth), crowd.served_feed(truth)
    counts = usual.supporters + _yes_counts(usual, settings.ideas)
    score = crowd.fit(truth, served).score
    designs, last = _designs(truth, counts, score, budgets)
    top_k = last.top_k if last.top_k is not None else np.zeros(settings.ideas)
    kept = max(1, settings.ideas // 10)
    return Outcome(
        seed=seed,
        designs=designs,
        recall_standard=measures.recall(counts, truth.quality, settings.k, kept),
        recall_served=measures.recall(score, truth.quality, settings.k, kept),
        small_share_standard=measures.small_department_share(counts, truth.idea_department, kept),
        small_share_served=measures.small_department_share(score, truth.idea_department, kept),
        fair_share=float((truth.idea_department >= measures.SMALL_DEPARTMENTS_FROM).mean()),
        view_gini=measures.gini(np.bincount(served.idea, minlength=settings.ideas).astype(np.float64)),
        views_per_idea=float(served.examined.sum() / settings.ideas),
        chances=top_k.tolist(),
        came_true=np.isin(np.arange(settings.ideas), ranking(truth.quality)[: settings.k]).tolist(),
        curve=[(point.reviews, point.expected_wrong_calls) for point in last.curve],
    )


def summaries(outcomes: list[Outcome]) -> list[Summary]:
    """Average every figure over worlds; empty for no outcomes.

    >>> summaries([])
    []
    """
    if not outcomes:
        return []
    rows: dict[str, list[float]] = {}
    for outcome in outcomes:
        for design in outcome.designs:
            rows.setdefault(f"precision, {design.name}", []).append(design.precision)
            rows.setdefault(f"regret, {design.name}", []).append(design.regret)
        for name in _PLAIN:
            rows.setdefault(name.replace("_", " "), []).append(getattr(outcome, name))
    return [_summary(name, np.array(values)) for name, values in rows.items()]


_PLAIN = (
    "recall_standard",
    "recall_served",
    "small_share_standard",
    "small_share_served",
    "fair_share",
    "view_gini",
    "views_per_idea",
)


def _yes_counts(votes: crowd.Votes, ideas: int) -> Floats:
    return np.asarray(np.bincount(votes.idea, weights=votes.yes, minlength=ideas), dtype=np.float64)


def _designs(
    truth: world.World, counts: Floats, score: Floats, budgets: tuple[int, ...]
) -> tuple[list[Design], review.Judged]:
    k = truth.settings.k
    pool = min(10 * k, truth.settings.ideas)
    results = [(f"usual, {n} an idea", review.standard(truth, counts, n, pool)) for n in REVIEWS_PER_IDEA]
    ours = review.directed_panel(truth, score, budgets)
    results += [(f"directed, {budget} reviews", judged) for budget, judged in zip(budgets, ours, strict=True)]
    return [_design(truth, name, judged, k) for name, judged in results], ours[-1]


def _design(truth: world.World, name: str, judged: review.Judged, k: int) -> Design:
    return Design(
        name=name,
        reviews=judged.reviews,
        precision=measures.precision(judged.score, truth.quality, k),
        regret=measures.regret(judged.score, truth.quality, k),
    )


def _summary(name: str, values: Floats) -> Summary:
    error = values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else 0.0
    return Summary(name=name, mean=float(values.mean()), half_width=float(1.96 * error))
