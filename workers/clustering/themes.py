"""Themes of a challenge: found, labelled, mapped; steady between runs."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from workers.clustering.corpus import Corpus, Floats
from workers.clustering.labels import label_groups
from workers.clustering.landscape import Places, fit_map, places_on_map
from workers.clustering.novelty import novelty
from workers.clustering.partition import divide, find_count, much_better, representation, smoothed
from workers.clustering.settling import Labels, Settled, settle, typicality
from workers.clustering.values import OUTSIDE, ParentTheme, Theme, ThemeModel, Themes

FEWEST_IDEAS = 6
MOST_FLAT_THEMES = 24
TYPICAL = 3


def cluster(
    corpus: Corpus,
    *,
    encoder: str,
    seed: int = 0,
    count: int | None = None,
    previous: Sequence[int] | None = None,
    kept: Collection[int] = (),
    seek: bool = False,
    places_before: Places | None = None,
    earlier: Floats | None = None,
    stop_words: Iterable[str] = (),
) -> Themes:
    """The themes of a corpus; the number is found unless `count` is given.

    encoder: name of the encoder of the corpus' vectors. previous: for each idea the number of its theme in the last
    run, OUTSIDE for new ones or those outside: the themes start from there and an idea moves only for a clearly better
    one (hysteresis); the ideas of the numbers in `kept` stay. seek: look whether other themes would divide the ideas
    much better by now, and then give those. places_before: (n, 2) places on the last map, NaN for new ideas. earlier:
    raw vectors of ideas of earlier challenges, for novelty. Under six ideas no theme is found and every idea is
    outside. The same arguments give the same result.
    """
    stop_words = tuple(stop_words)
    standing = None if previous is None else np.asarray(previous, dtype=np.int64)
    settled = _settled(corpus, seed, count, standing, kept, seek)
    theme_of, centroids = settled.theme_of, settled.centroids
    groups = [[int(position) for position in np.flatnonzero(theme_of == theme)] for theme in range(len(centroids))]
    fit = typicality(corpus.meaning, theme_of, centroids)
    parent_of = _parents(centroids)
    plane = fit_map(corpus.meaning, theme_of, centroids, before=places_before)
    past = None if earlier is None else corpus.space.transform(earlier)
    return Themes(
        themes=_themes(corpus.texts, groups, fit, parent_of, stop_words),
        parents=_parent_themes(corpus.texts, groups, fit, parent_of, stop_words),
        theme_of=theme_of,
        typicality=fit,
        novelty=novelty(corpus.nearest[1], corpus.meaning, earlier=past),
        places=places_on_map(plane, corpus.meaning, theme_of),
        model=ThemeModel(
            encoder=encoder, space=corpus.space, centroids=centroids, lowest_fit=settled.lowest_fit, map=plane
        ),
    )


def _settled(
    corpus: Corpus, seed: int, count: int | None, previous: Labels | None, kept: Collection[int], seek: bool
) -> Settled:
    known = np.any(corpus.meaning, axis=1)
    enough = known.sum() >= FEWEST_IDEAS
    rows = representation(corpus, seed=seed) if enough else corpus.meaning
    drawn = smoothed(corpus, rows) if enough else rows
    nowhere = np.full(len(corpus), OUTSIDE, dtype=np.int64)
    standing = settle(drawn, corpus.meaning, nowhere if previous is None else previous, kept=kept)
    if not enough or (len(standing.centroids) and not seek):
        return standing
    fresh = nowhere.copy()
    fresh[known] = divide(drawn[known], count or find_count(rows[known], drawn[known], seed=seed), seed=seed)
    found = settle(drawn, corpus.meaning, fresh)
    if len(standing.centroids) and not much_better(
        rows[known], found.theme_of[known], standing.theme_of[known], seed=seed
    ):
        return standing
    return found


def _parents(centroids: Floats) -> list[int] | None:
    """The wider theme of each theme where there are over 24: Ward's hierarchy (1963), cut at the root of their number.

    Unlike k-means it does not depend on the order of the themes, so that the same themes are gathered the same way.
    """
    if len(centroids) <= MOST_FLAT_THEMES:
        return None
    found = fcluster(linkage(centroids, "ward"), round(np.sqrt(len(centroids))), "maxclust")
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
