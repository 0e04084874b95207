"""Proposed pairs: found, explained, never those already judged."""

import pytest

from ideation.text.encoder import load_encoder
from tests.clustering.ideas import corpus_of, idea_texts
from workers.clustering.duplicates import ProposedPair, propose_pairs, score_pairs

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
        "meaning", "standing_out", "words", "words_standing_out", "characters", "title_words", "ahead", "mutual",
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
