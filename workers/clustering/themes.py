"""Themes of a challenge: found, labelled, mapped; steady between runs."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from workers.clustering.corpus import Corpus, Floats
from workers.clustering.labels import label_groups
from workers.clustering.landscape import Places, fit_map, places_on_map
from workers.clustering.novelty import novelty
from workers.clustering.partition import FEWEST_IN_THEME, centres_of, divide, find_count, representation, smoothed
from workers.clustering.values import OUTSIDE, ParentTheme, Theme, ThemeModel, Themes

Labels = NDArray[np.int64]

FEWEST_IDEAS = 6
MOST_FLAT_THEMES = 24
TYPICAL = 3
LOWEST_FIT = 0.05
KEEP_MARGIN = 0.05


def cluster(
    corpus: Corpus,
    *,
    encoder: str,
    seed: int = 0,
    count: int | None = None,
    previous: Sequence[int] | None = None,
    places_before: Places | None = None,
    earlier: Floats | None = None,
    stop_words: Iterable[str] = (),
) -> Themes:
    """The themes of a corpus; the number is found unless `count` is given.

    encoder: name of the encoder of the corpus' vectors. previous: for each idea the number of its theme in the last
    run, OUTSIDE for new ones or those outside: the themes start from there and an idea moves only for a clearly better
    one (hysteresis). places_before: (n, 2) places on the last map, NaN for new ideas. earlier: raw vectors of ideas of
    earlier challenges, for novelty. Under six ideas there is no theme and every idea is outside. The same arguments
    give the same result.
    """
    stop_words = tuple(stop_words)
    theme_of = _divided(corpus, seed, count, previous)
    theme_of, centroids, lowest_fit = _settled(corpus.meaning, theme_of)
    groups = [[int(position) for position in np.flatnonzero(theme_of == theme)] for theme in range(len(centroids))]
    fit = _typicality(corpus.meaning, theme_of, centroids)
    parent_of = _parents(centroids, seed)
    plane = fit_map(corpus.meaning, theme_of, centroids, before=places_before)
    past = None if earlier is None else corpus.space.transform(earlier)
    return Themes(
        themes=_themes(corpus.texts, groups, fit, parent_of, stop_words),
        parents=_parent_themes(corpus.texts, groups, fit, parent_of, stop_words),
        theme_of=theme_of,
        typicality=fit,
        novelty=novelty(corpus.nearest[1], corpus.meaning, earlier=past),
        places=places_on_map(plane, corpus.meaning, theme_of),
        model=ThemeModel(encoder=encoder, space=corpus.space, centroids=centroids, lowest_fit=lowest_fit, map=plane),
    )


def _divided(corpus: Corpus, seed: int, count: int | None, previous: Sequence[int] | None) -> Labels:
    has_vector = np.any(corpus.meaning, axis=1)
    labels = np.full(len(corpus), OUTSIDE, dtype=np.int64)
    if has_vector.sum() < FEWEST_IDEAS:
        return labels
    rows_of_all = representation(corpus, seed=seed)
    rows = rows_of_all[has_vector]
    before = None if previous is None else np.asarray(previous, dtype=np.int64)[has_vector]
    if before is not None and before.max(initial=OUTSIDE) >= 0:
        labels[has_vector] = _continued(rows, before)
    else:
        drawn = smoothed(corpus, rows_of_all)[has_vector]
        labels[has_vector] = divide(drawn, count or find_count(rows, drawn, seed=seed), seed=seed)
    return labels


def _continued(rows: Floats, before: Labels) -> Labels:
    numbers, compact = np.unique(before[before >= 0], return_inverse=True)
    labels = np.full(len(rows), OUTSIDE, dtype=np.int64)
    labels[before >= 0] = compact
    cosines = rows @ centres_of(rows, labels, len(numbers)).T
    settled = labels >= 0
    cosines[np.flatnonzero(settled), labels[settled]] += KEEP_MARGIN
    return np.asarray(np.argmax(cosines, axis=1), dtype=np.int64)


def _settled(vectors: Floats, labels: Labels) -> tuple[Labels, Floats, NDArray[np.float64]]:
    """Labels 0, 1, 2 .. by falling size, without themes too small to be one and without ideas that fit nowhere."""
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    order = [int(label) for label in np.argsort(-sizes, kind="stable") if sizes[label] >= FEWEST_IN_THEME]
    renamed = np.full(max(len(sizes), 1) + 1, OUTSIDE, dtype=np.int64)
    renamed[order] = np.arange(len(order))
    labels = renamed[labels]
    centroids = centres_of(vectors, labels, len(order))
    fit = _typicality(vectors, labels, centroids)
    lowest = np.array([_lowest_fit(fit[labels == theme]) for theme in range(len(order))])
    inside = labels >= 0
    misfit = inside & (fit < np.where(inside, lowest[labels] if len(lowest) else 0.0, 0.0))
    return np.where(misfit, OUTSIDE, labels), centroids, lowest


def _lowest_fit(fit: NDArray[np.float64]) -> float:
    """Under the mean by 2.5 standard deviations, or near no similarity at all, an idea does not belong."""
    return max(LOWEST_FIT, float(fit.mean() - 2.5 * fit.std()))


def _typicality(vectors: Floats, labels: Labels, centroids: Floats) -> NDArray[np.float64]:
    if not len(centroids):
        return np.zeros(len(vectors))
    cosines = vectors @ centroids.T
    own = np.where(labels >= 0, labels, np.argmax(cosines, axis=1))
    return cosines[np.arange(len(vectors)), own].astype(np.float64)


def _parents(centroids: Floats, seed: int) -> list[int] | None:
    if len(centroids) <= MOST_FLAT_THEMES:
        return None
    found = divide(centroids, round(np.sqrt(len(centroids))), seed=seed)
    return [int(parent) for parent in np.unique(found, return_inverse=True)[1]]


def _themes(
    texts: Sequence[str],
    groups: Sequence[list[int]],
    fit: NDArray[np.float64],
    parent_of: Sequence[int] | None,
    stop_words: Iterable[str],
) -> list[Theme]:
    typical = [_typical_first(group, fit) for group in groups]
    labels = label_groups(texts, typical, stop_words=stop_words)
    return [
        Theme(
            label=label,
            terms=terms,
            members=group,
            typical=typical[theme][:TYPICAL],
            parent=None if parent_of is None else parent_of[theme],
        )
        for theme, (group, (label, terms)) in enumerate(zip(groups, labels, strict=True))
    ]


def _typical_first(group: Sequence[int], fit: NDArray[np.float64]) -> list[int]:
    return sorted(group, key=lambda position: (-fit[position], position))


def _parent_themes(
    texts: Sequence[str],
    groups: Sequence[list[int]],
    fit: NDArray[np.float64],
    parent_of: Sequence[int] | None,
    stop_words: Iterable[str],
) -> list[ParentTheme]:
    if parent_of is None:
        return []
    held = [[theme for theme, own in enumerate(parent_of) if own == parent] for parent in range(max(parent_of) + 1)]
    labels = label_groups(
        texts,
        [_typical_first([idea for theme in part for idea in groups[theme]], fit) for part in held],
        stop_words=stop_words,
    )
    return [
        ParentTheme(label=label, terms=terms, themes=part) for part, (label, terms) in zip(held, labels, strict=True)
    ]
