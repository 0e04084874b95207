"""Static sentence vectors: vectors of tokens and token pairs distilled from a sentence-transformer, averaged.

Source of the artefact: all-MiniLM-L6-v2 (Apache-2.0); see data/README.md and benchmarks/distil_encoder.py.
Idea: Tulkens and van Dongen, "Model2Vec" (2024); weighting of tokens: Arora, Liang and Ma (2017), "A simple but
tough-to-beat baseline for sentence embeddings".
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from ideation.text.artefact import encoder_name, open_artefact
from ideation.text.normalise import MAXIMUM_CHARACTERS, split_idea

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

TEXTS_AT_ONCE = 512
UNKNOWN = "[UNK]"
NO_PAIRS = np.zeros(0, dtype=np.int64)


class Encoder(Protocol):
    """What turns texts into comparable vectors. Rows are unit length, or all zero for a text without a known token."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of shape (len(texts), dimensions), float32, never NaN."""
        ...


class StaticEncoder:
    """Vectors of tokens and of telling pairs of them (int8, one scale each), averaged: thousands of texts a second.

    codes: shape (tokens + pairs, dimensions); pairs: the ascending keys of `units_of`, of the rows after the tokens.
    """

    def __init__(
        self, name: str, tokenizer: Tokenizer, codes: NDArray[np.int8], scales: Floats, pairs: Integers = NO_PAIRS
    ) -> None:
        self.name = name
        self.dimensions = int(codes.shape[1])
        self._tokenizer = tokenizer
        self._codes = codes
        self._scales = scales
        self._pairs = pairs

    def encode(self, texts: Sequence[str], *, token_weights: Floats | None = None) -> Floats:
        """Unit vectors of shape (len(texts), dimensions), float32; a zero row for a text without a known token.

        `token_weights` (from `token_weights`) multiplies the shipped weights by how telling each token is in the
        corpus at hand; without it the same text always has the same vector.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        scales = self._scales if token_weights is None else self._scales * token_weights
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            part = self._units(texts[start : start + TEXTS_AT_ONCE])
            vectors[start : start + TEXTS_AT_ONCE] = self._mean_vectors(*part, scales)
        return unit_rows(vectors)

    def token_weights(self, texts: Sequence[str]) -> Floats:
        """Weight of every row in a corpus: a / (a + p), p its share of the corpus' texts, a = 0.05; shape (rows,).

        A token every second text holds ("want", the company's name) weighs 0.1, one of a thousandth weighs 0.98.
        """
        counts = np.zeros(len(self._codes), dtype=np.float32)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            rows, starts = self._units(texts[start : start + TEXTS_AT_ONCE])
            for units in np.split(rows, starts[1:-1]):
                counts[np.unique(units)] += 1
        share = counts / max(len(texts), 1)
        return np.asarray(0.05 / (0.05 + share), dtype=np.float32)

    def _units(self, texts: Sequence[str]) -> tuple[Integers, Integers]:
        cut = [encodable(text) for text in texts]
        encodings = self._tokenizer.encode_batch_fast(cut, add_special_tokens=False)
        ids = [np.asarray(encoding.ids, dtype=np.int64) for encoding in encodings]
        return units_of(ids, self._pairs, len(self._codes) - len(self._pairs))

    def _mean_vectors(self, rows: Integers, starts: Integers, scales: Floats) -> Floats:
        lengths = np.diff(starts)
        means = np.zeros((len(lengths), self.dimensions), dtype=np.float32)
        if not len(rows):
            return means
        filled = lengths > 0
        vectors = self._codes[rows].astype(np.float32) * scales[rows, None]
        means[filled] = np.add.reduceat(vectors, starts[:-1][filled], axis=0) / lengths[filled, None]
        return means


def units_of(token_ids: Sequence[Integers], pairs: Integers, tokens: int) -> tuple[Integers, Integers]:
    """The rows of texts' tokens and known pairs, text after text, and where each text's begin; the last is the end.

    A pair are two tokens side by side; its key is first * tokens + second. That of pairs[i] has row tokens + i.
    """
    lengths = np.array([len(ids) for ids in token_ids], dtype=np.int64)
    rows = np.concatenate(token_ids) if token_ids else np.zeros(0, dtype=np.int64)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    if len(pairs) and len(rows) > 1:
        keys = rows[:-1] * tokens + rows[1:]
        found = np.minimum(np.searchsorted(pairs, keys), len(pairs) - 1)
        known = (pairs[found] == keys) & (owners[:-1] == owners[1:])
        owners = np.concatenate([owners, owners[:-1][known]])
        rows = np.concatenate([rows, tokens + found[known]])
        order = np.argsort(owners, kind="stable")
        rows, owners = rows[order], owners[order]
    ends = np.cumsum(np.bincount(owners, minlength=len(lengths)))
    return rows, np.concatenate([[0], ends]).astype(np.int64)


def encode_ideas(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """Vectors of ideas, shape (len(texts), dimensions): title (first line) and body weigh the same in each.

    A body's many words would otherwise drown the few of the title, which name the idea.
    """
    titles, bodies = zip(*map(split_idea, texts), strict=True) if texts else ((), ())
    vectors = encoder.encode([*titles, *bodies])
    return unit_rows(vectors[: len(texts)] + vectors[len(texts) :])


def unit_rows(vectors: Floats) -> Floats:
    """The rows scaled to length one; rows that are zero or not finite become zero. Shape kept."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    sound = np.isfinite(lengths) & (lengths > 1e-12)
    return np.where(sound, vectors / np.where(sound, lengths, 1.0), 0.0).astype(np.float32)


def bert_tokenizer(vocabulary: dict[str, int]) -> Tokenizer:
    """The uncased WordPiece tokenizer of BERT over a vocabulary."""
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=UNKNOWN, max_input_chars_per_word=100))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def load_vocabulary() -> dict[str, int]:
    """The shipped WordPiece vocabulary: token to row."""
    lines = files("ideation.text").joinpath("data/vocabulary.txt").read_text(encoding="utf-8").split("\n")
    return {token: row for row, token in enumerate(lines) if token}


@cache
def load_encoder() -> StaticEncoder:
    """The shipped static encoder. Loaded once in a process (about 0.1 s, 10 MB)."""
    with open_artefact() as artefact:
        codes, scales, pairs = (artefact[key] for key in ("codes", "scales", "pairs"))
    return StaticEncoder(encoder_name(), bert_tokenizer(load_vocabulary()), codes, scales, pairs)


def encodable(text: str) -> str:
    """The text as the tokenizer takes it: bounded, without lone surrogates (which it refuses)."""
    return text[:MAXIMUM_CHARACTERS].encode("utf-8", "ignore").decode("utf-8")
