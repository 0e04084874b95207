"""The sentence-transformer in numpy."""

import numpy as np
import pytest

from ideation.text.encoder import load_encoder
from ideation.text.transformer import load_transformer

REFERENCE = (0.8139, -0.0117)


def test_transformer_agrees_with_the_original() -> None:
    """Cosines that sentence-transformers gives for these texts (torch 2.13, float32), within the loss of int8."""
    vectors = load_transformer().encode(["How do I reset my card PIN?", "Change the PIN of my card", "Solar panels"])
    assert vectors[0] @ vectors[1] == pytest.approx(REFERENCE[0], abs=0.02)
    assert vectors[0] @ vectors[2] == pytest.approx(REFERENCE[1], abs=0.02)


def test_transformer_gives_unit_rows_and_zero_for_nothing() -> None:
    vectors = load_transformer().encode(["", "🎉", "x" * 100_000, "\ud800 lunch", "word " * 5_000])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([0, 1, 1, 1, 1], abs=1e-4)


def test_transformer_result_does_not_depend_on_the_batch() -> None:
    texts = ["short", "a somewhat longer text about parking", "lunch " * 60]
    together = load_transformer().encode(texts)
    alone = np.vstack([load_transformer().encode([text]) for text in texts])
    assert together == pytest.approx(alone, abs=1e-4)


def test_transformer_shares_the_space_of_the_static_encoder() -> None:
    texts = ["Put solar panels on the roof", "The canteen should serve vegetarian lunch", "More parking for bikes"]
    cosines = np.einsum("ij,ij->i", load_transformer().encode(texts), load_encoder().encode(texts))
    assert cosines.mean() > 0.6
