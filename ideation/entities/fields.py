"""Annotated field types that inputs share: bounds stand here once, and in the OpenAPI document with them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

# PostgreSQL cannot store the character NUL; everything else people write is kept.
_NO_NUL = r"^[^\x00]*$"
_SOMETHING = r"^[^\x00]*[^\s\x00][^\x00]*$"
_EMAIL = r"^[^@\s\x00]+@[^@\s\x00]+$(?!\n)"

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_SOMETHING)]
Title = Annotated[str, Meta(min_length=1, max_length=200, pattern=_SOMETHING, description="One line, plain text.")]
Question = Annotated[str, Meta(min_length=1, max_length=500, pattern=_SOMETHING)]
Body = Annotated[str, Meta(max_length=20_000, pattern=_NO_NUL, description="Markdown; shown safely.")]
CommentBody = Annotated[str, Meta(min_length=1, max_length=10_000, pattern=_SOMETHING, description="Markdown.")]
Reason = Annotated[str, Meta(min_length=1, max_length=2_000, pattern=_SOMETHING)]
Note = Annotated[str, Meta(max_length=5_000, pattern=_NO_NUL)]
Tag = Annotated[str, Meta(min_length=1, max_length=50, pattern=_SOMETHING)]
Tags = Annotated[list[Tag], Meta(max_length=20)]
Email = Annotated[str, Meta(max_length=320, pattern=_EMAIL, examples=["ada@example.org"])]
Money = Annotated[float, Meta(gt=0, le=1e12, description="In the currency of the challenge's budget.")]
# RFC 3339 with an offset; naive times are refused.
Moment = Annotated[datetime, Meta(tz=True, examples=["2026-03-02T09:00:00Z"])]

# What msgspec says of a text that does not match, and what people are told instead.
_IN_WORDS = {
    f"Expected `str` matching regex {pattern!r}": words
    for pattern, words in {
        _NO_NUL: "The character NUL cannot be kept",
        r"^[^\x00]+$": "The character NUL cannot be kept",
        r"^[^\s\x00]+$": "Expected one word, without blanks",
        _SOMETHING: "Expected a text that is not blank, and holds no character NUL",
        _EMAIL: "Expected an e-mail address, such as ada@example.org",
    }.items()
}


def in_words(message: str) -> str:
    """msgspec's message with a regular expression said in words."""
    for expression, words in _IN_WORDS.items():
        message = message.replace(expression, words)
    return message
