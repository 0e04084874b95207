"""What a challenge's form puts into every idea is left out; what people wrote stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideation.text.normalise import idea_text
from ideation.text.templates import own_text

TEMPLATE = "## Problem\nWhich problem does it solve? Please be specific.\nCost:\n"


@pytest.mark.parametrize(
    ("body", "own"),
    [
        (TEMPLATE, ""),
        ("## Problem\nToo much paper.\nCost:\nNothing.", "Too much paper.\nNothing."),
        ("Which problem does it solve? Too much paper.", "Too much paper."),
        ("cost: 500 euro a year", "500 euro a year"),
        ("The problem is paper.", "The problem is paper."),
        ("", ""),
    ],
)
def test_lines_and_sentences_of_the_form_are_left_out(body: str, own: str) -> None:
    assert own_text("Less paper", body, TEMPLATE) == f"Less paper\n{own}".strip()


def test_the_title_stays_whatever_it_says() -> None:
    assert own_text("Problem", TEMPLATE, TEMPLATE) == "Problem"


@given(st.text(max_size=50), st.text(max_size=200))
def test_without_a_template_nothing_is_left_out(title: str, body: str) -> None:
    assert own_text(title, body, "") == idea_text(title, body)
    assert own_text(title, body, "  \n") == idea_text(title, body)


@given(st.text(max_size=50), st.text(max_size=200), st.text(max_size=100))
def test_any_text_and_any_template_give_a_text_that_is_not_longer(title: str, body: str, template: str) -> None:
    assert len(own_text(title, body, template)) <= len(idea_text(title, body))
