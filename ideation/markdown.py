"""Markdown to HTML that is safe to put on a page: raw HTML is shown as text, and what is left passes an allow-list."""

import re
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code"),
    *("a", "em", "strong", "s", "del", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
# Pictures are left out: one on somebody else's server would tell them who reads.
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


# Each costs the parser time, some of them by looking far ahead: in thousands they are an attack, not a text.
_MARKS = re.compile(r"[\[\]*_~`<&|\n\\]")
_MAX_MARKS = 2_000


@lru_cache(maxsize=256)
def render_markdown(text: str) -> str:
    """HTML of a Markdown text; links to http, https and mailto only, and they carry `rel="nofollow noopener"`.

    A text of more than 2,000 marks and lines is shown as it was typed.
    """
    if len(_MARKS.findall(text)) > _MAX_MARKS:
        return f"<pre>{escape(text)}</pre>"
    return nh3.clean(
        _PARSER.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    ).strip()
