"""How common words are in an installation, by PostgreSQL's own statistics."""

from collections.abc import Mapping

import msgspec


class WordStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """The share of ideas that hold each of the commonest words, and the smallest of these shares.

    A word that is not among them is rarer than all. rarest: None while nothing is known.
    """

    ideas: float
    shares: Mapping[str, float]
    rarest: float | None


class AskedWords(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a text, stemmed as the index has them, and what is known of them."""

    words: list[str]
    statistics: WordStatistics
