"""The full sentence-transformer in plain numpy: refines what the static vectors answer at once.

all-MiniLM-L6-v2 (Apache-2.0; Wang et al. 2020, "MiniLM"; Reimers and Gurevych 2019, "Sentence-BERT"): six layers of
BERT, mean pooling, projected to the static encoder's 256 dimensions so that both kinds of vectors lie in one space.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from tokenizers import Tokenizer
from tokenizers.processors import BertProcessing

from ideation.text.encoder import Floats, bert_tokenizer, encodable, load_vocabulary, unit_rows

LAYERS = 6
HEADS = 12
LONGEST_TOKENS = 128
TOKENS_AT_ONCE = 2_048
"""Small enough for the activations of a batch to stay in the processor's cache."""


class TransformerEncoder:
    """all-MiniLM-L6-v2 without torch. A few hundred short texts a second on two cores; see the decision record."""

    def __init__(self, name: str, tokenizer: Tokenizer, weights: Mapping[str, Floats]) -> None:
        self.name = name
        self.dimensions = int(weights["projection"].shape[1])
        self._tokenizer = tokenizer
        self._weights = weights

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of shape (len(texts), dimensions), float32; a zero row for a text without a token.

        Texts are read up to 128 tokens. The result of a text does not depend on the others beyond rounding.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        token_ids = self._token_ids(texts)

        def encode(batch: NDArray[np.int64]) -> None:
            pooled = self._pooled([token_ids[position] for position in batch])
            vectors[batch] = pooled @ self._weights["projection"]

        _for_each(encode, list(_batches([len(ids) for ids in token_ids])))
        return unit_rows(vectors)

    def _token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch_fast([encodable(text) for text in texts])
        return [encoding.ids if len(encoding.ids) > 2 else [] for encoding in encodings]

    def _pooled(self, token_ids: Sequence[Sequence[int]]) -> Floats:
        lengths = np.array([len(ids) for ids in token_ids])
        longest = int(lengths.max())
        seen = np.arange(longest) < lengths[:, None]
        padded = np.zeros((len(token_ids), longest), dtype=np.int64)
        padded[seen] = np.concatenate(token_ids)
        hidden = self._embedded(padded)
        penalty = np.where(seen, 0.0, -1e9).astype(np.float32)[:, None, None, :]
        for layer in range(LAYERS):
            hidden = self._layer(layer, hidden, penalty)
        summed = np.einsum("blh,bl->bh", hidden, seen.astype(np.float32))
        return np.asarray(summed / lengths[:, None], dtype=np.float32)

    def _embedded(self, token_ids: NDArray[np.int64]) -> Floats:
        weights = self._weights
        hidden = weights["tokens"][token_ids].astype(np.float32) * weights["token_scales"][token_ids][..., None]
        hidden += weights["positions"][: token_ids.shape[1]]
        return _normalised(hidden, weights["embedding_norm"])

    def _layer(self, layer: int, hidden: Floats, penalty: Floats) -> Floats:
        weights = self._weights
        shape = hidden.shape
        flat = hidden.reshape(-1, shape[-1])
        attended = _attention(_linear(flat, weights, f"{layer}.qkv").reshape(*shape[:2], 3 * shape[2]), penalty)
        flat = _normalised(
            _linear(attended.reshape(-1, shape[-1]), weights, f"{layer}.out") + flat, weights[f"{layer}.norm1"]
        )
        inner = _gelu(_linear(flat, weights, f"{layer}.up"))
        flat = _normalised(_linear(inner, weights, f"{layer}.down") + flat, weights[f"{layer}.norm2"])
        return flat.reshape(shape)


@cache
def load_transformer() -> TransformerEncoder:
    """The shipped sentence-transformer. Loaded once in a process (about 0.3 s, 60 MB)."""
    with files("ideation.text").joinpath("data/transformer.npz").open("rb") as file, np.load(file) as artefact:
        name = str(artefact["name"])
        weights = {key: _ready(artefact, key) for key in artefact.files if not key.endswith((".scales", "name"))}
    tokenizer = bert_tokenizer(load_vocabulary())
    vocabulary = tokenizer.get_vocab()
    tokenizer.post_processor = BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    tokenizer.enable_truncation(LONGEST_TOKENS)
    return TransformerEncoder(name, tokenizer, weights)


def _ready(artefact: Mapping[str, Floats], key: str) -> Floats:
    """A weight as it is used: int8 matrices of the layers become float32 by the scale of each output."""
    if f"{key}.scales" in artefact:
        return np.ascontiguousarray(artefact[key].astype(np.float32) * artefact[f"{key}.scales"])
    return np.asarray(artefact[key])


def _batches(lengths: Sequence[int]) -> Iterator[NDArray[np.int64]]:
    """Positions of the texts that have tokens, in batches of like length and at most about TOKENS_AT_ONCE tokens."""
    order = np.argsort(lengths, kind="stable")
    order = order[np.asarray(lengths, dtype=np.int64)[order] > 0]
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and lengths[order[stop]] * (stop + 1 - start) <= TOKENS_AT_ONCE:
            stop += 1
        yield order[start:stop]
        start = stop


def _for_each(encode: Callable[[NDArray[np.int64]], None], batches: Sequence[NDArray[np.int64]]) -> None:
    """Batches side by side, one on each core: a matrix product spread over cores leaves them idle in between."""
    cores = min(len(os.sched_getaffinity(0)), len(batches))
    if cores < 2:
        for batch in batches:
            encode(batch)
        return
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(cores) as threads:
        # Takes what comes, so that an error of a batch is raised here.
        for _ in threads.map(encode, batches):
            pass


def _linear(rows: Floats, weights: Mapping[str, Floats], name: str) -> Floats:
    product = rows @ weights[name]
    product += weights[f"{name}.bias"]
    return np.asarray(product)


def _attention(qkv: Floats, penalty: Floats) -> Floats:
    batch, length, width = qkv.shape
    heads = qkv.reshape(batch, length, 3, HEADS, width // 3 // HEADS).transpose(2, 0, 3, 1, 4)
    scores = heads[0] @ heads[1].transpose(0, 1, 3, 2)
    scores += penalty
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return np.asarray((scores @ heads[2]).transpose(0, 2, 1, 3).reshape(batch, length, width // 3))


def _normalised(rows: Floats, gain_and_shift: Floats) -> Floats:
    rows -= rows.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(np.einsum("...i,...i->...", rows, rows) / rows.shape[-1] + 1e-12)
    rows *= (1.0 / deviation)[..., None]
    rows *= gain_and_shift[0]
    rows += gain_and_shift[1]
    return rows


def _gelu(rows: Floats) -> Floats:
    """x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), Hendrycks and Gimpel (2016); in place."""
    inner = rows * rows
    inner *= np.float32(0.044715 * 0.7978845608)
    inner += np.float32(0.7978845608)
    inner *= rows
    np.tanh(inner, out=inner)
    inner += np.float32(1.0)
    inner *= np.float32(0.5)
    rows *= inner
    return rows
