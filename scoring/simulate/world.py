"""The truth of a simulated company: ideas, voters and reviewers."""

import msgspec
import numpy as np

from scoring.checks import Bools, Floats, Ints
from scoring.simulate.settings import Settings


class World(msgspec.Struct, frozen=True, kw_only=True):
    """What nobody in the company can see. (ideas,): `quality` standardised, `novelty`, `theme`, `idea_department`,
    `arrival` as a share of the campaign, `pushed` by a campaign; `criterion` (ideas × criteria); `appeal` (departments
    × ideas) logits. (voters,): `voter_department`, `generosity`, `session` cards. Reviewers: department, `severity`
    (reviewers × criteria) points, `slope`, `expert` (reviewers × themes)."""

    settings: Settings
    seed: int
    quality: Floats
    criterion: Floats
    novelty: Floats
    theme: Ints
    idea_department: Ints
    arrival: Floats
    pushed: Bools
    appeal: Floats
    voter_department: Ints
    generosity: Floats
    session: Ints
    reviewer_department: Ints
    severity: Floats
    slope: Floats
    expert: Bools


def make(settings: Settings, seed: int) -> World:
    """Draw a world; the same settings and seed give the same world.

    >>> world = make(Settings(ideas=50, voters=20), seed=1)
    >>> world.quality.shape, bool(abs(world.quality.mean()) < 1e-9)
    ((50,), True)
    """
    random = np.random.default_rng([seed, 1])
    quality, criterion = _quality(settings, random)
    departments = np.array(settings.department_shares)
    departments = departments / departments.sum()
    return World(
        settings=settings,
        seed=seed,
        quality=quality,
        criterion=criterion,
        novelty=random.standard_normal(settings.ideas),
        theme=random.integers(0, settings.themes, settings.ideas),
        idea_department=random.choice(departments.size, settings.ideas, p=departments).astype(np.int64),
        arrival=np.where(random.random(settings.ideas) < 0.5, 0.0, random.random(settings.ideas) * 0.5),
        pushed=random.random(settings.ideas) < settings.campaign_share,
        appeal=_appeal(settings, quality, departments.size, random),
        voter_department=random.choice(departments.size, settings.voters, p=departments).astype(np.int64),
        generosity=random.normal(0, settings.generosity_sd, settings.voters),
        session=np.ceil(random.exponential(settings.cards_per_voter, settings.voters)).astype(np.int64),
        reviewer_department=random.choice(departments.size, settings.reviewers, p=departments).astype(np.int64),
        severity=_severity(settings, random),
        slope=np.clip(random.normal(1, settings.slope_sd, settings.reviewers), 0.3, 2.0),
        expert=_experts(settings, random),
    )


def _quality(settings: Settings, random: np.random.Generator) -> tuple[Floats, Floats]:
    shared = random.standard_normal((settings.ideas, 1))
    own = random.standard_normal((settings.ideas, settings.criteria))
    criterion = np.sqrt(settings.criteria_correlation) * shared + np.sqrt(1 - settings.criteria_correlation) * own
    mean = criterion.mean(axis=1)
    return (mean - mean.mean()) / max(mean.std(), 1e-12), criterion


def _appeal(settings: Settings, quality: Floats, departments: int, random: np.random.Generator) -> Floats:
    below = np.minimum(quality, settings.appeal_knee)
    above = np.maximum(quality - settings.appeal_knee, 0.0)
    common = settings.appeal_slope * (below + settings.appeal_top_slope * above)
    common = common + random.normal(0, settings.pitch_sd, settings.ideas)
    taste = random.normal(0, settings.taste_sd, (departments, settings.ideas))
    return np.asarray(common[None, :] + taste)


def _severity(settings: Settings, random: np.random.Generator) -> Floats:
    general = random.normal(0, settings.severity_sd, (settings.reviewers, 1))
    by_criterion = random.normal(0, settings.criterion_severity_sd, (settings.reviewers, settings.criteria))
    return np.asarray(general + by_criterion)


def _experts(settings: Settings, random: np.random.Generator) -> Bools:
    order = np.argsort(random.random((settings.reviewers, settings.themes)), axis=1)
    expert: Bools = np.zeros((settings.reviewers, settings.themes), dtype=np.bool_)
    np.put_along_axis(expert, order[:, : settings.expert_themes], True, axis=1)
    return expert
