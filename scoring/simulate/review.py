"""How a simulated panel reviews: at random with plain means, and directed with the panel model."""

import msgspec
import numpy as np

from scoring import connect, directed, matching, panel, ranks
from scoring.checks import Bools, Floats, Ints, ranking
from scoring.simulate.world import World

BATCH = 24
LOOP_DRAWS = 300


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """`score` (ideas,): what the design ranks by; `top_k` P(top k) or None; `reviews` used; the curve for the
    sponsor."""

    score: Floats
    top_k: Floats | None
    reviews: int
    curve: list[directed.CurvePoint]


class Panel:
    """Asks simulated reviewers for scores and keeps what they said."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = np.random.default_rng([world.seed, 3])
        expertise = world.expert[:, world.theme].astype(np.float64)
        noise = self.random.normal(0, world.settings.affinity_noise, expertise.shape)
        self.affinity = np.maximum(expertise + noise, 0.0)
        self.conflict: Bools = world.reviewer_department[:, None] == world.idea_department[None, :]
        self.idea = np.zeros(0, dtype=np.int64)
        self.reviewer = np.zeros(0, dtype=np.int64)
        self.y = np.zeros(0)

    def ask(self, reviewer: Ints, idea: Ints) -> None:
        """Collect one weighted score for each (reviewer, idea) pair."""
        self.idea = np.concatenate((self.idea, idea))
        self.reviewer = np.concatenate((self.reviewer, reviewer))
        self.y = np.concatenate((self.y, self._scores(reviewer, idea)))
        self.conflict[reviewer, idea] = True

    def counts(self) -> Floats:
        return np.bincount(self.idea, minlength=self.world.quality.size).astype(np.float64)

    def loads(self) -> Ints:
        return np.bincount(self.reviewer, minlength=self.world.settings.reviewers).astype(np.int64)

    def _scores(self, reviewer: Ints, idea: Ints) -> Floats:
        world, s = self.world, self.world.settings
        expert = world.expert[reviewer, world.theme[idea]]
        factor = np.where(expert, s.expert_noise, 1.0)[:, None]
        halo = self.random.normal(0, s.halo_sd, (idea.size, 1)) * factor
        noise = self.random.normal(0, s.noise_sd, (idea.size, s.criteria)) * factor
        signal = s.scale_points * world.slope[reviewer][:, None] * world.criterion[idea]
        dislike = s.novelty_dislike * world.novelty[idea][:, None]
        latent = (1 + s.scale_top) / 2 + signal + world.severity[reviewer] + halo + noise - dislike
        return np.asarray(np.clip(np.round(latent), 1, s.scale_top).mean(axis=1))


def standard(world: World, counts: Floats, reviews_per_idea: int, pool_size: int = 200) -> Judged:
    """Usual practice: the ideas with the most votes, random reviewers, plain mean. Unreviewed ideas rank below.

    `counts`: (ideas,) votes.

    >>> from scoring.simulate import settings, world
    >>> company = world.make(settings.Settings(ideas=30, voters=20, reviewers=5), seed=1)
    >>> standard(company, np.arange(30.0), reviews_per_idea=2, pool_size=10).reviews
    20
    """
    room = Panel(world)
    pool = ranking(counts)[:pool_size]
    for idea in pool:
        chosen = room.random.choice(world.settings.reviewers, min(reviews_per_idea, world.settings.reviewers), False)
        room.ask(chosen.astype(np.int64), np.full(chosen.size, idea))
    count = room.counts()
    mean = np.bincount(room.idea, weights=room.y, minlength=count.size) / np.maximum(count, 1)
    tie_break = counts / (counts.max() + 1) * 1e-6
    return Judged(score=np.where(count > 0, mean + tie_break, -1.0), top_k=None, reviews=room.idea.size, curve=[])


def directed_panel(world: World, crowd: Floats, budgets: tuple[int, ...]) -> list[Judged]:
    """This product's panel: pool by crowd score, matched reviewers, one review each, then batches where they tell most.

    `crowd`: (ideas,) crowd score. One result for each review budget (ascending), all from one run.

    >>> from scoring.simulate import settings, world
    >>> company = world.make(settings.Settings(ideas=30, voters=20, reviewers=5, k=2), seed=1)
    >>> [judged.reviews for judged in directed_panel(company, np.arange(30.0), budgets=(20, 30))]
    [20, 30]
    """
    room = Panel(world)
    open_ideas = np.zeros(world.quality.size, dtype=np.bool_)
    open_ideas[directed.pool(crowd, world.settings.k)] = True
    load_limit = int(np.ceil(max(budgets) / world.settings.reviewers * 1.25)) + 1
    results: list[Judged] = []
    curve: list[directed.CurvePoint] = []
    for budget in budgets:
        while room.idea.size < budget:
            count = min(BATCH, budget - room.idea.size) if curve else min(int(open_ideas.sum()), budget)
            curve.append(_one_batch(room, crowd, open_ideas, count, load_limit))
            if not open_ideas.any():
                break
        results.append(_judged(room, crowd, list(curve)))
    return results


def _one_batch(room: Panel, crowd: Floats, open_ideas: Bools, count: int, load_limit: int) -> directed.CurvePoint:
    # What the reviewers err by together, a further review cannot settle: it must not attract one.
    fit = panel.fit(_reviews(room), crowd, shared_bias=0.0)
    chances = ranks.chances(
        fit.score, fit.own_sd, room.world.settings.k, seed=room.idea.size, draws=LOOP_DRAWS, factor=fit.factor
    )
    batch = directed.next_batch(
        top_k=chances.top_k,
        sd=fit.score_sd,
        review_count=room.counts(),
        open_ideas=open_ideas,
        batch_size=count,
    )
    groups = connect.groups(room.idea, room.reviewer, room.world.quality.size, room.world.settings.reviewers)
    reviewer, idea = matching.match(
        affinity=room.affinity[:, batch],
        conflict=room.conflict[:, batch],
        reviews_needed=np.ones(batch.size),
        load_limit=np.minimum(np.maximum(load_limit - room.loads(), 0), _per_batch(room, count)),
        reviewer_group=groups.reviewer_group,
        idea_group=groups.idea_group[batch],
    )
    # Ideas that nobody free may judge would come up again for ever.
    free = ~room.conflict & (room.loads() < load_limit)[:, None]
    open_ideas &= free.any(axis=0)
    room.ask(reviewer, batch[idea])
    return directed.CurvePoint(reviews=room.idea.size, expected_wrong_calls=chances.expected_wrong_calls)


def _per_batch(room: Panel, count: int) -> int:
    return max(1, int(np.ceil(2 * count / room.world.settings.reviewers)))


def _reviews(room: Panel) -> panel.Reviews:
    return panel.reviews(room.idea, room.reviewer, room.y, room.world.quality.size, room.world.settings.reviewers)


def _judged(room: Panel, crowd: Floats, curve: list[directed.CurvePoint]) -> Judged:
    fit = panel.fit(_reviews(room), crowd)
    chances = ranks.chances(fit.score, fit.own_sd, room.world.settings.k, seed=1, factor=fit.factor)
    return Judged(score=fit.score, top_k=chances.top_k, reviews=room.idea.size, curve=curve)
