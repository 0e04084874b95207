"""Which words of a text are looked for, and how much each one says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideation.entities.words import AskedWords, WordStatistics
from ideation.rules.words import telling_words, word_weights

SHARES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(1e-6, 1.0))


def asked(words: list[str], shares: dict[str, float], ideas: float = 1000.0) -> AskedWords:
    statistics = WordStatistics(ideas=ideas, shares=shares, rarest=min(shares.values(), default=None))
    return AskedWords(words=words, statistics=statistics)


def test_a_rare_word_weighs_more_and_an_unknown_one_most() -> None:
    weights = word_weights(asked(["all", "oil", "vx200"], {"all": 1.0, "oil": 0.02, "roof": 0.01}))
    assert weights == {
        "all": 0.0,
        "oil": pytest.approx(-math.log(0.02)),
        "vx200": pytest.approx(-math.log(0.005)),
    }


def test_without_statistics_all_words_weigh_the_same() -> None:
    assert word_weights(asked(["oil", "roof"], {})) == dict.fromkeys(["oil", "roof"], pytest.approx(-math.log(0.01)))


def test_the_rarest_are_told_first_as_long_as_few_ideas_hold_them() -> None:
    shares = {"oil": 0.2, "pump": 0.3, "all": 0.9}
    words = ["all", "pump", "oil", "vx", "vx200"]
    assert telling_words(asked(words, shares), 8, most_ideas=500) == ["vx200", "vx", "oil", "pump"]
    assert telling_words(asked(words, shares), 8, most_ideas=499) == ["vx200", "vx", "oil"]
    assert telling_words(asked(words, shares), 2, most_ideas=500) == ["vx200", "vx"]
    assert telling_words(asked(["all"], shares), 8, most_ideas=500) == []
    assert telling_words(asked([], shares), 8, most_ideas=500) == []


@given(st.sets(st.sampled_from("abcdefgh")), SHARES, st.floats(0, 1e5), st.floats(0, 1e5))
def test_weights_are_finite_and_telling_words_hold_few_ideas(
    words: set[str], shares: dict[str, float], ideas: float, most: float
) -> None:
    one = asked(sorted(words), shares, ideas)
    weights = word_weights(one)
    assert set(weights) == words
    assert all(math.isfinite(weight) and weight >= 0 for weight in weights.values())
    telling = telling_words(one, 5, most_ideas=most)
    assert sum(shares.get(word, 0.0) for word in telling) * max(ideas, 1.0) <= most
    assert len(set(telling)) == len(telling) <= 5
