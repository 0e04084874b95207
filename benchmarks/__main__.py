"""python -m benchmarks [--full] [NAME ...], or `make bench`: measure again, quickly unless told otherwise."""

import argparse
import sys

import msgspec

from benchmarks.ending import run_to_end


class Benchmark(msgspec.Struct, frozen=True):
    """A program of this folder, and what it is told when little or all is wanted."""

    module: str
    text: str
    quick: tuple[str, ...] = ()
    full: tuple[str, ...] = ()


BENCHMARKS = {
    "fuzz": Benchmark(
        "fuzz",
        "made-up requests and files, and how they are answered",
        quick=("--requests", "4", "--files", "30"),
        full=("--requests", "100", "--files", "500"),
    ),
    "start": Benchmark("start_up", "how soon processes are ready, and what they hold"),
    "http": Benchmark("http_load", "requests to the real API, beside bare handlers and pgbench", full=("--full",)),
    "faults": Benchmark("faults", "everything broken on purpose under load, and what was lost", full=("--full",)),
    "jam": Benchmark("jam", "an event of 46,000 ideas compressed in time, workers included", full=("--full",)),
    "hints": Benchmark(
        "similar_hint",
        "hints while typing: time and recall; how soon a new idea's suggestions are stored",
        quick=("--seconds", "20"),
        full=("--ideas", "2000", "46000"),
    ),
    "clustering": Benchmark(
        "clustering_scale",
        "a whole analysis from nothing: time by stage, memory, growth",
        quick=("--sizes", "500", "2000", "5000"),
    ),
    "themes": Benchmark("themes", "how steady themes and map are; agreement with labels in folders you name"),
    "pages": Benchmark("pages", "time and size of every page", full=("--full",)),
    "feed": Benchmark(
        "feed_fairness",
        "how evenly views spread when people draw at once",
        quick=("--people", "300", "--waves", "2"),
    ),
    "scoring-speed": Benchmark("scoring_speed", "time of the scoring methods", full=("--large",)),
    "scoring-crowd": Benchmark(
        "scoring_crowd",
        "the crowd score alone, and a ring of colleagues",
        quick=("--seeds", "2", "--cards", "7.5", "76"),
        full=("--seeds", "30", "--first-seed", "1000", "--ring-seeds", "12"),
    ),
    "scoring-real": Benchmark("scoring_real", "scoring on real votes and reviews, parts of them hidden"),
    "scoring-simulation": Benchmark(
        "scoring_simulation", "ranking methods on made-up crowds", quick=("--seeds", "5"), full=("--scenario", "all")
    ),
}


def main() -> None:
    """Run the named benchmarks, or all; the exit code is 1 when one of them failed."""
    listed = "\n".join(f"  {name:20}{benchmark.text}" for name, benchmark in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{__doc__}\n\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; without any, all")
    parser.add_argument("--full", action="store_true", help="large sizes too, which takes many minutes")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark named {', '.join(sorted(unknown))}")
    failed = [name for name in arguments.names or BENCHMARKS if not _run(name, full=arguments.full)]
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


def _run(name: str, *, full: bool) -> bool:
    benchmark = BENCHMARKS[name]
    print(f"\n== {name}: {benchmark.text}", flush=True)
    options = benchmark.full if full else benchmark.quick
    return run_to_end([sys.executable, "-m", f"benchmarks.{benchmark.module}", *options]) == 0


if __name__ == "__main__":
    main()
