"""Readable, distinct labels of themes, in the ideas' own words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from ideation.text.normalise import split_idea
from ideation.text.words import STOP_WORDS, stem, words

TERMS = 8
LABEL_TERMS = 3
BODY_CHARACTERS = 300


def label_groups(
    texts: Sequence[str], groups: Sequence[Sequence[int]], *, stop_words: Iterable[str] = ()
) -> list[tuple[str, list[str]]]:
    """A label and up to eight terms for each group of positions.

    Terms (words and two-word phrases) are ordered by class-based TF-IDF (Grootendorst 2022): the share of the group's
    ideas that hold the term, times the log of how rarely other groups do. The label joins the best three that add
    something; two groups never get the same label.
    """
    unwanted = STOP_WORDS.union(word.lower() for word in stop_words)
    held = [_group_counts(texts, group, unwanted) for group in groups]
    everywhere: Counter[str] = sum((counts for counts, _ in held), Counter())
    ranked = [
        _rank(counts, len(group), everywhere, len(texts)) for (counts, _), group in zip(held, groups, strict=True)
    ]
    labels: list[tuple[str, list[str]]] = []
    taken: set[str] = set()
    for order, (_, spellings) in zip(ranked, held, strict=True):
        chosen = _distinct_terms(order)
        label = _free_label([spellings[term].most_common(1)[0][0] for term in chosen], taken, len(labels))
        taken.add(label)
        labels.append((label, [spellings[term].most_common(1)[0][0] for term in chosen]))
    return labels


def idea_terms(text: str, unwanted: frozenset[str]) -> dict[str, str]:
    """Terms of one idea (stem or pair of stems) with the spelling used; title and the start of the body."""
    title, body = split_idea(text)
    found: dict[str, str] = {}
    for passage in (title, body[:BODY_CHARACTERS]):
        said = words(passage)
        usable = [word not in unwanted and len(word) > 1 and not word.isdigit() for word in said]
        for word, good in zip(said, usable, strict=True):
            if good:
                found.setdefault(stem(word), word)
        for (left, right), (one, other) in zip(pairwise(said), pairwise(usable), strict=True):
            if one and other:
                found.setdefault(f"{stem(left)} {stem(right)}", f"{left} {right}")
    return found


def _group_counts(
    texts: Sequence[str], group: Sequence[int], unwanted: frozenset[str]
) -> tuple[Counter[str], dict[str, Counter[str]]]:
    counts: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    for position in group:
        for term, spelling in idea_terms(texts[position], unwanted).items():
            counts[term] += 1
            spellings.setdefault(term, Counter())[spelling] += 1
    return counts, spellings


def _rank(counts: Counter[str], size: int, everywhere: Counter[str], total: int) -> list[str]:
    def weight(term: str) -> float:
        rarity = np.log1p(total / everywhere[term]) * counts[term] / everywhere[term]
        return float(counts[term] / size * rarity * (1.4 if " " in term else 1.0))

    fewest = 2 if size > 3 else 1
    usable = [term for term in counts if counts[term] >= fewest]
    return sorted(usable, key=lambda term: (-weight(term), term))[: 4 * TERMS]


def _distinct_terms(order: Sequence[str]) -> list[str]:
    chosen: list[str] = []
    for term in order:
        parts = set(term.split())
        if not any(parts & set(other.split()) for other in chosen):
            chosen.append(term)
    return chosen[:TERMS]


def _free_label(spellings: Sequence[str], taken: set[str], position: int) -> str:
    for length in range(min(LABEL_TERMS, len(spellings)), len(spellings) + 1):
        label = ", ".join(spellings[:length])
        if label and label not in taken:
            return label
    return f"Theme {position + 1}"
