"""Markdown becomes HTML that is safe whatever somebody writes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideation.markdown import render_markdown

ALLOWED = re.compile(
    r"<(/?(blockquote|br|code|del|em|h[1-6]|hr|li|ol|p|pre|s|strong|table|tbody|td|th|thead|tr|ul)|/a"
    r'|ol start="\d+"'
    r'|a href="(https?:|mailto:)?[^"<>]*"( title="[^"<>]*")? rel="nofollow noopener")>'
)
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example)",
    '[x](https://a.example" onclick="alert(1))',
    "![x](https://tracker.example/pixel.png)",
    "<https://a.example/<script>>",
    "```html\n<script>alert(1)</script>\n```",
    "<svg/onload=alert(1)>",
    "| a | b |\n|---|---|\n| <b> | [x](vbscript:x) |",
    "&lt;script&gt;",
    "<style>*{display:none}</style><iframe src=//x>",
]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("**a** *b* ~~c~~", "<p><strong>a</strong> <em>b</em> <s>c</s></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("3. x", '<ol start="3">\n<li>x</li>\n</ol>'),
        ("[a](https://a.example 'T')", '<p><a href="https://a.example" title="T" rel="nofollow noopener">a</a></p>'),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("![x](https://t.example/p.png)", '<p>!<a href="https://t.example/p.png" rel="nofollow noopener">x</a></p>'),
    ],
)
def test_markdown_renders(text: str, html: str) -> None:
    assert render_markdown(text) == html


@pytest.mark.parametrize("text", ATTACKS)
def test_markdown_lets_no_attack_through(text: str) -> None:
    assert ALLOWED.sub("", render_markdown(text)).count("<") == 0


@given(
    st.lists(st.sampled_from([*ATTACKS, "\n", "> ", "- ", "`", "*", "[", "](", ")", "<", '"', "&", "|"]), max_size=12)
)
def test_markdown_stays_safe_in_any_combination(parts: list[str]) -> None:
    assert ALLOWED.sub("", render_markdown("".join(parts))).count("<") == 0


@given(st.text(max_size=200))
def test_markdown_takes_any_text(text: str) -> None:
    assert ALLOWED.sub("", render_markdown(text)).count("<") == 0


def test_markdown_shows_a_flood_of_marks_as_typed() -> None:
    assert render_markdown("[" * 2_001) == f"<pre>{'[' * 2_001}</pre>"
    assert render_markdown("<b>" * 2_001) == f"<pre>{'&lt;b&gt;' * 2_001}</pre>"
    assert render_markdown("*a* " * 1_000).count("<em>") == 1_000
