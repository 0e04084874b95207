"""The feed: which cards a person is dealt. Half least-seen ideas, half Thompson sampling, in random order."""

import hashlib

import numpy as np
import numpy.typing as npt

from scoring.checks import Bools, Floats, Ints, flags, floats, non_negative
from scoring.errors import ScoringError

FORMULA_VERSION = "feed-least-seen-thompson/1"
SPREAD_SHARE = 0.1
VIEW_CEILING = 1.5
VIEW_HEADROOM = 2.0


def seed_for(*parts: str | int) -> int:
    """Turn a challenge, a person and a sitting into a seed, the same on every machine and in every process.

    >>> seed_for(7, "ann", "2026-11-23") == seed_for(7, "ann", "2026-11-23") != seed_for(7, "bob", "2026-11-23")
    True
    """
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def deal(
    *,
    views: npt.ArrayLike,
    mean: npt.ArrayLike,
    sd: npt.ArrayLike,
    allowed: npt.ArrayLike,
    count: int,
    seed: int,
) -> Ints:
    """Return up to `count` idea indices in the order to show them.

    `views`: impressions of each idea so far; `mean`, `sd`: current posterior (any unit); `allowed`: False for one's own
    ideas, ideas already answered, merged or withdrawn ones. All arrays have one entry an idea. Half of the hand
    (rounded up) is drawn from the least-seen ideas, so that new and late ones catch up; the other half by Thompson
    sampling (Thompson 1933; Chapelle & Li 2011): the largest of one draw N(mean, sd²) an idea. The least-seen draw is
    softened (exponential noise on the view count), because thousands who draw at the same moment see the same counts;
    the Thompson half leaves out ideas seen more than 1.5 times the average + 2, which keeps exposure fair. Same seed
    and same input give the same hand. Fewer allowed ideas than `count` give all of them; none give an empty array.

    >>> hand = deal(views=[9, 0, 9, 0], mean=[0.9, 0.1, 0.2, 0.1], sd=[0.01] * 4,
    ...     allowed=[True, True, True, False], count=2, seed=5)
    >>> sorted(hand.tolist())
    [0, 1]
    """
    seen = non_negative(views, "views")
    centre = floats(mean, "mean", seen.size)
    spread = non_negative(sd, "sd", seen.size)
    may_show = flags(allowed, "allowed", seen.size)
    if count < 0:
        raise ScoringError("count must not be negative")
    random = np.random.default_rng(seed)
    count = min(count, int(may_show.sum()))
    first = _least_seen(seen, may_show, (count + 1) // 2, random)
    left = may_show.copy()
    left[first] = False
    draw = centre + spread * random.standard_normal(centre.size)
    second = _thompson(seen, draw, left, count - first.size)
    return random.permutation(np.concatenate((first, second)))


def _least_seen(views: Floats, allowed: Bools, count: int, random: np.random.Generator) -> Ints:
    scale = 1.0 + SPREAD_SHARE * (views.mean() if views.size else 0.0)
    return _smallest(views + random.exponential(scale, views.size), allowed, count)


def _thompson(views: Floats, draw: Floats, allowed: Bools, count: int) -> Ints:
    ceiling = VIEW_CEILING * views.mean() + VIEW_HEADROOM if views.size else 0.0
    fair = allowed & (views <= ceiling)
    chosen = _smallest(-draw, fair, count)
    rest = allowed.copy()
    rest[chosen] = False
    return np.concatenate((chosen, _smallest(-draw, rest, count - chosen.size)))


def _smallest(key: Floats, allowed: Bools, count: int) -> Ints:
    candidates = np.flatnonzero(allowed)
    count = min(count, candidates.size)
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    nearest = np.argpartition(key[candidates], count - 1)[:count]
    return np.sort(candidates[nearest]).astype(np.int64)
