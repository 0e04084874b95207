"""From the answers to dealt cards to a ranking: pure, and the same digits from the same inputs at any later time.

Only jobs and checks import this module: it needs scipy, which an API process must not load.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from ideation.entities.challenges import TOKEN_METHODS, VotingMethod
from ideation.entities.crowd_values import Cards, Scores
from ideation.entities.rankings import ComputedRanking, CrowdInputs, RankedIdea
from ideation.rules.crowd_changes import always_see, disagreeing_departments, further_answers
from ideation.rules.crowd_pairs import by_pairs
from ideation.rules.crowd_reasons import reasons, what_would_change
from ideation.rules.crowd_tokens import by_budget, by_lemons
from scoring import beta_binomial, exposure, position, ranks, stars

RANKING_VERSION = "crowd-ranking/2"
# Under this many answers the exposure model has nothing to learn from; the Beta-Binomial says what can be said.
MIN_ANSWERS = 60
_MEASURED_PEOPLE = 5
# To say what a pattern of votes does, a challenge is ranked without them: at this size, once more takes too long.
_MANY_CARDS = 20_000
_Z_90 = 1.6448536269514722

# What the best and the worst answer say on the published scale.
ANSWER_RANGE = {VotingMethod.STARS: (5.0, 1.0), VotingMethod.BUDGET: (1.0, 0.0), VotingMethod.LEMONS: (0.0, -1.0)}

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def compute(inputs: CrowdInputs) -> ComputedRanking:
    """Rank every idea of the challenge; without ideas the ranking is empty, without answers all ideas tie."""
    cards = cards_of(inputs)
    scores = _scores(inputs, cards)
    chances = ranks.chances(scores.order, scores.order_sd, inputs.shortlist_size, seed=inputs.seed, draws=inputs.draws)
    entries = _entries(inputs, cards, scores, chances)
    return ComputedRanking(
        formula_version=f"{scores.formula_version}+{ranks.FORMULA_VERSION}+{RANKING_VERSION}",
        entries=sorted(entries, key=lambda entry: entry.position),
        summary=_summary(inputs, cards, scores, chances),
    )


def rank_order(inputs: CrowdInputs, cards: Cards, kept: npt.NDArray[np.bool_]) -> Floats:
    """What the ideas are ranked by when only the kept cards count; large challenges by the quick model."""
    few = msgspec.structs.replace(
        cards, **{name: getattr(cards, name)[kept] for name in cards.__struct_fields__ if getattr(cards, name).size}
    )
    quick = inputs.voting_method in (VotingMethod.YES_NO, VotingMethod.UP_VOTE) and kept.size > _MANY_CARDS
    return (_by_beta_binomial if quick else _scores)(inputs, few).order


def cards_of(inputs: CrowdInputs) -> Cards:
    """The columns of the inputs as arrays."""
    return Cards(
        idea=np.frombuffer(inputs.idea, dtype="<i4").astype(np.int64),
        person=np.frombuffer(inputs.person, dtype="<i4").astype(np.int64),
        department=np.frombuffer(inputs.department, dtype="<i4").astype(np.int64),
        position=np.frombuffer(inputs.position, dtype="<i4").astype(np.int64),
        shown_count=np.frombuffer(inputs.shown_count, dtype="<i4").astype(np.int64),
        own_department=np.frombuffer(inputs.own_department, dtype="<i1").astype(np.int64),
        value=np.frombuffer(inputs.value, dtype="<i1").astype(np.int64),
        against=np.frombuffer(inputs.against, dtype="<i4").astype(np.int64),
    )


def _scores(inputs: CrowdInputs, cards: Cards) -> Scores:
    special = {
        VotingMethod.STARS: _by_stars,
        VotingMethod.BUDGET: by_budget,
        VotingMethod.LEMONS: by_lemons,
        VotingMethod.PAIRWISE: by_pairs,
    }
    if inputs.voting_method in special:
        return special[inputs.voting_method](inputs, cards)
    if cards.idea.size < MIN_ANSWERS or inputs.person_count < _MEASURED_PEOPLE:
        return _by_beta_binomial(inputs, cards)
    return _by_exposure(inputs, cards)


def _by_exposure(inputs: CrowdInputs, cards: Cards) -> Scores:
    """The mixed logistic exposure model, published as the yes rate expected of a colleague from any department."""
    fit = exposure.fit(
        exposure.impressions(
            person_index=cards.person,
            idea_index=cards.idea,
            department_index=cards.department,
            position=cards.position,
            own_department=cards.own_department,
            shown_count=cards.shown_count,
            answer=cards.value > 0,
            person_count=inputs.person_count,
            idea_count=len(inputs.ideas),
            department_count=inputs.department_count,
        )
    )
    rate = _rate(fit, fit.intercept + fit.score)
    return Scores(
        formula_version=exposure.FORMULA_VERSION,
        score=np.clip(rate, fit.yes_rate_low, fit.yes_rate_high),
        low=fit.yes_rate_low,
        high=fit.yes_rate_high,
        order=fit.score,
        order_sd=fit.score_sd,
        parts=_exposure_parts(inputs, cards, fit, rate),
        details={
            "position_slope": fit.position_slope,
            "own_department_slope": fit.home_slope,
            "idea_sd": fit.idea_sd,
            "department_sd": fit.department_sd,
            "person_sd": fit.person_sd,
        },
    )


def _rate(fit: exposure.ExposureFit, logit: Floats | float) -> Floats:
    """Yes rate over people and departments at a logit (MacKay 1992); rises with the logit, so that ranks agree."""
    spread = fit.person_sd**2 + fit.department_sd**2
    return np.asarray(1 / (1 + np.exp(-np.asarray(logit) / np.sqrt(1 + np.pi * spread / 8))))


def _exposure_parts(inputs: CrowdInputs, cards: Cards, fit: exposure.ExposureFit, rate: Floats) -> dict[str, Floats]:
    """Points of yes rate: corrections in logits times the slope of the curve; `caution` closes the sum."""
    count = len(inputs.ideas)
    average = np.full(count, float(_rate(fit, fit.intercept)))
    slope = rate * (1 - rate)
    place = -fit.position_slope * _mean_by_idea(cards.idea, np.log(cards.position), count)
    home = -fit.home_slope * _mean_by_idea(cards.idea, cards.own_department, count)
    voters = -_mean_by_idea(cards.idea, fit.generosity[cards.person], count)
    parts = {
        "average": average,
        "answers": _raw_rate(cards, average) - average,
        "place": slope * place,
        "own_department": slope * home,
        "voters": slope * voters,
    }
    return parts | {"caution": rate - sum(parts.values())}


def _by_beta_binomial(inputs: CrowdInputs, cards: Cards) -> Scores:
    """Exposure-corrected Beta-Binomial: few answers, said with their width."""
    count = len(inputs.ideas)
    decay = position.estimate_decay(cards.position, cards.value > 0)
    yes = np.bincount(cards.idea, weights=cards.value > 0, minlength=count)
    views = beta_binomial.effective_views(cards.idea, cards.position, count, decay)
    prior = beta_binomial.fit_prior(yes, views)
    crowd = beta_binomial.score(yes, views, prior)
    average = np.full(count, prior.a / (prior.a + prior.b))
    raw = _raw_rate(cards, average)
    corrected = np.divide(yes, np.maximum(views, yes), out=average.copy(), where=views > 0)
    parts = {"average": average, "answers": raw - average, "place": corrected - raw}
    return Scores(
        formula_version=beta_binomial.FORMULA_VERSION,
        score=np.clip(crowd.mean, crowd.low, crowd.high),
        low=crowd.low,
        high=crowd.high,
        order=crowd.mean,
        order_sd=beta_binomial.standard_deviation(yes, views, prior),
        parts=parts | {"caution": crowd.mean - sum(parts.values())},
        details={"position_decay": decay, "prior_yes": prior.a, "prior_no": prior.b},
    )


def _by_stars(inputs: CrowdInputs, cards: Cards) -> Scores:
    """Stars: ranked by the lower bound of a Dirichlet posterior, which is the published score as well."""
    count = len(inputs.ideas)
    rated = cards.value > 0
    cell = cards.idea[rated] * 5 + (5 - cards.value[rated])
    counts = np.bincount(cell, minlength=5 * count).reshape(count, 5)
    middle, bound = stars.mean(counts), stars.lower_bound(counts)
    spread = (middle - bound) / 1.65
    received = counts.sum(axis=1)
    raw = np.divide(counts @ np.arange(5, 0, -1), received, out=np.full(count, 3.0), where=received > 0)
    return Scores(
        formula_version=stars.FORMULA_VERSION,
        score=bound,
        low=bound,
        high=2 * middle - bound,
        order=bound,
        order_sd=spread,
        parts={"average": np.full(count, 3.0), "answers": raw - 3.0, "caution": bound - raw},
        details={},
    )


def _raw_rate(cards: Cards, otherwise: Floats) -> Floats:
    """Share of yes among the answered cards of each idea."""
    count = otherwise.size
    answered = np.bincount(cards.idea, minlength=count)
    yes = np.bincount(cards.idea, weights=cards.value > 0, minlength=count)
    return np.asarray(np.divide(yes, answered, out=otherwise.copy(), where=answered > 0))


def _mean_by_idea(idea: Ints, value: npt.ArrayLike, count: int) -> Floats:
    cards = np.bincount(idea, minlength=count)
    total = np.bincount(idea, weights=np.asarray(value, dtype=np.float64), minlength=count)
    return np.asarray(np.divide(total, cards, out=np.zeros(count), where=cards > 0))


def _entries(inputs: CrowdInputs, cards: Cards, scores: Scores, chances: ranks.RankChances) -> list[RankedIdea]:
    told = _told(inputs, cards, scores, chances)
    return [
        RankedIdea(
            idea_id=idea_id,
            position=int(chances.rank[place]),
            score=float(scores.score[place]),
            score_low=float(scores.low[place]),
            score_high=float(scores.high[place]),
            rank_low=int(chances.rank_low[place]),
            rank_high=int(chances.rank_high[place]),
            probability_top=float(chances.top_k[place]),
            band=int(chances.band[place]),
            contributions=told[place],
        )
        for place, idea_id in enumerate(inputs.ideas)
    ]


def _told(inputs: CrowdInputs, cards: Cards, scores: Scores, chances: ranks.RankChances) -> list[dict[str, Any]]:
    """For each idea: the counts, what every part added, what would change its place, and the same in words."""
    method, changes = inputs.voting_method, _changes(inputs, cards, scores, chances.rank)
    result = []
    for place, counts in enumerate(_counts(inputs, cards)):
        parts = {name: float(values[place]) for name, values in scores.parts.items()}
        told = {
            "counts": counts,
            "parts": parts,
            "grey_zone": bool(chances.grey[place]),
            "what_would_change": what_would_change(method, changes[place]),
            "reasons": reasons(method, counts, parts),
        }
        result.append(told)
    return result


def _counts(inputs: CrowdInputs, cards: Cards) -> list[dict[str, Any]]:
    """What was given to each idea; `yes` counts people who said yes, gave stars or tokens, or preferred it."""
    count = len(inputs.ideas)
    answered = np.bincount(cards.idea, minlength=count) + np.bincount(cards.against, minlength=count)
    yes = np.bincount(cards.idea, weights=cards.value > 0, minlength=count)
    skips = np.bincount(cards.idea, weights=cards.value < 0, minlength=count)
    tokens = np.bincount(cards.idea, weights=np.maximum(cards.value, 0), minlength=count)
    mean_place = _mean_by_idea(cards.idea, cards.position, count)
    return [
        {
            "answers": int(answered[place]),
            "yes": int(yes[place]),
            "skips": int(skips[place]),
            "supporters": inputs.supporters[place],
            "mean_place": round(float(mean_place[place]), 2),
        }
        | ({"tokens": int(tokens[place])} if inputs.voting_method in TOKEN_METHODS else {})
        for place in range(count)
    ]


def _changes(inputs: CrowdInputs, cards: Cards, scores: Scores, rank: Ints) -> list[tuple[str, int] | None]:
    best, worst = ANSWER_RANGE.get(inputs.voting_method, (1.0, 0.0))
    if inputs.voting_method is VotingMethod.BUDGET:
        best = float(max(inputs.token_budget, 1))
    if inputs.voting_method in (VotingMethod.STARS, VotingMethod.BUDGET):
        given = cards.value[cards.value >= 0]
        variance = np.full(scores.score.size, float(given.var()) if given.size else 1.0)
    else:
        variance = np.abs(scores.score) * (1 - np.abs(scores.score))
    sd = (scores.high - scores.low) / (2 * _Z_90)
    return further_answers(scores.score, sd, variance, rank, inputs.shortlist_size, best, worst)


def _summary(inputs: CrowdInputs, cards: Cards, scores: Scores, chances: ranks.RankChances) -> dict[str, Any]:
    yes_or_no = inputs.voting_method in (VotingMethod.YES_NO, VotingMethod.UP_VOTE)
    split = (
        disagreeing_departments(cards.idea, cards.department, cards.value > 0, len(inputs.ideas)) if yes_or_no else {}
    )
    shortlisted = chances.rank <= inputs.shortlist_size
    return {
        "model": scores.formula_version,
        "answers": int(cards.idea.size),
        "people": inputs.person_count,
        "expected_wrong_calls": chances.expected_wrong_calls,
        "grey_zone": int(chances.grey.sum()),
        "bands": int(chances.band.max(initial=0)),
        "parameters": scores.details,
        "always_see": always_see(inputs.ideas, scores.order, inputs.novelty, split, shortlisted),
    }
