"""Plain text from what people paste: Markdown, HTML, odd Unicode, enormous bodies."""

import html
import re
import unicodedata

MAXIMUM_CHARACTERS = 8_000
"""Text beyond this length is cut before analysis: a hundred pages pasted by one person must not slow the others."""

_HIDDEN_ELEMENTS = re.compile(r"<(script|style|template)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>|<!--.{0,5000}?-->", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,1000}(?:\s[^()\n]{0,200})?\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]+", re.IGNORECASE)
_LINE_MARKS = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d{1,3}[.)][ \t]+|```.*$|~~~.*$)", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|~~|`+)(?=\S)|(?<=\S)(\*{1,3}|_{1,3}|~~|`+)(?!\w)")
_EMPHASIS_MARKS = frozenset("*_~`")
_SPACE = re.compile(r"[ \t\f\v]+")
_BREAKS = re.compile(r"\s*\n\s*")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def plain_text(markup: str, *, limit: int = MAXIMUM_CHARACTERS) -> str:
    """Readable text of Markdown or HTML: NFKC, one space between words, one line break between paragraphs.

    Web addresses, control characters and lone surrogates are dropped; the result has at most `limit` characters.
    An empty or invisible text gives "". Never raises, whatever the string holds.
    """
    text = markup[: limit * 4]
    if "<" in text:
        text = _TAG.sub(" ", _HIDDEN_ELEMENTS.sub(" ", text))
    text = html.unescape(text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    text = _LINE_MARKS.sub("", _ADDRESS.sub(" ", text))
    if not _EMPHASIS_MARKS.isdisjoint(text):
        text = _EMPHASIS.sub("", text)
    return collapse_whitespace(_visible(unicodedata.normalize("NFKC", text)))[:limit].rstrip()


def collapse_whitespace(text: str) -> str:
    """Runs of blanks become one space, runs of line breaks one line break; the ends are trimmed."""
    return _BREAKS.sub("\n", _SPACE.sub(" ", text)).strip()


def idea_text(title: str, body: str, *, limit: int = MAXIMUM_CHARACTERS) -> str:
    """Title and body as one plain text: the title on the first line. The title stays when the body is cut."""
    return f"{plain_text(title, limit=limit)}\n{plain_text(body, limit=limit)}".strip()[:limit].rstrip()


def split_idea(text: str) -> tuple[str, str]:
    """The title (first line) and the body (the rest) of a text made by `idea_text`."""
    title, _, body = text.partition("\n")
    return title, body


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character if character == "\n" or unicodedata.category(character) not in _UNSEEN_CATEGORIES else " "
        for character in text
    )
