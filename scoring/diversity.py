"""A diverse shortlist: near-duplicates folded, a cap for each theme, and the price of diversity stated."""

import math

import msgspec
import numpy as np
import numpy.typing as npt

from scoring.checks import Bools, Floats, Ints, floats, ranking
from scoring.errors import ScoringError

FORMULA_VERSION = "dpp-greedy/2"
NO_THEME = -1
THEME_SHARE = 0.3
DUPLICATE_SIMILARITY = 0.85
CONTENDERS = 512
POOL = 1536
FIRST_TRIES = 48
TINY = 1e-10
STRENGTHS = (64.0, 48.0, 32.0, 24.0, 16.0, 12.0, 8.0, 6.0, 4.0, 3.0, 2.0, 1.5, 1.0)


class _Field(msgspec.Struct, frozen=True, kw_only=True):
    """The ideas that may be chosen (`candidates`), what they are worth, and the rules of the list."""

    value: Floats
    rows: Floats
    group: Ints
    candidates: Ints
    scaled: Floats
    k: int
    cap: int


class Shortlist(msgspec.Struct, frozen=True, kw_only=True):
    """`chosen`: idea indices in rank order of score. `plain`: the best k by score alone (after folding).

    `folded_into`: (ideas,) the better near-duplicate that stands for the idea, or -1. `over_cap`: ideas of `plain` kept
    out because their theme was full. `cost_share`: mean score given up, as a share of the score range (0.02 = 2 %).
    `themes`, `plain_themes`: different themes in either list. `strength`: how much score outweighs diversity (α).
    """

    chosen: Ints
    plain: Ints
    folded_into: Ints
    over_cap: Ints
    cost_share: float
    themes: int
    plain_themes: int
    strength: float


def shortlist(
    *,
    score: npt.ArrayLike,
    vectors: npt.ArrayLike,
    theme: npt.ArrayLike,
    k: int,
    max_cost_share: float = 0.03,
    theme_share: float = THEME_SHARE,
    duplicate_similarity: float = DUPLICATE_SIMILARITY,
) -> Shortlist:
    """Greedy MAP of a determinantal point process under theme caps (Chen, Zhang & Zhou, NeurIPS 2018).

    L = diag(r)·S·diag(r), r = exp(α·score/2 scaled to [0, 1]), S = cosine similarity of `vectors` (ideas × d; rows of
    zeros are like nothing else). At most ceil(theme_share·k) ideas a theme; `theme` −1 means none and is never capped.
    Ideas more similar than `duplicate_similarity` to a better one are folded into it first, among the contenders. α is
    lowered while the mean score given up stays within `max_cost_share` of the score range. The result is sorted by
    score. Fewer ideas than `k` give all of them; a cap that leaves too few is lifted for the rest, best score first.
    No ideas give an empty list with cost 0.

    >>> result = shortlist(score=[1.0, 0.99, 0.5], vectors=[[1, 0], [1, 0.01], [0, 1]], theme=[0, 0, 1], k=2)
    >>> result.chosen.tolist(), result.folded_into.tolist()
    ([0, 2], [-1, 0, -1])
    """
    value, rows, group = _checked(score, vectors, theme, k)
    folded = fold(value, rows, k, duplicate_similarity)
    alone = folded < 0
    plain = ranking(value)[alone[ranking(value)]][:k]
    cap = theme_cap(k, theme_share)
    candidates = np.flatnonzero(alone).astype(np.int64)
    field = _Field(
        value=value, rows=rows, group=group, candidates=candidates, scaled=_scaled(value)[candidates], k=k, cap=cap
    )
    chosen, strength = _tuned(field, plain, max_cost_share)
    return Shortlist(
        chosen=chosen,
        plain=plain,
        folded_into=folded,
        over_cap=_over_cap(plain, chosen, group, cap),
        cost_share=_cost_share(value, plain, chosen),
        themes=_theme_count(group, chosen),
        plain_themes=_theme_count(group, plain),
        strength=strength,
    )


def theme_cap(k: int, share: float = THEME_SHARE) -> int:
    """How many of `k` places one theme may take.

    >>> theme_cap(20), theme_cap(1)
    (6, 1)
    """
    return max(1, math.ceil(share * k))


def fold(score: npt.ArrayLike, vectors: npt.ArrayLike, k: int, limit: float = DUPLICATE_SIMILARITY) -> Ints:
    """For each idea the better near-duplicate that stands for it, or −1: best first, so that the better one stands.

    (ideas,) scores and (ideas × d) vectors; two ideas are near-duplicates when their cosine is above `limit`. Looked
    for among the best max(512, 10·k) only.

    >>> fold([1.0, 0.9, 0.5], [[1, 0], [1, 0.01], [0, 1]], k=1).tolist()
    [-1, 0, -1]
    """
    value = floats(score, "score")
    folded = np.full(value.size, -1, dtype=np.int64)
    contenders = ranking(value)[: max(CONTENDERS, 10 * k)]
    unit = _unit_rows(_matrix(vectors, value.size)[contenders] if value.size else np.zeros((0, 1)))
    similar = np.triu(unit @ unit.T > limit, k=1)
    standing = np.ones(contenders.size, dtype=np.bool_)
    for place in np.flatnonzero(similar.any(axis=1)):
        if standing[place]:
            twins = np.flatnonzero(similar[place] & standing)
            standing[twins] = False
            folded[contenders[twins]] = contenders[place]
    return folded


def greedy_dpp(
    relevance: npt.ArrayLike, vectors: npt.ArrayLike, k: int, theme: Ints | None = None, cap: int = 0
) -> Ints:
    """Pick up to k items that greedily maximise det(L_S), L_ij = r_i·r_j·cos(x_i, x_j); returns the order of picking.

    The volume that item i adds is r_i²·(1 − ‖Q·x_i‖²), Q an orthonormal basis of the vectors picked: the Cholesky gain
    of Chen, Zhang & Zhou (NeurIPS 2018) in the space of the vectors. It only shrinks as Q grows, so a volume computed
    earlier bounds today's, and only items whose bound still beats the best are computed anew (lazy greedy: Minoux
    1978). The result is the exact greedy one; 50 of 10,000 items take some milliseconds. `theme` with `cap` > 0 limits
    picks a theme. Stops early when nothing adds volume. Ties: lowest index.

    >>> greedy_dpp([1.0, 0.9, 0.8], [[1, 0], [1, 0.1], [0, 1]], 2).tolist()
    [0, 2]
    """
    r = floats(relevance, "relevance")
    rows = _matrix(vectors, r.size)
    if not np.isfinite(rows).all():
        raise ScoringError("vectors must be finite")
    group = np.full(r.size, NO_THEME, dtype=np.int64) if theme is None else theme
    open_to, contest = _Openings(group, cap), _Contest(r, rows, min(k, r.size))
    for _ in range(min(k, r.size)):
        item = contest.best(open_to.items)
        if item is None:
            break
        open_to.take(item)
        contest.take(item)
    return open_to.picks()


class _Contest:
    """The volume each item would add, computed only as far as needed to know the largest.

    `bound`: (items,) volume when last computed, `computed_at` so many picks. Only a pool of the largest bounds is
    looked at; `outside` is the largest bound beyond it. Of the pool, `fresh` holds volumes computed for this pick,
    `stale` the bounds of the rest.
    """

    def __init__(self, r: Floats, rows: Floats, k: int) -> None:
        self.square, self.bound, self.rows = r**2, r**2, rows
        self.directions = np.zeros((k, rows.shape[1]))
        self.picks = 0
        self.computed_at = np.zeros(r.size, dtype=np.int64)
        self.pool = np.zeros(0, dtype=np.int64)
        self.fresh, self.stale, self.outside = np.zeros(0), np.zeros(0), math.inf

    def best(self, open_items: Bools) -> int | None:
        """The open item that adds most volume; None when none adds any."""
        self.bound[~open_items] = 0.0
        self._renew()
        tries = FIRST_TRIES
        while True:
            leader = int(np.argmax(self.fresh)) if self.pool.size else 0
            volume = float(self.fresh[leader]) if self.pool.size else -1.0
            rivals = np.flatnonzero(self.stale > max(volume, TINY))
            if rivals.size:
                self._compute(_largest(self.stale, rivals, tries))
                tries *= 2
            elif max(volume, TINY) >= self.outside:
                return int(self.pool[leader]) if volume > TINY else None
            else:
                self._refill()

    def take(self, item: int) -> None:
        """Add the picked item's direction to the basis; projected twice, so that rounding cannot tilt it."""
        basis, direction = self.directions[: self.picks], self.rows[item]
        direction = direction / (_length(direction) or 1.0)
        for _ in range(2):
            direction = direction - (basis @ direction) @ basis
        self.directions[self.picks] = direction / (_length(direction) or 1.0)
        self.picks += 1

    def _compute(self, places: Ints) -> None:
        items = self.pool[places]
        rows = self.rows[items]
        along = rows @ self.directions[: self.picks].T
        square_length = np.einsum("ij,ij->i", rows, rows)
        covered = np.einsum("ij,ij->i", along, along) / np.where(square_length > 0, square_length, 1.0)
        self.bound[items] = self.square[items] * np.maximum(1 - covered, 0.0)
        self.computed_at[items] = self.picks
        self.fresh[places], self.stale[places] = self.bound[items], -1.0

    def _refill(self) -> None:
        chosen: Bools = np.ones(self.bound.size, dtype=np.bool_)
        if self.bound.size > POOL:
            limit = np.partition(self.bound, -POOL)[-POOL]
            chosen = self.bound > limit
            chosen[np.flatnonzero(self.bound == limit)[: POOL - np.count_nonzero(chosen)]] = True
        self.pool = np.flatnonzero(chosen)
        self.outside = float(self.bound[~chosen].max(initial=-math.inf))
        self._renew()

    def _renew(self) -> None:
        bound, known = self.bound[self.pool], self.computed_at[self.pool] == self.picks
        self.fresh, self.stale = np.where(known, bound, -1.0), np.where(known, -1.0, bound)


def _largest(values: Floats, places: Ints, count: int) -> Ints:
    if places.size <= count:
        return places
    return np.asarray(places[np.argpartition(-values[places], count)[:count]])


def _length(row: Floats) -> float:
    return math.sqrt(float(row @ row))


class _Openings:
    """Which items may still be picked: not the picked ones, not those of a full theme."""

    def __init__(self, group: Ints, cap: int) -> None:
        self.items: Bools = np.ones(group.size, dtype=np.bool_)
        self.group, self.cap = group, cap
        self.picked: list[int] = []

    def take(self, item: int) -> None:
        self.picked.append(item)
        self.items[item] = False
        theme = self.group[item]
        if self.cap and theme != NO_THEME and np.count_nonzero(self.group[self.picked] == theme) >= self.cap:
            self.items[self.group == theme] = False

    def picks(self) -> Ints:
        return np.array(self.picked, dtype=np.int64)


def _tuned(field: _Field, plain: Ints, max_cost_share: float) -> tuple[Ints, float]:
    """The most diverse list whose price is within the limit; the caps bind even where they cost more."""
    best, strength = _pick(field, STRENGTHS[0]), STRENGTHS[0]
    for lower in STRENGTHS[1:]:
        picked = _pick(field, lower)
        if _cost_share(field.value, plain, picked) > max_cost_share:
            break
        best, strength = picked, lower
    return best, strength


def _pick(field: _Field, strength: float) -> Ints:
    relevance = np.exp(strength * (field.scaled - 1.0) / 2)
    rows, group = field.rows[field.candidates], field.group[field.candidates]
    picked = field.candidates[greedy_dpp(relevance, rows, field.k, group, field.cap)]
    if picked.size < min(field.k, field.candidates.size):
        picked = _topped_up(field, picked)
    return picked[np.lexsort((picked, -field.value[picked]))]


def _topped_up(field: _Field, picked: Ints) -> Ints:
    """Fill an early stop by score: first within the caps, then without them."""
    result = picked.tolist()
    by_score = field.candidates[ranking(field.value[field.candidates])].tolist()
    for limit in (field.cap, field.k):
        for item in by_score:
            if len(result) < field.k and item not in result and not _is_full(field.group, result, item, limit):
                result.append(item)
    return np.array(result, dtype=np.int64)


def _is_full(group: Ints, chosen: list[int], item: int, limit: int) -> bool:
    return bool(group[item] != NO_THEME and np.count_nonzero(group[chosen] == group[item]) >= limit)


def _scaled(value: Floats) -> Floats:
    span = float(np.ptp(value)) if value.size else 0.0
    return (value - value.min()) / span if span > 0 else np.ones(value.size)


def _cost_share(value: Floats, plain: Ints, chosen: Ints) -> float:
    span = float(np.ptp(value)) if value.size else 0.0
    if not chosen.size or span == 0:
        return 0.0
    return max(0.0, float(value[plain].mean() - value[chosen].mean()) / span)


def _over_cap(plain: Ints, chosen: Ints, group: Ints, cap: int) -> Ints:
    counts = {int(theme): int((group[chosen] == theme).sum()) for theme in np.unique(group[chosen])}
    out = [item for item in np.setdiff1d(plain, chosen) if group[item] >= 0 and counts.get(int(group[item]), 0) >= cap]
    return np.array(out, dtype=np.int64)


def _theme_count(group: Ints, chosen: Ints) -> int:
    return int(np.unique(group[chosen][group[chosen] != NO_THEME]).size)


def _matrix(vectors: npt.ArrayLike, size: int) -> Floats:
    matrix = np.asarray(vectors, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != size:
        raise ScoringError("vectors must have one row an idea")
    return matrix


def _unit_rows(rows: Floats) -> Floats:
    """Rows of length one; rows of zeros stay zero and are like nothing else."""
    if not np.isfinite(rows).all():
        raise ScoringError("vectors must be finite")
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return np.asarray(rows / np.where(length > 0, length, 1.0)[:, None])


def _checked(score: npt.ArrayLike, vectors: npt.ArrayLike, theme: npt.ArrayLike, k: int) -> tuple[Floats, Floats, Ints]:
    value = floats(score, "score")
    group = np.asarray(theme)
    if k < 1:
        raise ScoringError("k must be at least 1")
    if group.shape != value.shape or (group.size and group.dtype.kind not in "iu"):
        raise ScoringError("theme must be one whole number an idea")
    rows = _matrix(vectors, value.size) if value.size else np.zeros((0, 1))
    return value, rows, group.astype(np.int64)
