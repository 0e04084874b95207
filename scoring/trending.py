"""Trending: what is moving now. For a "what is new" tab only, never for a shortlist."""

import math

FORMULA_VERSION = "forward-decay/1"
REDDIT_EPOCH_SECONDS = 1_134_028_003


def forward_decay(
    log_score: float | None, at_seconds: float, half_life_seconds: float = 86_400.0, weight: float = 1.0
) -> float:
    """Add one vote to a trend score kept in logarithms (Cormode et al., "Forward decay", ICDE 2009).

    score' = logaddexp(score, ln(weight) + t/τ) with τ = half life / ln 2. `at_seconds` counts from any fixed landmark
    (the same for all ideas); None is an idea without votes. O(1) per vote, never recomputed, sortable by an index:
    between two ideas the order is the same at any later time. Votes may arrive in any order.

    >>> once = forward_decay(None, 0.0)
    >>> round(forward_decay(once, 0.0) - once, 6)
    0.693147
    >>> round(forward_decay(None, 86_400.0) - forward_decay(None, 0.0), 6)
    0.693147
    """
    now = at_seconds * math.log(2) / half_life_seconds + math.log(weight)
    if log_score is None:
        return now
    high, low = max(log_score, now), min(log_score, now)
    return high + math.log1p(math.exp(low - high))


def decayed_votes(log_score: float | None, at_seconds: float, half_life_seconds: float = 86_400.0) -> float:
    """Read a trend score as "votes still fresh at this time": a vote counts 1 at once, 1/2 after one half life.

    >>> decayed_votes(forward_decay(None, 0.0), 86_400.0)
    0.5
    >>> decayed_votes(None, 0.0)
    0.0
    """
    if log_score is None:
        return 0.0
    return math.exp(min(log_score - at_seconds * math.log(2) / half_life_seconds, 700.0))


def reddit_hot(ups: int, downs: int, at_epoch_seconds: float) -> float:
    """Reddit's "hot" order (reddit source, 2008): sign(u−d)·log10(max(|u−d|, 1)) + (t − 1134028003)/45000.

    >>> reddit_hot(100, 10, 1_700_000_000)
    12579.1097314
    """
    net = ups - downs
    sign = (net > 0) - (net < 0)
    order = math.log10(max(abs(net), 1))
    return round(sign * order + (at_epoch_seconds - REDDIT_EPOCH_SECONDS) / 45_000, 7)


def hacker_news(points: float, age_hours: float, gravity: float = 1.8) -> float:
    """Hacker News front page order (Graham, arc source, 2009): (points − 1)/(age + 2)^gravity; age under 0 counts as 0.

    >>> round(hacker_news(100, 5), 6)
    2.981664
    """
    return (points - 1) / math.pow(max(age_hours, 0.0) + 2, gravity)
