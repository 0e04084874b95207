"""Ideas read once, to be compared with what somebody types."""

import gc
import weakref
from collections.abc import Sequence

import numpy as np

from ideation.text.encoder import Floats, load_encoder
from ideation.text.explain import spelled, spellings
from ideation.text.reading import SentenceVectors, likely_sentences, read_idea

BODY = "The **canteen** is loud. Put solar panels on the roof! Parking is scarce.\n\nPanels pay for themselves."


def test_an_idea_has_the_stems_of_title_and_body_and_the_sentences_of_its_body() -> None:
    reading = read_idea("Solar roofs", BODY)
    assert reading.sentences == (
        "The canteen is loud.",
        "Put solar panels on the roof!",
        "Parking is scarce.",
        "Panels pay for themselves.",
    )
    assert {"solar", "roof", "canteen", "panel", "park"} <= reading.stems
    assert "the" not in reading.stems


def test_sentences_that_share_most_come_first_and_equal_ones_in_order() -> None:
    reading = read_idea("Solar roofs", BODY)
    asked = spellings("A panel for every roof")
    assert likely_sentences(reading, asked, 2) == ["Put solar panels on the roof!", "Panels pay for themselves."]
    assert likely_sentences(reading, {}, 2) == list(reading.sentences[:2])
    assert spelled(reading.stems, asked) == ["panel", "roof"]


def test_texts_without_words_have_no_sentences() -> None:
    for body in ("", "🦊🦊", "<p></p>", "!?!"):
        reading = read_idea("", body)
        assert (reading.stems, reading.sentences, likely_sentences(reading, {"fox": "fox"}, 3)) == (frozenset(), (), [])


class Counting:
    """The static encoder, which remembers what it was asked for."""

    name = "counting"
    dimensions = load_encoder().dimensions

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return load_encoder().encode(texts)


def test_kept_vectors_are_those_of_the_encoder_and_each_sentence_is_encoded_once() -> None:
    encoder = Counting()
    vectors = SentenceVectors(encoder, most=3)
    one, two, three, four = "Solar panels", "A loud canteen", "Parking", "Cargo bikes"
    for asked in ([one, two, one], [two, three], [one, three]):
        np.testing.assert_array_equal(vectors.of(asked), load_encoder().encode(asked))
    assert encoder.asked == [one, two, three]
    np.testing.assert_array_equal(vectors.of([four, one]), load_encoder().encode([four, one]))
    vectors.of([two])
    assert encoder.asked == [one, two, three, four, two]
    assert vectors.of([]).shape == (0, encoder.dimensions)


def test_more_sentences_at_once_than_are_kept_are_answered_all_the_same() -> None:
    sentences = [f"Idea number {number}" for number in range(8)]
    np.testing.assert_allclose(
        SentenceVectors(load_encoder(), most=3).of(sentences), load_encoder().encode(sentences), atol=1e-6
    )


def test_kept_vector_keeps_nothing_of_what_was_encoded_with_it() -> None:
    encoded: list[weakref.ref[Floats]] = []

    class Watched(Counting):
        def encode(self, texts: Sequence[str]) -> Floats:
            vectors = super().encode(texts).copy()
            encoded.append(weakref.ref(vectors))
            return vectors

    kept = SentenceVectors(Watched(), most=3)
    kept.of(["Solar panels", "A loud canteen"])
    gc.collect()
    assert [reference() for reference in encoded] == [None]
