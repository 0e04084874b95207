"""Words, stems and content words."""

import pytest

from ideation.text.words import content_words, stem, stems, words


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
