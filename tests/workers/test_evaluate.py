"""`ideation evaluate`: figures of a folder of labelled texts, and of an installation's own verdicts."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from ideation.text.encoder import load_encoder
from workers.clustering.features import FEATURES
from workers.evaluate import main
from workers.verdicts import judged

TEXTS = [
    ("Solar roof", "Put solar panels on the roof of the office."),
    ("Panels on the office roof", "The roof of the office could carry solar panels."),
    ("Bicycle racks", "More racks for bicycles at the gate."),
    ("Quiet rooms", "Rooms where nobody telephones."),
    ("Lunch", "A vegetarian dish every day."),
]


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_bytes(gzip.compress(b"\n".join(msgspec.json.encode(row) for row in rows)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"id": str(at), "title": title, "body": body, "source": "one"} for at, (title, body) in enumerate(TEXTS)]
    write_lines(tmp_path / "corpus.jsonl.gz", rows)
    write_lines(tmp_path / "queries.jsonl.gz", [{"id": "0", "relevant": ["1"]}, {"id": "1", "relevant": ["0"]}])
    write_lines(tmp_path / "groups.jsonl.gz", [{"ids": ["0", "1"]}])
    return tmp_path


@pytest.mark.parametrize("encoder", ["static", "transformer"])
def test_a_folder_is_measured(folder: Path, capsys: pytest.CaptureFixture[str], encoder: str) -> None:
    assert main([str(folder), "--encoder", encoder, "--json"]) == 0
    (figures,) = msgspec.json.decode(capsys.readouterr().out)
    assert figures["retrieval"] == {
        "mean_average_precision": 1.0, "recall_at_5": 1.0, "recall_at_10": 1.0, "queries": 2,
    }  # fmt: skip
    assert [point["threshold"] for point in figures["pair_curve"]] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert figures["groups"]["b_cubed"]["recall"] == 1.0
    assert figures["peak_memory_mib"] > 0


def test_tables_show_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    assert "mean average precision 1.000" in " ".join(capsys.readouterr().out.split())


def test_a_folder_of_no_known_form_is_said_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--json"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "holds no corpus*.jsonl.gz" in " ".join(output.err.split())


def verdicts(count: int) -> tuple[np.ndarray, np.ndarray]:
    confirmed = np.arange(count) % 2 == 0
    features = np.random.default_rng(5).normal(0.3, 0.1, (count, len(FEATURES))) + 0.3 * confirmed[:, None]
    return features, confirmed


def test_verdicts_measure_the_shipped_model_and_one_of_their_own() -> None:
    figures = judged(load_encoder().name, *verdicts(120))
    assert (figures["verdicts"], figures["confirmed"], figures["share_confirmed"]) == (120, 60, 0.5)
    assert figures["own_model"]["precision"] >= 0.6
    assert figures["own_model"]["recall"] > 0.8
    assert len(figures["shipped_curve"]) == len(figures["own_model"]["curve"]) == 19


def test_few_verdicts_measure_the_shipped_model_alone() -> None:
    figures = judged(load_encoder().name, *verdicts(10))
    assert figures["verdicts"] == 10
    assert figures["own_model"] is None
