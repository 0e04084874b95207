"""`python -m workers.evaluate [FOLDER]`: how often duplicates and themes are right, on labelled texts.

Understands folders with corpus*.jsonl.gz and queries*.jsonl.gz (duplicates), texts.csv.gz with a label column (themes)
and ideas.jsonl.gz with pairs.csv.gz (human similarity). Without a folder the suggestions of this installation are
measured by its moderators' verdicts. Figures go to standard output, progress to standard error.
"""

import argparse
import asyncio
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from ideation.text.encoder import Encoder, load_encoder
from ideation.text.transformer import load_transformer
from workers.clustering.evaluation import evaluate_duplicates, evaluate_similarity, evaluate_themes
from workers.environment import current_settings
from workers.labelled import duplicate_sets, read_duplicates, read_similarity, read_themes
from workers.verdicts import evaluate_verdicts

ENCODERS: dict[str, Callable[[], Encoder]] = {"static": load_encoder, "transformer": load_transformer}


def main(arguments: list[str] | None = None) -> int:
    """Evaluates a folder or the installation's verdicts; 0 when something was measured, 2 when there is nothing."""
    options = _options(arguments)
    progress = Console(stderr=True)
    if options.folder is None:
        results = asyncio.run(_verdicts(progress))
        lacking = "No moderator has judged a suggestion of the finder yet. Name a folder of labelled texts to measure."
    else:
        results = _results(options.folder, ENCODERS[options.encoder](), progress)
        lacking = f"{options.folder} holds no corpus*.jsonl.gz, texts.csv.gz or pairs.csv.gz to measure with."
    if not results:
        progress.print(lacking)
        return 2
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(results)).decode() + "\n")
    else:
        _print_tables(results)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ideation evaluate", description="Measure duplicates and themes on labels.")
    parser.add_argument(
        "folder", type=Path, nargs="?", help="a folder of labelled texts; without one: this installation's verdicts"
    )
    parser.add_argument("--encoder", choices=sorted(ENCODERS), default="static", help="which vectors to use")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args(arguments)


async def _verdicts(progress: Console) -> list[dict[str, Any]]:
    with progress.status("Measuring by the verdicts of moderators …"):
        started = time.perf_counter()
        results = await evaluate_verdicts(current_settings())
    return [{**figures, **_cost(time.perf_counter() - started)} for figures in results]


def _results(folder: Path, encoder: Encoder, progress: Console) -> list[dict[str, Any]]:
    measures: list[tuple[str, Callable[[], dict[str, Any]]]] = [
        (name, partial(_evaluate_duplicates, folder, name, encoder)) for name in duplicate_sets(folder)
    ]
    if (folder / "texts.csv.gz").exists():
        measures.append(("themes", partial(_evaluate_themes, folder, encoder)))
    if (folder / "ideas.jsonl.gz").exists() and (folder / "pairs.csv.gz").exists():
        measures.append(("similarity", partial(_evaluate_similarity, folder, encoder)))
    results = []
    for number, (name, measure) in enumerate(measures, start=1):
        with progress.status(f"Measuring {name} ({number} of {len(measures)}) with {encoder.name} …"):
            started = time.perf_counter()
            figures = measure()
        seconds = time.perf_counter() - started
        results.append({"set": name, "encoder": encoder.name, **figures, **_cost(seconds)})
    return results


def _evaluate_duplicates(folder: Path, name: str, encoder: Encoder) -> dict[str, Any]:
    return evaluate_duplicates(read_duplicates(folder, name), encoder)


def _evaluate_themes(folder: Path, encoder: Encoder) -> dict[str, Any]:
    return evaluate_themes(read_themes(folder), encoder)


def _evaluate_similarity(folder: Path, encoder: Encoder) -> dict[str, Any]:
    return evaluate_similarity(read_similarity(folder), encoder)


def _cost(seconds: float) -> dict[str, float]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": round(seconds, 1), "peak_memory_mib": round(peak)}


def _print_tables(results: list[dict[str, Any]]) -> None:
    console = Console()
    for result in results:
        table = Table("measure", "value", title=f"{result['set']} ({result['encoder']})")
        for name, value in result.items():
            if name not in {"set", "encoder"}:
                table.add_row(name.replace("_", " "), _shown(value))
        console.print(table)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "\n".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_shown(item)}" for name, item in value.items())
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
