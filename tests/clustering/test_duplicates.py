"""Proposed pairs: found, explained, never those already judged."""

import numpy as np
import pytest

from ideation.text.encoder import load_encoder
from tests.clustering.ideas import corpus_of, idea_texts
from workers.clustering.duplicates import ProposedPair, propose_pairs, score_pairs
from workers.clustering.features import pair_differences

SAME = (
    "Solar panels on the roof of building 4\nWe should install solar panels on the roof of building 4.",
    "Install solar panels on building 4's roof\nThe roof of building 4 is empty: install solar panels there.",
)
ODD = ["", "lunch", "🎉🎉", "x" * 100_000, "<b>bold</b>", "电动汽车充电站", "\ud800", "the the the"]


def proposed(texts: list[str], **options: object) -> list[ProposedPair]:
    return propose_pairs(corpus_of(texts), load_encoder(), **options)  # type: ignore[arg-type]


def test_propose_pairs_finds_the_reworded_idea_with_evidence() -> None:
    texts = [SAME[0], *idea_texts()[24:], SAME[1]]
    (pair, *_) = proposed(texts, threshold=0.3)
    assert (pair.first, pair.second) == (0, len(texts) - 1)
    assert {"solar", "panels", "roof"} <= set(pair.evidence.shared_terms)
    assert pair.evidence.passages[0].similarity > 0.7
    assert [part.name for part in pair.evidence.parts] == [
        "meaning", "standing_out", "words", "words_standing_out", "characters", "title_words",
        "names_apart", "other_name", "words_apart", "ahead", "mutual",
    ]  # fmt: skip


@pytest.mark.parametrize("flipped", [False, True])
def test_propose_pairs_never_returns_excluded_pairs(flipped: bool) -> None:
    texts = [SAME[0], *idea_texts()[24:], SAME[1]]
    last = len(texts) - 1
    pairs = proposed(texts, threshold=0.0, excluded=[(last, 0) if flipped else (0, last)])
    assert (0, last) not in {(pair.first, pair.second) for pair in pairs}


def test_propose_pairs_only_with_a_new_idea() -> None:
    texts = [*idea_texts(), *SAME]
    pairs = proposed(texts, threshold=0.0, only_with=[len(texts) - 1])
    assert pairs
    assert all(len(texts) - 1 in (pair.first, pair.second) for pair in pairs)


def test_propose_pairs_orders_by_probability_and_respects_the_limit() -> None:
    pairs = proposed(idea_texts(), threshold=0.0, limit=5)
    probabilities = [pair.probability for pair in pairs]
    assert len(pairs) == 5
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(pair.first < pair.second for pair in pairs)


@pytest.mark.parametrize("count", [0, 1])
def test_propose_pairs_of_fewer_than_two_ideas_is_empty(count: int) -> None:
    assert proposed(idea_texts()[:count], threshold=0.0) == []


@pytest.mark.parametrize("odd", ODD)
def test_odd_text_does_not_disturb_the_others(odd: str) -> None:
    texts = [SAME[0], *idea_texts()[24:], SAME[1], odd]
    (pair, *_) = proposed(texts, threshold=0.3)
    assert (pair.first, pair.second) == (0, len(texts) - 2)


def test_of_identical_texts_as_many_pairs_are_proposed_as_connect_them_with_finite_numbers() -> None:
    pairs = proposed(["Reuse the boxes\nAgain and again."] * 4, threshold=0.0)
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 1), (0, 2), (0, 3)]
    assert all(0 <= pair.probability <= 1 for pair in pairs)


def test_pairs_that_follow_from_joined_ones_are_not_proposed_and_dismissed_ones_imply_nothing() -> None:
    texts = ["Reuse the boxes\nAgain and again."] * 4
    joined = proposed(texts, threshold=0.0, excluded=[(2, 3)], joined=[(2, 3)])
    assert [(pair.first, pair.second) for pair in joined] == [(0, 1), (0, 2)]
    dismissed = proposed(texts, threshold=0.0, excluded=[(0, 1)])
    assert [(pair.first, pair.second) for pair in dismissed] == [(0, 2), (0, 3), (1, 2)]


def test_form_text_does_not_make_ideas_alike() -> None:
    form = "\nWhat problem does it solve and for whom in the company?\nWhat would it cost in the first year?\n"
    plain = score_pairs(corpus_of(idea_texts()))
    with_form = score_pairs(corpus_of([text + form for text in idea_texts()]))
    assert with_form.features[:, 2].mean() == pytest.approx(plain.features[:, 2].mean(), abs=0.02)


def test_score_pairs_is_repeatable() -> None:
    one, two = score_pairs(corpus_of(idea_texts())), score_pairs(corpus_of(idea_texts()))
    assert one.first.tolist() == two.first.tolist()
    assert one.probability.tolist() == two.probability.tolist()


def differences(first: str, second: str) -> list[float]:
    """What tells two ideas apart among the others: names_apart, other_name, words_apart."""
    corpus = corpus_of([first, second, *idea_texts()])
    both = pair_differences(corpus, np.array([0, 1]), np.array([1, 0]))
    assert both[0].tolist() == pytest.approx(both[1].tolist())
    return [float(value) for value in both[0]]


@pytest.mark.parametrize(
    ("first", "second", "names", "other_name", "words"),
    [
        ("Bike racks for site 4", "Bike racks for site 5", 1.0, 1.0, 0.0),
        ("Bike racks for site 4", "Bike racks for every site", 0.0, 1.0, 0.0),
        ("Bike racks for site 4", "Bike racks for every site\nBegin with 4, please.", 0.0, 0.0, 0.0),
        ("Charge an iPhone at the desk", "Charge an eBike at the desk", 1.0, 1.0, 0.0),
        ("Paint the hangar", "Sweep the courtyard", 0.0, 0.0, 2**0.5),
        ("A set-top box", "A box set on top", 0.0, 0.0, 0.0),
        ("Bike racks", "Bike racks", 0.0, 0.0, 0.0),
        ("", "Bike racks", 0.0, 0.0, 0.0),
    ],
)
def test_what_each_title_says_that_the_other_idea_does_not(
    first: str, second: str, names: float, other_name: float, words: float
) -> None:
    assert differences(first, second) == pytest.approx([names, other_name, words], abs=1e-3)


def test_of_ideas_in_series_the_one_that_comes_again_is_likelier_than_any_with_another_number() -> None:
    series = [f"Bike racks for site {number}\nPlease put up racks." for number in range(4, 9)]
    again = "Bike racks for site 4\nRacks, please."
    first, second, *_ = proposed([*series, again, *idea_texts()[24:]], threshold=0.0)
    assert (first.first, first.second) == (0, len(series))
    assert second.probability < first.probability
