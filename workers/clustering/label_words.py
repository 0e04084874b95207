"""Words that say little as the name of a theme, and words around a noun or a verb: how a label tells things apart."""

from importlib.resources import files

import msgspec

from ideation.text.words import STOP_WORDS, stem


def _read_lists() -> dict[str, frozenset[str]]:
    raw = files("workers.clustering").joinpath("data/label_words.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, frozenset[str]])


_LISTS = _read_lists()

GENERIC_STEMS = frozenset(stem(word) for word in _LISTS["generic"])
"""Stems of verbs and fillers that fit any idea: they stand in a label only inside a longer term."""

BEFORE_NOUN = _LISTS["before_noun"]
BEFORE_VERB = _LISTS["before_verb"]
AFTER_VERB = _LISTS["after_verb"]
NEVER_IN_LABELS = STOP_WORDS | _LISTS["never"]
