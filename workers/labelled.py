"""Labelled texts on disk, in the forms `ideation evaluate` understands."""

import csv
import gzip
from pathlib import Path
from typing import Any

import msgspec

from ideation.text.normalise import idea_text, plain_text
from workers.clustering.evaluation import DuplicateLabels, SimilarityLabels, ThemeLabels


def read_duplicates(folder: Path, name: str) -> DuplicateLabels:
    """The labels of one corpus of a folder: NAME.jsonl.gz with its queries and, where there are some, its groups.

    Ids become positions; ids the corpus lacks are left out.
    """
    corpus_file = folder / f"{name}.jsonl.gz"
    groups_file = corpus_file.with_name(corpus_file.name.replace("corpus", "groups", 1))
    corpus, queries = _json_lines(corpus_file), _json_lines(_queries_of(corpus_file))
    groups = _json_lines(groups_file) if groups_file.exists() else []
    position = {row["id"]: at for at, row in enumerate(corpus)}
    return DuplicateLabels(
        texts=[idea_text(row["title"], row.get("body", "")) for row in corpus],
        sources=[str(row.get("source", "")) for row in corpus],
        relevant={
            position[query["id"]]: {position[other] for other in query["relevant"] if other in position}
            for query in queries
            if query["id"] in position
        },
        groups=[[position[member] for member in group["ids"] if member in position] for group in groups],
    )


def duplicate_sets(folder: Path) -> list[str]:
    """Names of the corpora in a folder that have queries, the small ones first."""
    found = [path for path in folder.glob("corpus*.jsonl.gz") if _queries_of(path).exists()]
    return [path.name.removesuffix(".jsonl.gz") for path in sorted(found, key=lambda path: path.stat().st_size)]


def read_themes(folder: Path) -> ThemeLabels:
    """texts.csv.gz with the columns text and label."""
    rows = _table(folder / "texts.csv.gz")
    return ThemeLabels(texts=[plain_text(row["text"]) for row in rows], labels=[row["label"] for row in rows])


def read_similarity(folder: Path) -> SimilarityLabels:
    """ideas.jsonl.gz with id and text; pairs.csv.gz with challenge, id1, id2 and mean_similarity."""
    ideas = _json_lines(folder / "ideas.jsonl.gz")
    position = {row["id"]: at for at, row in enumerate(ideas)}
    pairs = [row for row in _table(folder / "pairs.csv.gz") if row["id1"] in position and row["id2"] in position]
    return SimilarityLabels(
        texts=[plain_text(row["text"]) for row in ideas],
        challenges=[row["challenge"] for row in pairs],
        pairs=[(position[row["id1"]], position[row["id2"]]) for row in pairs],
        similarity=[float(row["mean_similarity"]) for row in pairs],
    )


def other_texts(folder: Path) -> list[str]:
    """The texts of texts.csv.gz or ideas.jsonl.gz, without their labels."""
    if (folder / "texts.csv.gz").exists():
        return read_themes(folder).texts
    return [plain_text(row["text"]) for row in _json_lines(folder / "ideas.jsonl.gz")]


def _queries_of(corpus: Path) -> Path:
    return corpus.with_name(corpus.name.replace("corpus", "queries", 1))


def _json_lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path) as lines:
        return [msgspec.json.decode(line, type=dict[str, Any]) for line in lines if line.strip()]


def _table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
