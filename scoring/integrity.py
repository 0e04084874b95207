"""Odd voting patterns: reciprocal pairs, rings, bursts, one-department ballots. Flagged with their effect, never
dropped."""

from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse, stats
from scipy.sparse import csgraph

from scoring.checks import Bools, Floats, Ints, floats, labels, ranking
from scoring.errors import ScoringError

FORMULA_VERSION = "integrity/1"
Kind = Literal["reciprocal", "ring", "burst", "one_department"]
P_VALUE = 0.01
RING_SMOOTHING = 20.0
RING_MIN_ANSWERS = 10
RING_NPMI = 0.55
RING_OVERLAP = 0.4
RING_WINDOW_SECONDS = 1200.0
BURST_SECONDS = 3600.0


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """One finding for the administrator. `people` and `ideas` involved; `votes`: indices of the votes it is about;
    `p_value` of seeing as much by chance; `text` in plain words."""

    kind: Kind
    people: list[int]
    ideas: list[int]
    votes: list[int]
    p_value: float
    text: str


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a flag does to one idea: its rank with the flagged votes and without them (1 is best)."""

    idea: int
    rank_with: int
    rank_without: int


class VoteLog(msgspec.Struct, frozen=True, kw_only=True):
    """Yes votes, one entry a vote: who, for which idea, when (seconds); and each idea's author."""

    person: Ints
    idea: Ints
    at_seconds: Floats
    author: Ints
    person_count: int


def vote_log(
    person_index: npt.ArrayLike,
    idea_index: npt.ArrayLike,
    at_seconds: npt.ArrayLike,
    author_index: npt.ArrayLike,
    person_count: int,
) -> VoteLog:
    """Check Yes votes (three arrays of one entry a vote) and `author_index` (ideas,), a person for each idea.

    >>> vote_log([0], [1], [0.0], [0, 1], 2).idea.tolist()
    [1]
    """
    author = labels(author_index, "author_index", person_count)
    idea = labels(idea_index, "idea_index", author.size)
    return VoteLog(
        person=labels(person_index, "person_index", person_count, idea.size),
        idea=idea,
        at_seconds=floats(at_seconds, "at_seconds", idea.size),
        author=author,
        person_count=person_count,
    )


def reciprocal_pairs(log: VoteLog, expected_yes: npt.ArrayLike) -> list[Flag]:
    """Pairs who vote for each other's ideas more than the model expects (Hofstetter et al., JPIM 2018).

    `expected_yes`: (people × people), expected Yes votes of row for the ideas of column among the cards served, for
    instance Σ of the exposure logit's P(Yes). Both directions must have a vote; the p-value is the Poisson tail of the
    sum, Bonferroni-corrected over the pairs looked at; flagged under 0.01. No votes: none.

    >>> log = vote_log([0] * 6 + [1] * 6, [1] * 6 + [0] * 6, [0.0] * 12, [0, 1], 2)
    >>> [(flag.people, flag.kind) for flag in reciprocal_pairs(log, [[0, 0.5], [0.5, 0]])]
    [([0, 1], 'reciprocal')]
    """
    expected = np.asarray(expected_yes, dtype=np.float64)
    if (
        expected.shape != (log.person_count, log.person_count)
        or not np.isfinite(expected).all()
        or (expected < 0).any()
    ):
        raise ScoringError("expected_yes must be (people × people), finite and not negative")
    given = _given(log)
    both = sparse.triu(given.minimum(given.T), k=1).tocoo()
    flags: list[Flag] = []
    for a, b in zip(both.row.tolist(), both.col.tolist(), strict=True):
        seen = float(given[a, b] + given[b, a])
        p = min(1.0, float(stats.poisson.sf(seen - 1, max(expected[a, b] + expected[b, a], 1e-9))) * both.nnz)
        if p < P_VALUE:
            flags.append(_reciprocal(log, a, b, p))
    return flags


def rings(log: VoteLog) -> list[Flag]:
    """Groups who vote for the same ideas within 20 minutes of each other (Community Notes, post selection similarity).

    For pairs of voters with at least 10 votes each: c = ideas both voted for within 20 minutes, NPMI =
    ln(c·N/((n_a+20)(n_b+20)))/−ln(c/N), overlap = c/(min(n_a, n_b)+10), N = all votes. Linked when NPMI ≥ 0.55 or
    overlap ≥ 0.4; linked voters form a group (connected component). `p_value`: the Poisson chance of the largest
    overlap in the group if votes fell at random. Groups in order of their first member.

    >>> ideas = list(range(12)) * 3
    >>> log = vote_log([0] * 12 + [1] * 12 + [2] * 12, ideas, [0.0] * 24 + [9e9] * 12, [3] * 12, 4)
    >>> [flag.people for flag in rings(log)]
    [[0, 1]]
    """
    votes = np.bincount(log.person, minlength=log.person_count).astype(np.float64)
    together = _together(log, votes >= RING_MIN_ANSWERS)
    first, second, common = together.row, together.col, together.data.astype(np.float64)
    total = max(float(log.person.size), 1.0)
    smooth = (votes[first] + RING_SMOOTHING) * (votes[second] + RING_SMOOTHING)
    information = np.log(common * total / smooth) / np.maximum(-np.log(common / total), 1e-9)
    overlap = common / (np.minimum(votes[first], votes[second]) + 10)
    linked = (information >= RING_NPMI) | (overlap >= RING_OVERLAP)
    chance = stats.poisson.sf(common - 1, votes[first] * votes[second] / max(log.author.size, 1))
    return _ring_flags(log, first[linked], second[linked], chance[linked])


def bursts(log: VoteLog) -> list[Flag]:
    """Ideas whose busiest hour holds more votes than their own pace explains (Poisson scan, Naus 1965, simplified).

    Each idea's votes are cut into hours from the first vote of the challenge; expected = its votes / hours with any
    vote in the challenge; p = Poisson tail × hours (Bonferroni over hours and ideas); flagged under 0.01. Votes are
    only pointed at.

    >>> steady = [3600.0 * hour for hour in range(48)]
    >>> log = vote_log([0] * 48 + [1] * 30, [0] * 48 + [1] * 30, steady + [7200.0] * 30, [2, 2], 3)
    >>> [flag.ideas for flag in bursts(log)]
    [[1]]
    """
    if not log.person.size:
        return []
    hour = ((log.at_seconds - log.at_seconds.min()) // BURST_SECONDS).astype(np.int64)
    hours = np.unique(hour).size
    cell, inverse, count = np.unique(log.idea * (hour.max() + 1) + hour, return_inverse=True, return_counts=True)
    idea = cell // (hour.max() + 1)
    pace = np.bincount(log.idea, minlength=log.author.size)[idea] / hours
    p = np.minimum(stats.poisson.sf(count - 1, pace) * cell.size, 1.0)
    return [_burst(log, np.flatnonzero(inverse == place), float(p[place])) for place in np.flatnonzero(p < P_VALUE)]


def one_department_ballots(log: VoteLog, person_department: npt.ArrayLike, expected_share: npt.ArrayLike) -> list[Flag]:
    """Ideas whose votes come from one department far beyond its share of the cards served (binomial test).

    `person_department`: (people,); `expected_share`: (departments,), share of all served cards a department saw. p =
    binomial tail × ideas with votes; flagged under 0.01.

    >>> log = vote_log(list(range(12)), [0] * 12, [0.0] * 12, [12], 13)
    >>> [flag.ideas for flag in one_department_ballots(log, [0] * 12 + [1], [0.5, 0.5])]
    [[0]]
    """
    share = floats(expected_share, "expected_share")
    department = labels(person_department, "person_department", share.size, log.person_count)
    table = np.zeros((log.author.size, share.size))
    np.add.at(table, (log.idea, department[log.person]), 1.0)
    total = table.sum(axis=1)
    tested = max(int((total > 0).sum()), 1)
    p = np.minimum(stats.binom.sf(table - 1, total[:, None], share[None, :]) * tested, 1.0)
    found = np.argwhere((p < P_VALUE) & (table > 0))
    return [
        _ballot(log, int(i), np.flatnonzero((log.idea == i) & (department[log.person] == g)), float(p[i, g]))
        for i, g in found
    ]


def effect(score_with: npt.ArrayLike, score_without: npt.ArrayLike, ideas: list[int]) -> list[Effect]:
    """Ranks of the flagged ideas with and without the flagged votes, from two score vectors (ideas,).

    >>> effect([3.0, 2.0], [1.0, 2.0], [0])
    [Effect(idea=0, rank_with=1, rank_without=2)]
    """
    before, after = floats(score_with, "score_with"), floats(score_without, "score_without")
    places = [_places(before), _places(after)]
    return [Effect(idea=i, rank_with=int(places[0][i]), rank_without=int(places[1][i])) for i in ideas]


def _places(score: Floats) -> Ints:
    place = np.empty(score.size, dtype=np.int64)
    place[ranking(score)] = np.arange(1, score.size + 1)
    return place


def _given(log: VoteLog) -> sparse.csr_matrix:
    shape = (log.person_count, log.person_count)
    return sparse.csr_matrix((np.ones(log.person.size), (log.person, log.author[log.idea])), shape=shape)


def _reciprocal(log: VoteLog, a: int, b: int, p: float) -> Flag:
    author = log.author[log.idea]
    votes = np.flatnonzero(((log.person == a) & (author == b)) | ((log.person == b) & (author == a)))
    text = f"two people gave each other {votes.size} votes, far more than their other answers lead to expect"
    return _flag("reciprocal", [a, b], log, votes, p, text)


def _together(log: VoteLog, active: Bools) -> sparse.coo_matrix:
    """Count, for each pair of active voters, the ideas both voted for within the window."""
    keep = np.flatnonzero(active[log.person])
    order = keep[np.lexsort((log.at_seconds[keep], log.idea[keep]))]
    idea, person, at = log.idea[order], log.person[order], log.at_seconds[order]
    pairs: list[tuple[Ints, Ints]] = []
    for gap in range(1, order.size):
        near = (idea[gap:] == idea[:-gap]) & (at[gap:] - at[:-gap] <= RING_WINDOW_SECONDS)
        if not near.any():
            break
        a, b = person[:-gap][near], person[gap:][near]
        pairs.append((np.minimum(a, b), np.maximum(a, b)))
    first, second = (np.concatenate([pair[side] for pair in pairs]) if pairs else np.zeros(0, int) for side in (0, 1))
    size = (log.person_count, log.person_count)
    counts = sparse.coo_matrix((np.ones(first.size), (first, second)), shape=size).tocsr()
    return sparse.triu(counts, k=1).tocoo()


def _ring_flags(log: VoteLog, first: Ints, second: Ints, chance: Floats) -> list[Flag]:
    size = (log.person_count, log.person_count)
    graph = sparse.coo_matrix((np.ones(first.size), (first, second)), shape=size)
    group = csgraph.connected_components(graph, directed=False)[1]
    members, flags = np.unique(np.concatenate((first, second))), []
    for number in dict.fromkeys(group[members].tolist()):
        people = members[group[members] == number].tolist()
        p = min(1.0, float(chance[group[first] == number].min()) * max(first.size, 1))
        votes = np.flatnonzero(np.isin(log.person, people))
        text = f"{len(people)} people vote for the same ideas within minutes of each other"
        flags.append(_flag("ring", people, log, votes, p, text))
    return flags


def _burst(log: VoteLog, votes: Ints, p: float) -> Flag:
    text = f"{votes.size} votes for this idea came within one hour, far above its usual pace"
    return _flag("burst", sorted(set(log.person[votes].tolist())), log, votes, p, text)


def _ballot(log: VoteLog, idea: int, votes: Ints, p: float) -> Flag:
    total = int((log.idea == idea).sum())
    text = f"{votes.size} of {total} votes for this idea come from one department, far above its share of the cards"
    return _flag("one_department", sorted(set(log.person[votes].tolist())), log, votes, p, text)


def _flag(kind: Kind, people: list[int], log: VoteLog, votes: Ints, p: float, text: str) -> Flag:
    ideas = sorted(set(log.idea[votes].tolist()))
    return Flag(kind=kind, people=people, ideas=ideas, votes=votes.tolist(), p_value=p, text=text)
