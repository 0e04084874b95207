"""Which words of a text are worth looking for, and how much each one says."""

import math
from collections.abc import Collection

from ideation.entities.words import AskedWords, WordStatistics

# Of a word the statistics lack, while they hold nothing at all.
_SHARE_OF_UNKNOWN = 0.01


def word_weights(asked: AskedWords) -> dict[str, float]:
    """How rare each word is: the logarithm of one through the share of ideas that hold it, at least 0.

    A word the statistics lack counts as held by half as many ideas as the rarest that they know.
    """
    shares, rarest = asked.statistics.shares, asked.statistics.rarest
    unknown = _SHARE_OF_UNKNOWN if rarest is None else rarest / 2
    return {word: -math.log(min(shares.get(word, unknown), 1.0)) for word in asked.words}


def telling_words(asked: AskedWords, limit: int, *, most_ideas: float) -> list[str]:
    """The rarest words of a text, so few that about `most_ideas` ideas hold one of them; longer ones first."""
    shares = asked.statistics.shares
    rarest = sorted(asked.words, key=lambda word: (shares.get(word, 0.0), -len(word), word))[:limit]
    return rarest[: _how_many(rarest, asked.statistics, most_ideas)]


def _how_many(words: Collection[str], statistics: WordStatistics, most_ideas: float) -> int:
    held = 0.0
    for count, word in enumerate(words):
        held += statistics.shares.get(word, 0.0) * max(statistics.ideas, 1.0)
        if held > most_ideas:
            return count
    return len(words)
