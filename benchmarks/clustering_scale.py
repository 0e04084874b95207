"""The analysis of a whole challenge from nothing: seconds by stage, peak memory, and how time grows with the ideas.

python benchmarks/clustering_scale.py [FOLDER] [--sizes 2000 10000 46000 200000] [--encoder static|transformer] [--json]

FOLDER holds corpus*.jsonl.gz or texts.csv.gz; without one the ideas that ship are used. Beyond the real texts they are
repeated with noise. Each size has a process of its own, so that its peak memory is its own.
"""

import argparse
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.texts_for_measuring import real_texts, texts_for
from ideation.text.encoder import load_encoder
from ideation.text.transformer import load_transformer
from workers.clustering.corpus import build_corpus
from workers.clustering.duplicates import propose_pairs
from workers.clustering.groups import group_pairs
from workers.clustering.themes import cluster

SIZES = (2_000, 10_000, 46_000, 200_000)


class Clock:
    """Wall and processor seconds since the last lap."""

    def __init__(self) -> None:
        self.laps: dict[str, dict[str, float]] = {}
        self._restart()

    def lap(self, stage: str) -> None:
        wall, processor = time.perf_counter() - self._wall, time.process_time() - self._processor
        self.laps[stage] = {"seconds": round(wall, 2), "processor_seconds": round(processor, 2)}
        self._restart()

    def _restart(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()


def measure(folder: Path | None, count: int, encoder_name: str) -> dict[str, Any]:
    """One cold run: models are loaded before, everything else is made from the texts."""
    texts = texts_for(real_texts(folder), count)
    encoder = load_encoder() if encoder_name == "static" else load_transformer()
    clock = Clock()
    vectors = encoder.encode(texts)
    clock.lap("encode")
    corpus = build_corpus(texts, vectors, encoder=encoder.name)
    clock.lap("words")
    neighbours = corpus.nearest
    clock.lap("neighbours")
    pairs = propose_pairs(corpus, load_encoder())
    clock.lap("pairs")
    groups = group_pairs([(pair.first, pair.second, pair.probability) for pair in pairs])
    clock.lap("groups")
    themes = cluster(corpus, encoder=encoder.name)
    clock.lap("themes, labels, map")
    total = {key: round(sum(lap[key] for lap in clock.laps.values()), 1) for key in ("seconds", "processor_seconds")}
    return {
        "ideas": len(texts),
        "neighbours": int(neighbours[0].shape[1]),
        "pairs": len(pairs),
        "groups": len(groups),
        "themes": len(themes.themes),
        "outside": len(themes.outsiders),
        "stages": clock.laps,
        "total": total,
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def growth_exponent(runs: list[dict[str, Any]]) -> float:
    """Slope of log(processor seconds) over log(ideas): 1 is time in proportion to the ideas."""
    ideas = np.log([run["ideas"] for run in runs])
    seconds = np.log([max(run["total"]["processor_seconds"], 1e-3) for run in runs])
    return round(float(np.polyfit(ideas, seconds, 1)[0]), 3)


def main() -> None:
    """Prints the runs and the exponent."""
    parser = argparse.ArgumentParser(description="Time, memory and growth of a whole analysis.")
    parser.add_argument("folder", type=Path, nargs="?", help="a folder of texts; what ships without one")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--encoder", choices=["static", "transformer"], default="static")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    runs = [_in_own_process(options, size) for size in options.sizes]
    growth = growth_exponent(runs) if len(runs) > 1 else None
    if options.json:
        result = {"encoder": options.encoder, "runs": runs, "growth_exponent": growth}
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(result)).decode() + "\n")
    elif growth is not None:
        print(f"growth exponent of processor time: {growth}")


def _in_own_process(options: argparse.Namespace, size: int) -> dict[str, Any]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        run = pool.submit(measure, options.folder, size, options.encoder).result()
    if not options.json:
        _print(run)
    return run


def _print(run: dict[str, Any]) -> None:
    total = run["total"]
    print(
        f"{run['ideas']:,} ideas: {total['seconds']} s, {total['processor_seconds']} s of processor time,"
        f" {run['peak_memory_mib']:,} MiB at most; {run['pairs']:,} pairs, {run['groups']:,} groups,"
        f" {run['themes']} themes, {run['outside']} ideas outside"
    )
    for stage, lap in run["stages"].items():
        print(f"  {stage:<20} {lap['seconds']:>8} s {lap['processor_seconds']:>8} s processor")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    main()
