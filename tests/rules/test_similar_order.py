"""The order of near ideas."""

import math
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideation.entities.similar import Candidate
from ideation.rules.similar import order_by_likeness, word_likeness

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))
WEIGHTS = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 8), max_size=6)


def candidate(idea_id: UUID, similarity: float | None, *lexemes: str, **known: float) -> Candidate:
    return Candidate(id=idea_id, similarity=similarity, lexemes=list(lexemes), **known)


def ordered(candidates: list[Candidate], weights: dict[str, float]) -> list[UUID]:
    return [likely.id for likely in order_by_likeness(candidates, weights)]


def test_meaning_and_words_weigh_the_same() -> None:
    weights = {"cargo": 2.0, "bike": 2.0}
    by_meaning, by_words = candidate(FIRST, 0.9, "van"), candidate(SECOND, 0.2, "cargo", "bike")
    both = candidate(THIRD, 0.8, "cargo", "van")
    assert ordered([by_meaning, by_words, both], weights) == [THIRD, SECOND, FIRST]


def test_equal_ones_stay_in_order_and_without_a_vector_words_alone_count() -> None:
    weights = {"vx200": 5.0}
    equal = [candidate(SECOND, 0.4), candidate(FIRST, 0.4)]
    assert ordered(equal, weights) == [SECOND, FIRST]
    assert ordered([*equal, candidate(THIRD, None, "vx200")], weights) == [THIRD, SECOND, FIRST]
    assert ordered([], weights) == []


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    weights = {"vx200": 6.0, "machine": 1.0}
    assert word_likeness(weights)(["vx200", "oil"]) == pytest.approx(36 / 37)
    assert word_likeness(weights)(["machine", "oil"]) == pytest.approx(1 / 37)


def test_a_long_idea_shares_words_more_easily() -> None:
    assert word_likeness({"oil": 3.0})(["oil", "a", "b", "c"]) == pytest.approx(0.5)


def test_what_has_nothing_like_it_counts_more_than_one_of_a_crowd() -> None:
    crowded, alone = candidate(FIRST, 0.6, novelty=0.2), candidate(SECOND, 0.5, novelty=0.8)
    assert ordered([crowded, alone], {}) == [SECOND, FIRST]
    unplaced = candidate(THIRD, 0.55)
    assert ordered([crowded, alone, unplaced], {}) == [SECOND, THIRD, FIRST]


def test_refined_cosines_decide_where_most_have_one_and_the_others_are_set_beside_them() -> None:
    first = candidate(FIRST, 0.5, refined=0.8)
    second = candidate(SECOND, 0.6, refined=0.7)
    static_only = candidate(THIRD, 0.55)
    likely = order_by_likeness([first, second, static_only], {})
    assert [one.id for one in likely] == [FIRST, THIRD, SECOND]
    assert [one.similarity for one in likely] == pytest.approx([0.8, 0.75, 0.7])


def test_static_cosines_decide_where_few_are_refined() -> None:
    candidates = [candidate(FIRST, 0.5, refined=0.9), candidate(SECOND, 0.6), candidate(THIRD, 0.55)]
    likely = order_by_likeness(candidates, {})
    assert [(one.id, one.similarity) for one in likely] == [(SECOND, 0.6), (THIRD, 0.55), (FIRST, 0.5)]


@given(WEIGHTS, st.sets(st.sampled_from("abcdefgh")))
def test_it_is_finite_and_one_for_the_same_words(weights: dict[str, float], lexemes: set[str]) -> None:
    assert math.isfinite(word_likeness(weights)(lexemes))
    assert word_likeness(weights)(lexemes) >= 0.0
    same = word_likeness(weights)(list(weights))
    assert same == (pytest.approx(1.0) if any(weight * weight for weight in weights.values()) else 0.0)
