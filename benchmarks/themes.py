"""Themes against people's labels, and how steady they are: NMI and ARI with the true and the found number of themes.

python -m benchmarks.themes [FOLDER ...] [--encoder static transformer] [--json]

A FOLDER holds texts.csv.gz with text and label; without one, steadiness alone is measured on the ideas that ship.
Steadiness is the share of the ideas that keep their theme's id, and their place: run again over the same ideas, with
5 % new ones, and when the number of themes is sought anew after the ideas grew by half.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.texts_for_measuring import real_texts, texts_for
from ideation.text.encoder import Encoder, load_encoder
from ideation.text.transformer import load_transformer
from workers.clustering.corpus import build_corpus
from workers.clustering.evaluation import evaluate_themes
from workers.clustering.stability import match_themes
from workers.clustering.themes import cluster
from workers.clustering.values import OUTSIDE, Themes
from workers.labelled import read_themes

ENCODERS: dict[str, Callable[[], Encoder]] = {"static": load_encoder, "transformer": load_transformer}
STEADY_TEXTS = 4_000


def steadiness(texts: Sequence[str], encoder: Encoder) -> dict[str, float]:
    """Shares of the ideas, outside or not, that keep what they had."""
    vectors = encoder.encode(texts)
    before, again = _run(texts, vectors, encoder), _run(texts, vectors, encoder)
    shares = {"same ideas, no memory": _kept(before, again)}
    shares["same ideas again"] = _kept(before, _run(texts, vectors, encoder, before))
    for name, known in (("5 % new ideas", 20 / 21), ("half as many new ideas, number sought anew", 2 / 3)):
        old = round(known * len(texts))
        before = _run(texts[:old], vectors[:old], encoder)
        after = _run(texts, vectors, encoder, before, seek=known < 0.9)
        shares[name] = _kept(before, after)
        shares[f"{name}: moved on the map by under 0.02"] = _stayed(before, after)
    return {name: round(share, 4) for name, share in shares.items()}


def _run(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    encoder: Encoder,
    before: Themes | None = None,
    *,
    seek: bool = False,
) -> Themes:
    corpus = build_corpus(texts, vectors, encoder=encoder.name)
    if before is None:
        return cluster(corpus, encoder=encoder.name)
    new = len(texts) - len(before.theme_of)
    places = np.vstack([before.places, np.full((new, 2), np.nan)])
    previous = [*before.theme_of.tolist(), *[OUTSIDE] * new]
    return cluster(corpus, encoder=encoder.name, previous=previous, places_before=places, seek=seek)


def _kept(before: Themes, after: Themes) -> float:
    earlier = {number: theme.members for number, theme in enumerate(before.themes)}
    ids = {match.new: match.previous for match in match_themes(earlier, [theme.members for theme in after.themes])}
    now = [OUTSIDE if theme == OUTSIDE else ids[theme] for theme in after.theme_of[: len(before.theme_of)].tolist()]
    return float(np.mean([one == other for one, other in zip(now, before.theme_of.tolist(), strict=True)]))


def _stayed(before: Themes, after: Themes) -> float:
    """The map is 2 wide and 2 high."""
    moved = np.linalg.norm(after.places[: len(before.places)] - before.places, axis=1)
    return float(np.mean(moved < 0.02))


def measure(folder: Path | None, encoder_name: str) -> dict[str, Any]:
    """The figures of one folder and encoder."""
    encoder = ENCODERS[encoder_name]()
    started = time.process_time()
    figures: dict[str, Any] = {"set": "what ships" if folder is None else folder.name, "encoder": encoder_name}
    if folder is not None:
        figures |= evaluate_themes(read_themes(folder), encoder)
    figures["steady"] = steadiness(texts_for(real_texts(folder), STEADY_TEXTS), encoder)
    return figures | {"processor_seconds": round(time.process_time() - started, 1)}


def main() -> None:
    """Prints a table, or JSON."""
    parser = argparse.ArgumentParser(description="Agreement of themes with labels, and their steadiness.")
    parser.add_argument("folders", type=Path, nargs="*", help="folders with texts.csv.gz")
    parser.add_argument("--encoder", choices=sorted(ENCODERS), nargs="+", default=["static"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = [measure(folder, name) for folder in options.folders or [None] for name in options.encoder]
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(results)).decode() + "\n")
        return
    for result in results:
        print(f"{result['set']} ({result['encoder']}), {result['processor_seconds']} s of processor time")
        for number in ("true_number", "found_number"):
            if number in result:
                part = result[number]
                print(
                    f"  {number.replace('_', ' '):<78} {part['themes']:>5} NMI {part['nmi']:.3f} ARI {part['ari']:.3f}"
                )
        for name, share in result["steady"].items():
            print(f"  {name:<78} {share:>9.2%}")


if __name__ == "__main__":
    main()
