"""The crowd score alone: recall at few and many views an idea, and what a ring of colleagues can do.

python benchmarks/scoring_crowd.py [--seeds 6] [--first-seed 2000] [--cards 7.5 76] [--ring-seeds 6] [--json]
"""

import argparse
import sys
from collections.abc import Sequence

import msgspec
import numpy as np

from scoring.checks import Floats, Ints, ranking
from scoring.simulate import crowd, measures, world
from scoring.simulate.settings import Settings
from scoring.simulate.world import World

FIRST_SEED = 2000
# Average cards of a voter: 7 to 33 examined views an idea, which are printed.
SESSIONS = (7.5, 11.5, 22.0, 41.0, 76.0)
RING_SHARE = 0.02
PUSHED_IDEAS = 10
CERTAIN_YES = 20.0


def recall_by_views(seeds: range, sessions: Sequence[float]) -> list[dict[str, list[float]]]:
    """Recall of the true top 20 among the best 200 of 2,000, for both feeds: mean and half of the 95 % interval."""
    return [
        _summary([_recall(world.make(Settings(cards_per_voter=cards), seed)) for seed in seeds]) for cards in sessions
    ]


def _recall(truth: World) -> dict[str, float]:
    usual, served = crowd.popularity_feed(truth), crowd.served_feed(truth)
    k, kept = truth.settings.k, truth.settings.ideas // 10
    all_cards, looked_at = crowd.fit(truth, served).score, crowd.fit(truth, crowd.looked_at(served)).score
    return {
        "views": float(served.examined.sum() / truth.settings.ideas),
        "usual feed, count": measures.recall(_counts(usual), truth.quality, k, kept),
        "served, all cards": measures.recall(all_cards, truth.quality, k, kept),
        "served, cards looked at": measures.recall(looked_at, truth.quality, k, kept),
        "small departments' share less the fair one": measures.small_department_share(
            all_cards, truth.idea_department, kept
        )
        - float((truth.idea_department >= measures.SMALL_DEPARTMENTS_FROM).mean()),
    }


def ring(seeds: range) -> dict[str, list[float]]:
    """Share of ten average ideas in the top tenth: without a ring, and with 2 % of the voters behind them.

    The ring votes for them by link and says Yes to each of them that it is dealt.
    """
    rows = []
    for seed in seeds:
        truth = world.make(Settings(), seed)
        targets = np.argsort(np.abs(truth.appeal.mean(axis=0)), kind="stable")[:PUSHED_IDEAS]
        members = np.random.default_rng(seed).permutation(truth.settings.voters)[: round(RING_SHARE * 3000)]
        pushed = _with_ring(truth, targets, members)
        raw = _counts(crowd.popularity_feed(pushed))
        raw[targets] += members.size
        rows.append(
            {
                "raw count, no ring": _share(_counts(crowd.popularity_feed(truth)), targets),
                "raw count, ring": _share(raw, targets),
                "this product, no ring": _share(crowd.fit(truth, crowd.served_feed(truth)).score, targets),
                "this product, ring": _share(crowd.fit(truth, crowd.served_feed(pushed)).score, targets),
            }
        )
    return _summary(rows)


def _summary(rows: list[dict[str, float]]) -> dict[str, list[float]]:
    """Mean and half of the 95 % interval (1.96 standard errors) of each figure."""
    table = np.array([list(row.values()) for row in rows])
    half = 1.96 * table.std(axis=0, ddof=1) / np.sqrt(len(rows)) if len(rows) > 1 else np.zeros(table.shape[1])
    return {
        name: [round(float(mean), 3), round(float(width), 3)]
        for name, mean, width in zip(rows[0], table.mean(axis=0), half, strict=True)
    }


def _with_ring(truth: World, targets: Ints, members: Ints) -> World:
    """Ring members as one more department for their answers only; the score knows them by their real departments."""
    department = truth.voter_department.copy()
    department[members] = truth.appeal.shape[0]
    appeal = np.vstack([truth.appeal, truth.appeal.mean(axis=0)])
    appeal[-1, targets] = CERTAIN_YES
    return msgspec.structs.replace(truth, voter_department=department, appeal=appeal)


def _counts(votes: crowd.Votes) -> Floats:
    yes = np.bincount(votes.idea, weights=votes.yes, minlength=votes.supporters.size)
    return np.asarray(yes + votes.supporters, dtype=np.float64)


def _share(score: Floats, ideas: Ints) -> float:
    return float(np.isin(ideas, ranking(score)[: score.size // 10]).mean())


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--cards", type=float, nargs="*", default=list(SESSIONS), help="average cards of a voter")
    parser.add_argument("--ring-seeds", type=int, help="worlds for the ring, unless as many as for recall")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    attacked = seeds if arguments.ring_seeds is None else seeds[: arguments.ring_seeds]
    views, attack = recall_by_views(seeds, arguments.cards), ring(attacked)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode({"recall": views, "ring": attack}).decode() + "\n")
        return
    print(f"Recall of the true top 20 among the best 200, {arguments.seeds} worlds")
    for row in views:
        print(", ".join(f"{name} {mean:.3f} ± {half:.3f}" for name, (mean, half) in row.items()))
    print(f"Ten average ideas in the top tenth, {len(attacked)} worlds")
    for name, (mean, half) in attack.items():
        print(f"{name:24s} {mean:.3f} ± {half:.3f}")


if __name__ == "__main__":
    main()
