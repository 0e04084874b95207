"""Texts to measure time and steadiness with: those of a folder, or the ideas that ship; more of them by repeating."""

import csv
import gzip
import random
from importlib.resources import files
from pathlib import Path

import msgspec

from ideation.text.normalise import idea_text, plain_text

DROPPED_WORDS, FOREIGN_WORDS = 0.15, 0.15
_SHIPPED = ("coatings", "freshwater", "biodiversity")


def real_texts(folder: Path | None) -> list[str]:
    """The largest corpus*.jsonl.gz of a folder, else its texts.csv.gz, else (or without a folder) what ships."""
    corpora = [] if folder is None else sorted(folder.glob("corpus*.jsonl.gz"), key=lambda path: path.stat().st_size)
    if corpora:
        return _of_lines(gzip.decompress(corpora[-1].read_bytes()))
    if folder is not None and (folder / "texts.csv.gz").exists():
        with gzip.open(folder / "texts.csv.gz", "rt", encoding="utf-8", newline="") as lines:
            return [plain_text(row["text"]) for row in csv.DictReader(lines)]
    data = files("ideation.local").joinpath("data")
    shipped = [data.joinpath(f"{name}.jsonl.gz").read_bytes() for name in _SHIPPED]
    return [text for part in shipped for text in _of_lines(gzip.decompress(part))]


def texts_for(texts: list[str], count: int, *, seed: int = 0) -> list[str]:
    """That many texts: a random part of the real ones, or all of them and then repetitions with other words in them.

    In a repetition 15 % of the words are left out and 15 % are replaced by words of another text, drawn at random.
    """
    draw = random.Random(seed)
    if count <= len(texts):
        return draw.sample(texts, count)
    repeated = [_with_noise(draw.choice(texts), draw.choice(texts), draw) for _ in range(count - len(texts))]
    return texts + repeated


def _with_noise(text: str, other: str, draw: random.Random) -> str:
    foreign = other.split() or [""]
    lines = [[_noisy(word, foreign, draw) for word in line.split()] for line in text.split("\n")]
    return "\n".join(" ".join(filter(None, line)) for line in lines).strip()


def _noisy(word: str, foreign: list[str], draw: random.Random) -> str:
    chance = draw.random()
    if chance < DROPPED_WORDS:
        return ""
    return draw.choice(foreign) if chance < DROPPED_WORDS + FOREIGN_WORDS else word


def _of_lines(lines: bytes) -> list[str]:
    rows = [msgspec.json.decode(line) for line in lines.splitlines() if line.strip()]
    return [idea_text(row["title"], row.get("body", "")) for row in rows if row.get("title")]
