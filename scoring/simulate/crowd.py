"""How a simulated crowd votes: on the usual popularity feed, and on the served one."""

from collections.abc import Callable

import msgspec
import numpy as np
from scipy import special

from scoring import beta_binomial, exposure, feed
from scoring.checks import Bools, Floats, Ints
from scoring.simulate.world import World

BATCH = 25
CAMPAIGN_VOTES = (3, 12)
Deal = Callable[[int, int], Ints]
Dealer = Callable[["Tally", Bools], Deal]


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """(ideas,) cards served and Yes votes so far."""

    views: Floats
    yes: Floats


class Votes(msgspec.Struct, frozen=True, kw_only=True):
    """Every served card (one entry a card) and, beside them, votes that came by link (`supporters`, (ideas,))."""

    person: Ints
    idea: Ints
    position: Ints
    shown_count: Floats
    examined: Bools
    yes: Bools
    supporters: Ints


def served_feed(world: World) -> Votes:
    """The feed of this product: `scoring.feed.deal` on the instant crowd score, counts hidden, link votes set aside.

    >>> from scoring.simulate import settings, world
    >>> votes = served_feed(world.make(settings.Settings(ideas=30, voters=10), seed=1))
    >>> bool(votes.yes.sum() <= votes.examined.sum() <= votes.idea.size)
    True
    """

    def dealer(tally: Tally, open_ideas: Bools) -> Deal:
        prior = beta_binomial.fit_prior(tally.yes, tally.views)
        mean = beta_binomial.score(tally.yes, tally.views, prior).mean
        sd = beta_binomial.standard_deviation(tally.yes, tally.views, prior)

        def deal(count: int, seed: int) -> Ints:
            return feed.deal(views=tally.views, mean=mean, sd=sd, allowed=open_ideas, count=count, seed=seed)

        return deal

    return _vote(world, dealer, visible=False)


def popularity_feed(world: World) -> Votes:
    """The usual feed: 60 % of sessions sorted by votes, 30 % newest first, 10 % random, counts visible.

    >>> from scoring.simulate import settings, world
    >>> popularity_feed(world.make(settings.Settings(ideas=30, voters=10), seed=1)).supporters.size
    30
    """

    def dealer(tally: Tally, open_ideas: Bools) -> Deal:
        def deal(count: int, seed: int) -> Ints:
            random = np.random.default_rng(seed)
            mode = random.random()
            key = tally.yes if mode < 0.6 else world.arrival if mode < 0.9 else random.random(tally.yes.size)
            shuffled = np.flatnonzero(open_ideas)[random.permutation(int(open_ideas.sum()))]
            return shuffled[np.argsort(-key[shuffled], kind="stable")][:count].astype(np.int64)

        return deal

    return _vote(world, dealer, visible=True)


def fit(world: World, votes: Votes) -> exposure.ExposureFit:
    """The product's crowd score on these votes.

    >>> from scoring.simulate import settings, world
    >>> company = world.make(settings.Settings(ideas=30, voters=20), seed=1)
    >>> fit(company, served_feed(company)).score.shape
    (30,)
    """
    department = world.voter_department[votes.person]
    columns = exposure.impressions(
        person_index=votes.person,
        idea_index=votes.idea,
        department_index=department,
        position=votes.position,
        own_department=department == world.idea_department[votes.idea],
        shown_count=votes.shown_count,
        answer=votes.yes,
        person_count=world.generosity.size,
        idea_count=world.quality.size,
        department_count=world.appeal.shape[0],
    )
    return exposure.fit(columns)


def looked_at(votes: Votes) -> Votes:
    """Only the cards that were examined: what is known when everybody answers each card they look at with Yes or No.

    >>> from scoring.simulate import settings, world
    >>> votes = served_feed(world.make(settings.Settings(ideas=30, voters=10), seed=1))
    >>> looked_at(votes).idea.size == votes.examined.sum()
    np.True_
    """
    kept = votes.examined
    columns = ("person", "idea", "position", "shown_count", "examined", "yes")
    return msgspec.structs.replace(votes, **{name: getattr(votes, name)[kept] for name in columns})


def _vote(world: World, dealer: Dealer, visible: bool) -> Votes:
    random = np.random.default_rng([world.seed, 2])
    campaign = np.where(world.pushed, random.integers(*CAMPAIGN_VOTES, world.quality.size), 0)
    views, yes = np.zeros(world.quality.size), campaign.astype(np.float64) if visible else np.zeros(world.quality.size)
    parts: list[Votes] = []
    voters = random.permutation(world.generosity.size)
    for start in range(0, voters.size, BATCH):
        open_ideas = world.arrival <= start / voters.size
        group = voters[start : start + BATCH]
        deal = dealer(Tally(views=views, yes=yes), open_ideas)
        hands = [deal(int(world.session[voter]), feed.seed_for(world.seed, int(voter))) for voter in group]
        part = _answers(world, group, hands, yes if visible else np.zeros_like(yes), random)
        views = views + np.bincount(part.idea, minlength=views.size)
        yes = yes + np.bincount(part.idea, weights=part.yes, minlength=views.size)
        parts.append(part)
    return _joined(parts, campaign)


def _answers(world: World, voters: Ints, hands: list[Ints], counts: Floats, random: np.random.Generator) -> Votes:
    settings = world.settings
    sizes = [hand.size for hand in hands]
    person, idea = np.repeat(voters, sizes), np.concatenate(hands)
    position = np.concatenate([np.arange(1, size + 1) for size in sizes])
    department = world.voter_department[person]
    logit = settings.vote_intercept + world.appeal[department, idea] + world.generosity[person]
    logit = logit + settings.own_department * (department == world.idea_department[idea])
    logit = logit + settings.herding * np.log1p(counts[idea])
    examined = random.random(idea.size) < position**-settings.position_decay
    return Votes(
        person=person,
        idea=idea,
        position=position,
        shown_count=counts[idea],
        examined=examined,
        yes=examined & (random.random(idea.size) < special.expit(logit)),
        supporters=np.zeros(0, dtype=np.int64),
    )


def _joined(parts: list[Votes], supporters: Ints) -> Votes:
    return Votes(
        person=np.concatenate([part.person for part in parts]),
        idea=np.concatenate([part.idea for part in parts]),
        position=np.concatenate([part.position for part in parts]),
        shown_count=np.concatenate([part.shown_count for part in parts]),
        examined=np.concatenate([part.examined for part in parts]),
        yes=np.concatenate([part.yes for part in parts]),
        supporters=supporters,
    )
