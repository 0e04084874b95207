"""Ideas read once, to be compared with what somebody types."""

from ideation.text.explain import spelled, spellings
from ideation.text.reading import likely_sentences, read_idea

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
