"""Readable, distinct labels of themes, in the ideas' own words."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np

from ideation.text.normalise import split_idea
from ideation.text.words import stem, words
from workers.clustering.label_words import AFTER_VERB, BEFORE_NOUN, BEFORE_VERB, GENERIC_STEMS, NEVER_IN_LABELS

TERMS = 8
LABEL_TERMS = 3
BODY_CHARACTERS = 300
READ_IDEAS = 200
PHRASE_BONUS = 1.3
SMALLEST_COHESION = 0.3
CLOSEST_SCORE = 0.25

_BREAK = re.compile(r"[.,;:!?()\[\]{}\"“”/|&\n]+|\s[-\u2013\u2014>]+\s|->")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_cached_stem = lru_cache(maxsize=100_000)(stem)


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """Terms of one group: how many ideas hold each, its spellings, how often it stands as nouns or verbs do."""

    held: Counter[str] = field(default_factory=Counter)
    spellings: dict[str, Counter[str]] = field(default_factory=dict)
    as_noun: Counter[str] = field(default_factory=Counter)
    as_verb: Counter[str] = field(default_factory=Counter)


def label_groups(
    texts: Sequence[str], groups: Sequence[Sequence[int]], *, stop_words: Iterable[str] = ()
) -> list[tuple[str, list[str]]]:
    """A label and up to eight terms for each group of positions, of which the first 200 are read.

    Terms are words and two-word phrases that do not reach over a comma. They are ordered by class-based TF-IDF
    (Grootendorst 2022) in the form p log(p / q): p the share of the group's ideas holding the term, q that of all
    ideas read; weighed by how often the term stands where nouns do (after "the", "of", "our", not after "to", "we",
    "should"). Words that fit any idea ("improve", "better") are left out. The label joins the best one to three,
    where a term counts less the further its score is under the one it has in another group, so that labels tell groups
    apart; one that another group has more of does not stand alone; no two labels are the same.
    """
    unwanted = NEVER_IN_LABELS.union(word.lower() for word in stop_words)
    read = [group[:READ_IDEAS] for group in groups]
    found = [_read(texts, group, unwanted) for group in read]
    everywhere = _together(found)
    scores = [
        _scores(terms, len(group), everywhere, sum(map(len, read))) for terms, group in zip(found, read, strict=True)
    ]
    best: dict[str, float] = {}
    for one in scores:
        for term, value in one.items():
            best[term] = max(value, best.get(term, 0.0))
    labels: list[tuple[str, list[str]]] = []
    taken: set[str] = set()
    for score, terms in zip(scores, found, strict=True):
        chosen = _distinct_terms(_by_score(score))
        ordered, length = _telling_first(chosen, score, best)
        label = _free_label([_spelling(terms, term) for term in ordered], length, taken) or f"Theme {len(labels) + 1}"
        taken.add(label)
        labels.append((label, [_spelling(terms, term) for term in chosen]))
    return labels


def _read(texts: Sequence[str], group: Sequence[int], unwanted: frozenset[str]) -> _Terms:
    terms = _Terms()
    for position in group:
        spelt: dict[str, str] = {}
        for said in _passages(texts[position]):
            _read_passage(said, unwanted, spelt, terms)
        terms.held.update(spelt.keys())
        for term, spelling in spelt.items():
            terms.spellings.setdefault(term, Counter())[spelling] += 1
    return terms


def _passages(text: str) -> Iterator[list[str]]:
    title, body = split_idea(text)
    for part in _BREAK.split(f"{title}\n{body[:BODY_CHARACTERS]}"):
        said = words(part)
        if said:
            yield said


def _read_passage(said: Sequence[str], unwanted: frozenset[str], spelt: dict[str, str], terms: _Terms) -> None:
    stems = [_cached_stem(word) for word in said]
    usable = [len(word) > 1 and word not in unwanted and not word[0].isdigit() for word in said]
    for at, (word, term) in enumerate(zip(said, stems, strict=True)):
        if not usable[at]:
            continue
        spelt.setdefault(term, word)
        before, after = said[at - 1] if at else "", said[at + 1] if at + 1 < len(said) else ""
        terms.as_noun[term] += (before in BEFORE_NOUN) + (after in {"is", "are", "of"})
        terms.as_verb[term] += (before in BEFORE_VERB or not before) + (after in AFTER_VERB)
    for (left, right), (one, other), good in zip(pairwise(said), pairwise(stems), pairwise(usable), strict=True):
        if all(good) and one != other:
            spelt.setdefault(f"{one} {other}", f"{left} {right}")


def _together(found: Sequence[_Terms]) -> _Terms:
    whole = _Terms()
    for terms in found:
        whole.held.update(terms.held)
        whole.as_noun.update(terms.as_noun)
        whole.as_verb.update(terms.as_verb)
    return whole


def _scores(terms: _Terms, size: int, everywhere: _Terms, total: int) -> dict[str, float]:
    fewest = 1 if size <= 3 else max(2, round(0.04 * size))
    usable = [term for term, count in terms.held.items() if count >= fewest and _may_name(term, terms, everywhere)]
    scores: dict[str, float] = {}
    for term in usable or terms.held:
        share, usual = terms.held[term] / size, everywhere.held[term] / total
        scores[term] = float(share * np.log1p(share / usual)) * _noun_likeness(term, everywhere)
        if " " in term:
            scores[term] *= PHRASE_BONUS
    return scores


def _may_name(term: str, terms: _Terms, everywhere: _Terms) -> bool:
    """Whether a term can stand in a label: no filler, no participle or adverb at its end, and phrases hold together."""
    one, _, other = term.partition(" ")
    last = terms.spellings[term].most_common(1)[0][0].split(" ")[-1]
    if last.endswith(("ed", "ly", "n't")) and len(last) > 4 and not last.endswith(("eed", "supply")):
        return False
    if not other:
        return term not in GENERIC_STEMS
    if other in GENERIC_STEMS or (one in GENERIC_STEMS and everywhere.held[term] < 3):
        return False
    cohesion = terms.held[term] / min(terms.held[one], terms.held[other])
    return cohesion >= SMALLEST_COHESION and _noun_likeness(one, everywhere) > 0.3


def _noun_likeness(term: str, everywhere: _Terms) -> float:
    """Share of the telling occurrences of the term's last word where it stands as nouns do; 0.6 when none tells."""
    last = term.rpartition(" ")[2]
    noun, verb = everywhere.as_noun[last], everywhere.as_verb[last]
    return (noun + 3 * 0.6) / (noun + verb + 3)


def _by_score(score: Mapping[str, float]) -> list[str]:
    return sorted(score, key=lambda term: (-score[term], term))


def _distinct_terms(order: Sequence[str]) -> list[str]:
    """The first eight that share no word with a better one, nor are one written differently: "top-up", "top ups"."""
    chosen: list[str] = []
    used: set[str] = set()
    for term in order:
        if len(chosen) == TERMS:
            break
        parts = {*term.split(), _NOT_A_LETTER.sub("", term).rstrip("s")}
        if not parts & used:
            chosen.append(term)
            used |= parts
    return chosen


def _telling_first(
    chosen: Sequence[str], score: Mapping[str, float], best: Mapping[str, float]
) -> tuple[list[str], int]:
    """The terms with those first that tell this group from others, and how many of them a label needs."""
    telling = {term: score[term] * float(np.sqrt(score[term] / best[term])) for term in chosen}
    near = [term for term in _by_score(telling) if telling[term] >= CLOSEST_SCORE * max(telling.values())]
    stands_alone = bool(near) and score[near[0]] >= best[near[0]]
    return list(dict.fromkeys([*near, *chosen])), max(len(near), 1 if stands_alone else 2)


def _spelling(terms: _Terms, term: str) -> str:
    return terms.spellings[term].most_common(1)[0][0]


def _free_label(spellings: Sequence[str], length: int, taken: set[str]) -> str | None:
    shortest = max(1, min(length, LABEL_TERMS, len(spellings)))
    for count in range(shortest, len(spellings) + 1):
        label = ", ".join(spellings[:count])
        if label not in taken:
            return label
    return None
