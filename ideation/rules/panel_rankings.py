"""From sent reviews and the crowd's score to a panel ranking with stated uncertainty and reasons."""

import math
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from ideation.entities.assignments import Chance
from ideation.entities.panel_rankings import CriterionInput, PanelInputs
from ideation.entities.rankings import ComputedRanking, RankedIdea
from ideation.rules.panel_reasons import reasons, what_would_change
from scoring import agreement, contributions, panel, protection, ranks

FORMULA_VERSION = "+".join((panel.FORMULA_VERSION, ranks.FORMULA_VERSION, contributions.FORMULA_VERSION))
# Scores on whatever scale are read as 1 to 5, so that a criterion scored to 10 weighs no more than its weight.
LOWEST, HIGHEST = 1.0, 5.0
Z_90 = 1.6448536269514722
SETTLING_DRAWS = 500

Floats = npt.NDArray[np.float64]


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """The panel model over all ideas. `table`: (reviews × criteria) scores on 1 to 5, NaN where left empty."""

    data: panel.Reviews
    fit: panel.PanelFit
    table: Floats
    by_criterion: dict[str, panel.PanelFit]


def fit_panel(inputs: PanelInputs, shared_bias: float = panel.SHARED_BIAS) -> Fitted:
    """The weighted score fitted with the crowd as prior mean, and each criterion fitted by itself for the reasons."""
    table = _score_table(inputs)
    weights = [criterion.weight for criterion in inputs.criteria]
    crowd = _crowd(inputs)
    data = _reviews(inputs, panel.weighted(table, weights) if len(table) else np.zeros(0))
    by_criterion = {
        criterion.key: _fit_criterion(inputs, table[:, place]) for place, criterion in enumerate(inputs.criteria)
    }
    fit = panel.fit(data, crowd, shared_bias=shared_bias)
    return Fitted(data=data, fit=fit, table=table, by_criterion=by_criterion)


def compute(inputs: PanelInputs) -> ComputedRanking:
    """The ranking of all ideas, reviewed or not; the same inputs give the same digits."""
    fitted = fit_panel(inputs)
    chances = ranks.chances(
        fitted.fit.score, fitted.fit.own_sd, inputs.shortlist_size, seed=inputs.seed, factor=fitted.fit.factor
    )
    contested = _contested(inputs, fitted)
    entries = _entries(inputs, fitted, chances, contested)
    summary = {
        "review_count": len(inputs.reviews),
        "reviewed_ideas": int((fitted.fit.review_count > 0).sum()),
        "expected_wrong_calls": chances.expected_wrong_calls,
        "grey_zone": int(chances.grey.sum()),
        "agreement": _agreement(inputs, fitted),
        "crowd_ranking_id": inputs.crowd_ranking_id and str(inputs.crowd_ranking_id),
        "variances": msgspec.to_builtins(fitted.fit.variances),
        "always_see": _always_see(inputs, fitted, chances, contested),
    }
    return ComputedRanking(formula_version=FORMULA_VERSION, entries=entries, summary=summary)


def chances_to_settle(inputs: PanelInputs) -> list[Chance]:
    """What further reviews can still decide: without the bias all reviewers share, which no review would settle."""
    fit = fit_panel(inputs, shared_bias=0.0).fit
    chances = ranks.chances(
        fit.score, fit.own_sd, inputs.shortlist_size, seed=inputs.seed, draws=SETTLING_DRAWS, factor=fit.factor
    )
    return [
        Chance(idea_id=idea, probability_top=float(chances.top_k[place]), score_sd=float(fit.score_sd[place]))
        for place, idea in enumerate(inputs.ideas)
    ]


def on_common_scale(score: float, criterion: CriterionInput) -> float:
    """A score on 1 to 5, whatever its own scale."""
    share = (score - criterion.scale_min) / (criterion.scale_max - criterion.scale_min)
    return LOWEST + (HIGHEST - LOWEST) * share


def _score_table(inputs: PanelInputs) -> Floats:
    rows = [
        [
            math.nan if score is None else on_common_scale(score, criterion)
            for score, criterion in zip(review.scores, inputs.criteria, strict=True)
        ]
        for review in inputs.reviews
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(inputs.criteria))


def _crowd(inputs: PanelInputs) -> list[float] | None:
    """Ideas the crowd's ranking does not know yet are taken as average."""
    known = [score for score in inputs.crowd if score is not None]
    if not known:
        return None
    average = math.fsum(known) / len(known)
    return [average if score is None else score for score in inputs.crowd]


def _reviews(inputs: PanelInputs, scores: Floats, places: npt.NDArray[np.int64] | None = None) -> panel.Reviews:
    chosen = inputs.reviews if places is None else [inputs.reviews[place] for place in places.tolist()]
    return panel.reviews(
        [review.idea for review in chosen],
        [review.reviewer for review in chosen],
        scores,
        len(inputs.ideas),
        len(inputs.reviewers),
    )


def _fit_criterion(inputs: PanelInputs, column: Floats) -> panel.PanelFit:
    given = np.flatnonzero(~np.isnan(column))
    return panel.fit(_reviews(inputs, column[given], given))


def _given(fitted: Fitted) -> panel.Reviews:
    """The reviews in the order in which the inputs name them, as the residuals are."""
    back = np.argsort(fitted.data.order)
    data = fitted.data
    return msgspec.structs.replace(data, idea=data.idea[back], reviewer=data.reviewer[back], y=data.y[back])


def _contested(inputs: PanelInputs, fitted: Fitted) -> npt.NDArray[np.bool_]:
    given = _given(fitted)
    calibrated = given.y - fitted.fit.severity[given.reviewer]
    return agreement.disputed(given.idea, calibrated, fitted.fit.residual, len(inputs.ideas))


def _agreement(inputs: PanelInputs, fitted: Fitted) -> float | None:
    """Krippendorff's alpha of the weighted scores over the reviewed ideas."""
    reviewed, place = np.unique(fitted.data.idea, return_inverse=True)
    if not reviewed.size:
        return None
    table = np.full((len(inputs.reviewers), reviewed.size), np.nan)
    table[fitted.data.reviewer, place] = fitted.data.y
    return agreement.krippendorff_alpha(table)


def _always_see(
    inputs: PanelInputs, fitted: Fitted, chances: ranks.RankChances, contested: npt.NDArray[np.bool_]
) -> list[dict[str, str]]:
    """Wildcards first, then contested ideas, then novel ones with a low score; each idea once."""
    listed = protection.protected(
        fitted.fit.score,
        [value or 0.0 for value in inputs.novelty],
        contested,
        chances.rank <= inputs.shortlist_size,
    )
    wildcards = sorted({review.idea for review in inputs.reviews if review.wildcard})
    why = {
        **dict.fromkeys(listed.novel.tolist(), "unlike the other ideas, and scored low"),
        **dict.fromkeys(listed.contested.tolist(), "the reviewers disagree"),
        **dict.fromkeys(wildcards, "a reviewer's wildcard"),
    }
    order = [*wildcards, *listed.contested.tolist(), *listed.novel.tolist()]
    return [{"idea_id": str(inputs.ideas[place]), "why": why[place]} for place in dict.fromkeys(order)]


def _entries(
    inputs: PanelInputs, fitted: Fitted, chances: ranks.RankChances, contested: npt.NDArray[np.bool_]
) -> list[RankedIdea]:
    explain = _Explainer(inputs, fitted, chances, contested)
    margin = Z_90 * fitted.fit.score_sd
    return [
        RankedIdea(
            idea_id=inputs.ideas[place],
            position=int(chances.rank[place]),
            score=float(fitted.fit.score[place]),
            score_low=float(fitted.fit.score[place] - margin[place]),
            score_high=float(fitted.fit.score[place] + margin[place]),
            rank_low=int(chances.rank_low[place]),
            rank_high=int(chances.rank_high[place]),
            probability_top=float(chances.top_k[place]),
            band=int(chances.band[place]),
            contributions=explain.idea(place),
        )
        for place in np.argsort(chances.rank).tolist()
    ]


class _Explainer:
    """Says for one idea after the other why it stands where it stands."""

    def __init__(
        self,
        inputs: PanelInputs,
        fitted: Fitted,
        chances: ranks.RankChances,
        contested: npt.NDArray[np.bool_],
    ) -> None:
        self._inputs, self._fitted, self._chances, self._contested = inputs, fitted, chances, contested
        self._parts = contributions.of_panel(fitted.data, fitted.fit)
        self._line = _line(fitted.fit.score, inputs.shortlist_size)
        self._reviews_of: dict[int, list[int]] = {}
        for place, review in enumerate(inputs.reviews):
            self._reviews_of.setdefault(review.idea, []).append(place)

    def idea(self, place: int) -> dict[str, Any]:
        """The parts of the score in points, which sum to it, and what the reviewers said."""
        reviews = self._reviews_of.get(place, [])
        change = contributions.what_would_change(self._fitted.fit, place, self._line, HIGHEST)
        best_reviews = change.reviews if change.reviews >= 0 else None
        told: dict[str, Any] = {
            "base": float(self._parts.base[place]),
            "crowd": float(self._parts.crowd[place]),
            "reviews": float(self._parts.reviews[place]),
            "severity": float(self._parts.severity[place]),
            "raw_mean": float(self._fitted.fit.raw_mean[place]) if reviews else None,
            "review_count": len(reviews),
            "criteria": self._criteria(place, reviews) if reviews else {},
            "grey_zone": bool(self._chances.grey[place]),
            "disagreement": self._disagreement(place, reviews),
            "wildcards": sum(self._inputs.reviews[review].wildcard for review in reviews),
            "best_reviews_to_reach_the_line": best_reviews,
        }
        return told | {"what_would_change": what_would_change(best_reviews), "reasons": reasons(told)}

    def _criteria(self, place: int, reviews: list[int]) -> dict[str, dict[str, float | None]]:
        table = self._fitted.table[reviews]
        return {
            criterion.key: {
                "raw_mean": _mean(table[:, column]),
                "calibrated": float(self._fitted.by_criterion[criterion.key].score[place]),
            }
            for column, criterion in enumerate(self._inputs.criteria)
        }

    def _disagreement(self, place: int, reviews: list[int]) -> str | None:
        if not self._contested[place]:
            return None
        labels = [criterion.label for criterion in self._inputs.criteria]
        split = agreement.disagreement(self._fitted.table[reviews], labels)
        return split.text if split else "the reviewers disagree overall"


def _line(score: Floats, shortlist_size: int) -> float:
    """The score of the k-th idea: what it takes to be on the shortlist."""
    if not score.size:
        return 0.0
    return float(np.sort(score)[::-1][min(shortlist_size, score.size) - 1])


def _mean(column: Floats) -> float | None:
    given = column[~np.isnan(column)]
    return float(given.mean()) if given.size else None
