"""Plain text from whatever people paste."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideation.text.normalise import idea_text, plain_text, split_idea


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("", ""),
        ("   \n\t ", ""),
        ("## Reuse *old* **lamps**", "Reuse old lamps"),
        ("<p>Solar &amp; wind</p><script>alert(1)</script>", "Solar & wind"),
        ("see [the plan](https://example.org/a?b=c) now", "see the plan now"),
        ("read https://example.org/x first", "read first"),
        ("- one\n- two\n\n1. three", "one\ntwo\nthree"),
        ("ﬁne　print\u200bhere", "fine print here"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("snake_case and 2 * 3 * 4", "snake_case and 2 * 3 * 4"),
        ("x < y and y > z", "x < y and y > z"),
    ],
)
def test_plain_text_keeps_what_people_read(markup: str, expected: str) -> None:
    assert plain_text(markup) == expected


def test_plain_text_cuts_enormous_text() -> None:
    assert len(plain_text("word " * 20_000)) <= 8_000


def test_plain_text_of_unclosed_tags_ends_quickly() -> None:
    assert plain_text("<a " * 30_000).count("<a") > 0


def test_idea_text_splits_back_into_title_and_body() -> None:
    assert split_idea(idea_text("A *title*", "First line.\n\nSecond.")) == ("A title", "First line.\nSecond.")


@given(st.text(max_size=300))
@settings(max_examples=50)
def test_plain_text_is_bounded_and_trimmed(markup: str) -> None:
    text = plain_text(markup, limit=50)
    assert len(text) <= 50
    assert text == text.strip()
