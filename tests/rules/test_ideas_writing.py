"""Tidying what people write."""

from hypothesis import given
from hypothesis import strategies as st

from ideation.rules.ideas_writing import tidy

texts = st.text(max_size=50)
tags = st.lists(st.text(alphabet="aAbBß sS\n", max_size=6).filter(str.strip), max_size=20)


def test_tidy_keeps_the_first_spelling_of_a_tag_in_its_place() -> None:
    wording = tidy(" A \t title\n", "\n body \n", ["Van", "bus", "van", " VAN ", "two  words"])
    assert (wording.title, wording.body, wording.tags) == ("A title", "body", ["Van", "bus", "two words"])


@given(texts, texts, tags)
def test_tidy_again_changes_nothing(title: str, body: str, given_tags: list[str]) -> None:
    once = tidy(title, body, given_tags)
    assert tidy(once.title, once.body, once.tags) == once


@given(texts, texts, tags)
def test_tidy_never_makes_anything_longer_and_loses_no_tag(title: str, body: str, given_tags: list[str]) -> None:
    wording = tidy(title, body, given_tags)
    assert len(wording.title) <= len(title)
    assert len(wording.body) <= len(body)
    folded = {" ".join(tag.split()).casefold() for tag in given_tags}
    assert {tag.casefold() for tag in wording.tags} == folded
    assert len(wording.tags) == len(folded)
