"""The static encoder: unit rows, never NaN, whatever the text."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.text.encoder import StaticEncoder, bert_tokenizer, load_encoder, unit_rows, units_of

ODD_TEXTS = ["", " ", "a", "🎉🚀", "x" * 100_000, "<b></b>", "\ud800", "\x00", "電気自動車", "word " * 20_000]


def test_encode_gives_unit_rows_and_zero_for_nothing() -> None:
    vectors = load_encoder().encode(["solar panels on the roof", ""])
    assert vectors.shape == (2, 256)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 0.0], abs=1e-5)


def test_encode_of_no_texts_is_empty() -> None:
    assert load_encoder().encode([]).shape == (0, 256)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_encode_of_odd_text_is_finite_and_leaves_the_others_alone(text: str) -> None:
    plain = load_encoder().encode(["cheaper lunch", "more bike racks"])
    mixed = load_encoder().encode(["cheaper lunch", text, "more bike racks"])
    assert np.isfinite(mixed).all()
    assert mixed[[0, 2]] == pytest.approx(plain, abs=1e-6)


def test_encode_puts_paraphrases_nearer_than_other_subjects() -> None:
    same, reworded, other = load_encoder().encode(
        ["Put solar panels on the roof", "Install photovoltaics on top of the building", "Serve vegetarian lunch"]
    )
    assert same @ reworded > same @ other + 0.2


def test_encode_is_repeatable() -> None:
    texts = ["reuse packaging", "shared desks", "reuse packaging"]
    first, second = load_encoder().encode(texts), load_encoder().encode(texts)
    assert np.array_equal(first, second)
    assert np.array_equal(first[0], first[2])


def test_token_weights_discount_what_every_text_says() -> None:
    encoder = load_encoder()
    texts = [f"redmine {word}" for word in ("calendar", "printing", "lunch", "parking")]
    plain, weighted = encoder.encode(texts), encoder.encode(texts, token_weights=encoder.token_weights(texts))
    assert (weighted @ weighted.T).sum() < (plain @ plain.T).sum()


def test_unit_rows_make_unsound_rows_zero() -> None:
    rows = np.array([[3.0, 4.0], [0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]], dtype=np.float32)
    assert unit_rows(rows) == pytest.approx(np.array([[0.6, 0.8], [0, 0], [0, 0], [0, 0]]))


@given(st.lists(st.text(max_size=80), max_size=5))
@settings(max_examples=30)
def test_encode_is_finite_with_norm_zero_or_one(texts: list[str]) -> None:
    lengths = np.linalg.norm(load_encoder().encode(texts), axis=1)
    assert all(abs(length - 1) < 1e-4 or length == 0 for length in lengths)


def test_units_are_tokens_and_the_known_pairs_of_the_same_text() -> None:
    pairs = np.array([1 * 10 + 2, 2 * 10 + 1, 9 * 10 + 9])
    rows, starts = units_of(
        [np.array([1, 2, 1]), np.array([], dtype=np.int64), np.array([2]), np.array([9, 9])], pairs, 10
    )
    assert starts.tolist() == [0, 5, 5, 6, 9]
    assert rows.tolist() == [1, 2, 1, 10, 11, 2, 9, 9, 12]


def test_units_of_no_texts_are_none() -> None:
    rows, starts = units_of([], np.array([5]), 10)
    assert (rows.tolist(), starts.tolist()) == ([], [0])


@given(
    st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=6),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8),
)
def test_units_follow_their_definition(texts: list[list[int]], known: set[tuple[int, int]]) -> None:
    pairs = sorted(first * 5 + second for first, second in known)
    rows, starts = units_of([np.array(ids, dtype=np.int64) for ids in texts], np.array(pairs, dtype=np.int64), 5)
    found = [rows[start:end].tolist() for start, end in pairwise(starts)]
    keys = [[one * 5 + other for one, other in pairwise(ids)] for ids in texts]
    expected = [[5 + pairs.index(key) for key in each if key in pairs] for each in keys]
    assert found == [ids + more for ids, more in zip(texts, expected, strict=True)]


def test_a_pair_says_more_than_its_tokens() -> None:
    tokenizer = bert_tokenizer({"[UNK]": 0, "hot": 1, "dog": 2})
    codes = np.array([[0, 0], [127, 0], [127, 0], [0, 127]], dtype=np.int8)
    encoder = StaticEncoder("x", tokenizer, codes, np.full(4, 1 / 127, dtype=np.float32), np.array([1 * 3 + 2]))
    together, apart = encoder.encode(["hot dog", "dog hot"])
    assert together == pytest.approx(np.array([2, 1]) / np.sqrt(5), abs=1e-6)
    assert apart == pytest.approx([1, 0], abs=1e-6)
