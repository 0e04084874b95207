"""Words, stems and content words."""

import pytest

from ideation.text.words import content_words, names, stem, stems, words


@pytest.mark.parametrize(
    ("one", "other"),
    [("votes", "voting"), ("voted", "vote"), ("companies", "company"), ("planned", "planning"), ("boxes", "box")],
)
def test_stem_joins_inflections(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["bus", "glass", "ring", "bed", "v2.1", "größe", "電気", "this"])
def test_stem_leaves_other_words(word: str) -> None:
    assert stem(word) == word


def test_words_keep_names_with_marks() -> None:
    assert words("C++ and C# on node.js, don\u2019t re-use") == ["c++", "and", "c#", "on", "node.js", "don't", "re-use"]


def test_content_words_leave_out_given_stop_words() -> None:
    assert content_words("We should reuse the ACME boxes in 2024", ["acme"]) == ["reuse", "boxes"]


def test_stems_of_emoji_are_none() -> None:
    assert stems("🎉🎉 🚀") == []


def test_names_are_words_with_a_digit_or_a_capital_inside() -> None:
    text = "Über USB-C: an iPhone 15 on Node.JS, don\u2019t ask SAP R/3 or Müller. KÜCHE, \U0001f600"
    assert names(text) == ["usb-c", "iphone", "15", "node.js", "sap", "3", "küche"]


@pytest.mark.parametrize("text", ["", "Solar panels, please", "\ud800", "电动汽车"])
def test_text_without_names(text: str) -> None:
    assert names(text) == []
