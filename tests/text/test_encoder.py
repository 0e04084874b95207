"""The static encoder: unit rows, never NaN, whatever the text."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.text.encoder import load_encoder, unit_rows

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
