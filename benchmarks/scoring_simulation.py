"""Usual practice against this product in the simulated company: precision, regret, recall, fairness, calibration.

python benchmarks/scoring_simulation.py [--seeds 30] [--first-seed 1000] [--scenario NAME|all] [--json]
"""

import argparse
import sys
import time

import msgspec
import numpy as np

from scoring import backtest
from scoring.checks import Bools, Floats
from scoring.simulate.run import Outcome, once, summaries
from scoring.simulate.settings import SCENARIOS

FIRST_SEED = 1000
World = tuple[Floats, Bools]


def measure(name: str, seeds: int, first_seed: int = FIRST_SEED) -> dict[str, object]:
    """Run one scenario over the seeds and put its figures together."""
    started = time.perf_counter()
    outcomes = [once(SCENARIOS[name], first_seed + seed) for seed in range(seeds)]
    return {
        "scenario": name,
        "seeds": seeds,
        "seconds": round(time.perf_counter() - started, 1),
        "figures": {row.name: [round(row.mean, 4), round(row.half_width, 4)] for row in summaries(outcomes)},
        "calibration": calibration(outcomes),
    }


def calibration(outcomes: list[Outcome]) -> list[list[float]]:
    """Bins of P(top k): low, high, ideas, stated, came true, standard error of the difference between worlds."""
    worlds = [(np.array(outcome.chances), np.array(outcome.came_true)) for outcome in outcomes]
    result = backtest.forecast(np.concatenate([w[0] for w in worlds]), np.concatenate([w[1] for w in worlds]))
    assert result is not None
    return [
        [b.low, b.high, b.count, round(b.stated, 3), round(b.came_true, 3), round(_error(worlds, b), 3)]
        for b in result.bins
    ]


def _error(worlds: list[World], found: backtest.Bin) -> float:
    """Ideas of one world are not independent: their sum of stated minus true is one observation."""
    inside = [(p >= found.low) & ((p < found.high) | (found.high == 1.0)) for p, _ in worlds]
    gap = found.stated - found.came_true
    sums = [float((p[kept] - true[kept] - gap).sum()) for (p, true), kept in zip(worlds, inside, strict=True)]
    return float(np.sqrt(np.square(sums).sum()) / found.count)


def show(report: dict[str, object]) -> None:
    """Print one scenario as a table."""
    print(f"\n{report['scenario']} ({report['seeds']} seeds, {report['seconds']} s)")
    figures, bins = report["figures"], report["calibration"]
    assert isinstance(figures, dict)
    assert isinstance(bins, list)
    for name, (mean, half) in figures.items():
        print(f"  {name:32s} {mean:8.3f} ± {half:.3f}")
    for low, high, count, stated, true, error in bins:
        print(
            f"  P(top k) {low:.1f}–{high:.1f}: {count:6d} ideas, stated {stated:.3f}, came true {true:.3f}, "
            f"difference {stated - true:+.3f} ± {error:.3f} (standard error)"
        )


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED, help="for development, worlds not reported")
    parser.add_argument("--scenario", default="base", choices=[*SCENARIOS, "all"])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    names = list(SCENARIOS) if arguments.scenario == "all" else [arguments.scenario]
    for name in names:
        report = measure(name, arguments.seeds, arguments.first_seed)
        if arguments.json:
            sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        else:
            show(report)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
