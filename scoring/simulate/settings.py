"""The knobs of the simulated world, with the values the published table was measured at."""

from typing import Annotated

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Spread = Annotated[float, Meta(ge=0, le=10)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One company and one challenge. Effects on votes are in logits, on reviews in points of a five-point scale.

    Votes: a card at position r is examined with chance r^−position_decay; an examined idea gets Yes with logit
    vote_intercept + appeal + generosity + own_department + herding·log1p(count shown). Appeal = appeal_slope·q (times
    appeal_top_slope above appeal_knee) + pitch + department taste. Reviews: scale_points·criterion + severity +
    criterion severity + halo + noise − novelty_dislike·novelty, rounded and clipped to 1 … scale_top.

    >>> Settings().ideas
    2000
    """

    ideas: Count = 2000
    voters: Count = 3000
    cards_per_voter: Annotated[float, Meta(gt=0, le=10_000)] = 76.0
    department_shares: tuple[Share, ...] = (0.4, 0.2, 0.15, 0.1, 0.1, 0.05)
    themes: Count = 12
    criteria: Count = 4
    criteria_correlation: Share = 0.5
    position_decay: Spread = 0.35
    vote_intercept: float = -2.2
    own_department: Spread = 0.8
    herding: Spread = 0.25
    generosity_sd: Spread = 0.7
    appeal_slope: float = 0.85
    appeal_knee: float = 1.0
    appeal_top_slope: Share = 0.75
    pitch_sd: Spread = 0.6
    taste_sd: Spread = 0.74
    campaign_share: Share = 0.03
    reviewers: Count = 60
    scale_top: Count = 5
    scale_points: Spread = 0.7
    severity_sd: Spread = 0.49
    criterion_severity_sd: Spread = 0.2
    slope_sd: Spread = 0.15
    halo_sd: Spread = 0.4
    noise_sd: Spread = 0.7
    expert_themes: Count = 3
    expert_noise: Share = 0.6
    novelty_dislike: Spread = 0.2
    affinity_noise: Spread = 0.7
    k: Count = 20


SCENARIOS: dict[str, Settings] = {
    "base": Settings(),
    # σb²/σq² = 0.19 and σe²/σq² = 0.99, the ratios that Lawrence fitted to the NeurIPS 2014 experiment.
    "severity and noise as at NeurIPS 2014": Settings(
        severity_sd=0.22, criterion_severity_sd=0.1, slope_sd=0.0, halo_sd=0.45, noise_sd=0.7, expert_noise=1.0
    ),
    "severity sd 0.8, noise 1.2": Settings(severity_sd=0.8, noise_sd=1.2),
    # The slope above the knee is set so that the crowd finds as many of the best as in the published table (.49).
    "crowd almost blind above q = 0.5": Settings(appeal_knee=0.5, appeal_top_slope=0.6, pitch_sd=0.8),
    "sessions four times shorter": Settings(cards_per_voter=19.0),
    "1 to 10 scale": Settings(
        scale_top=10,
        scale_points=1.5,
        severity_sd=1.1,
        criterion_severity_sd=0.45,
        halo_sd=0.9,
        noise_sd=1.55,
        novelty_dislike=0.45,
    ),
    "no herding": Settings(herding=0.0),
}
