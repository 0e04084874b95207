"""Why an idea stands where it stands: what each signal added, and what would change it."""

import math

import msgspec
import numpy as np

from scoring.checks import Floats
from scoring.errors import ScoringError
from scoring.panel import PanelFit, Reviews

FORMULA_VERSION = "contributions/2"


class Contributions(msgspec.Struct, frozen=True, kw_only=True):
    """(ideas,) parts in points of the scale; together they give the calibrated score exactly.

    `base`: the panel's general level. `crowd`: what the colleagues' answers add. `reviews`: what the reviews add before
    any correction. `severity`: what taking out strict and mild reviewers adds.
    """

    base: Floats
    crowd: Floats
    reviews: Floats
    severity: Floats


class WhatWouldChange(msgspec.Struct, frozen=True, kw_only=True):
    """How many further reviews of `score` would carry the idea over the line; `reviews` 0 means it is over already,
    −1 that no number of such reviews would."""

    score: float
    reviews: int


def of_panel(data: Reviews, fit: PanelFit) -> Contributions:
    """Split every calibrated score into its parts; the posterior mean is linear in them (Henderson 1975).

    With D = n/σe² + 1/σq² and w = (1−φ)·(1/σe²)/D, φ the panel's shared bias: reviews = w·Σ(y − μ), severity =
    −w·Σ b_r, crowd = (1 − n·w)·β·c. Reviewers never see the crowd part. Ideas without reviews keep base and crowd only.

    >>> from scoring import panel
    >>> data = panel.reviews([0, 0, 1], [0, 1, 0], [5, 3, 4], 2, 2)
    >>> result = panel.fit(data)
    >>> parts = of_panel(data, result)
    >>> bool(np.allclose(parts.base + parts.crowd + parts.reviews + parts.severity, result.score))
    True
    """
    count = fit.review_count.astype(np.float64)
    share = _weight_of_one_review(fit, count)
    centred = np.bincount(data.idea, weights=data.y - fit.mean, minlength=data.idea_count)
    severity = np.bincount(data.idea, weights=fit.severity[data.reviewer], minlength=data.idea_count)
    return Contributions(
        base=np.full(data.idea_count, fit.mean),
        crowd=(1 - count * share) * (fit.prior - fit.mean),
        reviews=share * centred,
        severity=-share * severity,
    )


def what_would_change(fit: PanelFit, idea: int, line: float, score: float) -> WhatWouldChange:
    """Fewest further reviews of `score` (by a reviewer of average severity) that lift the idea to `line`.

    With D = n/σe² + 1/σq² and x = prior + (score − prior)/(1−φ), the score before it is shrunk for the panel's shared
    bias φ, m reviews carry x to (D·x + m·s/σe²)/(D + m/σe²); solved for m. Severities are taken as known. `line` is
    usually the calibrated score of the k-th idea.

    >>> from scoring import panel
    >>> result = panel.fit(panel.reviews([0, 0, 1], [0, 1, 0], [5, 3, 2], 2, 2))
    >>> what_would_change(result, 1, line=2.0, score=5.0).reviews
    0
    """
    if not 0 <= idea < fit.score.size:
        raise ScoringError(f"idea must lie between 0 and {fit.score.size - 1}")
    prior, kept = float(fit.prior[idea]), 1 - fit.shared_bias
    now, line = (prior + (points - prior) / kept for points in (float(fit.score[idea]), line))
    if now >= line:
        return WhatWouldChange(score=score, reviews=0)
    if score <= line:
        return WhatWouldChange(score=score, reviews=-1)
    precision = float(fit.review_count[idea]) / fit.variances.noise + 1 / fit.variances.idea
    needed = precision * (line - now) / (score - line) * fit.variances.noise
    return WhatWouldChange(score=score, reviews=math.ceil(needed - 1e-9))


def _weight_of_one_review(fit: PanelFit, count: Floats) -> Floats:
    kept = 1 - fit.shared_bias
    return kept * (1 / fit.variances.noise) / (count / fit.variances.noise + 1 / fit.variances.idea)
