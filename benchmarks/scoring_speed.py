"""Time and memory of the scoring methods at the sizes that matter, on one core.

OMP_NUM_THREADS=1 python benchmarks/scoring_speed.py [--large] [--json]
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable

import msgspec
import numpy as np

from scoring import diversity, exposure, pairwise, panel, ranks
from scoring.exposure import Impressions

REPEATS = 3


def best_of(compute: Callable[[], object]) -> float:
    """Least processor seconds of a few runs: other programs on the machine do not count."""
    times = []
    for _ in range(REPEATS):
        started = time.process_time()
        compute()
        times.append(time.process_time() - started)
    return round(min(times), 4)


def bradley_terry(spread: float) -> dict[str, float]:
    """A million comparisons of 10,000 items: adding up, cold fit, and warm fit after a thousand more."""
    random = np.random.default_rng(0)
    s = random.normal(0, spread, 10_000)
    first = random.integers(0, s.size, 1_000_000)
    second = (first + random.integers(1, s.size, first.size)) % s.size
    won = random.random(first.size) < 1 / (1 + np.exp(s[second] - s[first]))
    winner, loser = np.where(won, first, second), np.where(won, second, first)
    data = pairwise.comparisons(winner, loser, s.size)
    early = pairwise.comparisons(winner[:-1000], loser[:-1000], s.size)
    start = pairwise.fit(early, prior_variance=spread**2).strength
    return {
        "add up": best_of(lambda: pairwise.comparisons(winner, loser, s.size)),
        "cold fit": best_of(lambda: pairwise.fit(data, prior_variance=spread**2)),
        "warm fit": best_of(lambda: pairwise.fit(data, prior_variance=spread**2, start=start)),
    }


def cards(count: int, people: int, ideas: int) -> Impressions:
    """Made-up served cards of the usual kind."""
    random = np.random.default_rng(0)
    person, idea = random.integers(0, people, count), random.integers(0, ideas, count)
    position, home = random.integers(1, 80, count), random.random(count) < 0.25
    appeal, generosity = random.normal(0, 0.7, ideas), random.normal(0, 0.6, people)
    logit = -1.2 - 0.35 * np.log(position) + 0.8 * home + generosity[person] + appeal[idea]
    return exposure.impressions(
        person_index=person,
        idea_index=idea,
        department_index=person % 6,
        position=position,
        own_department=home,
        shown_count=np.zeros(count),
        answer=random.random(count) < 1 / (1 + np.exp(-logit)),
        person_count=people,
        idea_count=ideas,
        department_count=6,
    )


def panel_fit() -> float:
    """600 reviews of 200 ideas by 60 reviewers, in a field of 2,000, crowd prior and EM included."""
    random = np.random.default_rng(0)
    idea, reviewer = random.integers(0, 200, 600), random.integers(0, 60, 600)
    quality, severity = random.normal(0, 0.8, 2000), random.normal(0, 0.5, 60)
    y = 3 + quality[idea] + severity[reviewer] + random.normal(0, 0.7, 600)
    crowd = quality + random.normal(0, 1, 2000)
    return best_of(lambda: panel.fit(panel.reviews(idea, reviewer, y, 2000, 60), crowd))


def dpp(strength: float) -> float:
    """50 of 10,000 ideas with vectors of 64 numbers in 30 themes."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(10_000, 64)) / 2 + random.normal(size=(30, 64))[random.integers(0, 30, 10_000)]
    relevance = np.exp(strength * random.normal(0, 0.15, 10_000) / 2)
    return best_of(lambda: diversity.greedy_dpp(relevance, vectors, 50))


def main() -> None:
    """Measure, print seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also 46,000 ideas with 2,000,000 cards")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    small = cards(230_000, 3000, 2000)
    report: dict[str, float] = {
        **{f"Bradley-Terry spread 1, {name}": value for name, value in bradley_terry(1.0).items()},
        **{f"Bradley-Terry spread 3, {name}": value for name, value in bradley_terry(3.0).items()},
        "exposure logit, 230,000 cards": best_of(lambda: exposure.fit(small)),
        "panel model, 600 reviews": panel_fit(),
        "DPP, 50 of 10,000, score first (strength 24)": dpp(24.0),
        "DPP, 50 of 10,000, diversity first (strength 6)": dpp(6.0),
        "P(top 20), 2,000 ideas": best_of(lambda: ranks.chances(np.arange(2000) / 500, np.ones(2000), 20, seed=1)),
    }
    if arguments.large:
        large = cards(2_000_000, 20_000, 46_000)
        started = time.process_time()
        exposure.fit(large)
        report["exposure logit, 2,000,000 cards of 46,000 ideas"] = round(time.process_time() - started, 2)
        report["peak memory, GiB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    for name, value in report.items():
        print(f"{name:52s} {value:8.3f}" + ("" if "GiB" in name else " s"))


if __name__ == "__main__":
    main()
