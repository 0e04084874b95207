"""Words and terms of a text, for lexical evidence, labels and explanations."""

import re
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['\u2019\-.+#][^\W_]+|\+\+|#)*", re.UNICODE)
_NAME_MARK = re.compile(r"[A-Z\u00c0-\u00d6\u00d8-\u00de]|\d")
_VOWEL = re.compile(r"[aeiouy]")
_SHORT_WITHOUT_E = re.compile(r"[^aeiou][aeiouy][^aeiouwxy]$")
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")

STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "all",
        "also",
        "although",
        "always",
        "am",
        "an",
        "and",
        "any",
        "are",
        "aren't",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "can't",
        "cannot",
        "could",
        "couldn't",
        "did",
        "didn't",
        "do",
        "does",
        "doesn't",
        "doing",
        "don't",
        "done",
        "down",
        "during",
        "each",
        "either",
        "else",
        "etc",
        "even",
        "ever",
        "every",
        "few",
        "for",
        "from",
        "further",
        "get",
        "gets",
        "getting",
        "give",
        "given",
        "go",
        "goes",
        "going",
        "got",
        "had",
        "hadn't",
        "has",
        "hasn't",
        "have",
        "haven't",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "him",
        "his",
        "how",
        "however",
        "i",
        "i'd",
        "i'll",
        "i'm",
        "i've",
        "if",
        "in",
        "instead",
        "into",
        "is",
        "isn't",
        "it",
        "it's",
        "its",
        "itself",
        "just",
        "let",
        "let's",
        "like",
        "made",
        "make",
        "makes",
        "making",
        "many",
        "may",
        "me",
        "might",
        "more",
        "most",
        "much",
        "must",
        "my",
        "myself",
        "need",
        "needs",
        "neither",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "often",
        "on",
        "once",
        "one",
        "only",
        "or",
        "other",
        "our",
        "ours",
        "out",
        "over",
        "own",
        "perhaps",
        "please",
        "quite",
        "rather",
        "really",
        "same",
        "see",
        "shall",
        "she",
        "should",
        "shouldn't",
        "since",
        "so",
        "some",
        "something",
        "still",
        "such",
        "than",
        "thank",
        "thanks",
        "that",
        "that's",
        "the",
        "their",
        "theirs",
        "them",
        "then",
        "there",
        "there's",
        "therefore",
        "these",
        "they",
        "they're",
        "this",
        "those",
        "though",
        "through",
        "thus",
        "to",
        "too",
        "under",
        "until",
        "up",
        "upon",
        "us",
        "use",
        "used",
        "uses",
        "using",
        "very",
        "via",
        "want",
        "wants",
        "was",
        "wasn't",
        "we",
        "we're",
        "we've",
        "well",
        "were",
        "weren't",
        "what",
        "what's",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "within",
        "without",
        "won't",
        "would",
        "wouldn't",
        "yes",
        "yet",
        "you",
        "you're",
        "your",
        "yours",
    ]
)
"""English function words and the verbs of asking. Other languages are handled by document frequency, not by lists."""


def words(text: str) -> list[str]:
    """Lower-case words in order, with inner apostrophes, hyphens and the marks of names such as C++ or v2.1 kept."""
    return [word.replace("\u2019", "'") for word in _WORD.findall(text.lower())]


def names(text: str) -> list[str]:
    """The words of a text, as `words` gives them, that are written as names or numbers: USB, 12.04, iPhone, B2B."""
    return [
        word.lower().replace("\u2019", "'")
        for word in _WORD.findall(text)
        if _NAME_MARK.search(word, 1) or word[0].isdigit()
    ]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A light English stem: plural, -ed and -ing endings removed, so that "voting", "voted" and "votes" meet.

    After Harman (1991), "How effective is suffixing?": light stemming keeps nearly all of the gain of a heavy one and
    joins fewer unrelated words. Words under four letters and words with digits are left as they are.
    """
    word = word.removesuffix("'s")
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    return _strip_e(_strip_tense(_strip_plural(word)))


def stems(text: str) -> list[str]:
    """Stems of the words of a text that are not function words, in order."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def content_words(text: str, extra_stop_words: Iterable[str] = ()) -> list[str]:
    """Words of a text without function words, the given stop words, single letters and plain numbers, in order."""
    unwanted = STOP_WORDS.union(word.lower() for word in extra_stop_words)
    return [word for word in words(text) if word not in unwanted and len(word) > 1 and not word.isdigit()]


def _strip_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _strip_tense(word: str) -> str:
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and _VOWEL.search(rest):
            return f"{rest}e" if _SHORT_WITHOUT_E.match(rest) else _DOUBLED.sub(r"\1", rest)
    return word


def _strip_e(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("e") else word
