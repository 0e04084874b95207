"""The crowd score alone: recall at few and many views an idea, and what a ring of colleagues can do.

python benchmarks/scoring_crowd.py [--seeds 6] [--json]
"""

import argparse
import sys

import msgspec
import numpy as np

from scoring.checks import Floats, Ints, ranking
from scoring.simulate import crowd, measures, world
from scoring.simulate.settings import Settings
from scoring.simulate.world import World

FIRST_SEED = 2000
# Average cards of a voter: from about 7 to 33 examined views an idea, which are printed.
SESSIONS = (8.0, 11.5, 22.0, 41.0, 76.0)
RING_SHARE = 0.02
PUSHED_IDEAS = 10
CERTAIN_YES = 20.0


def recall_by_views(seeds: int) -> list[dict[str, float]]:
    """Recall of the true top 20 among the best 200 of 2,000, for both feeds."""
    table = []
    for cards in SESSIONS:
        rows = [_recall(world.make(Settings(cards_per_voter=cards), FIRST_SEED + seed)) for seed in range(seeds)]
        views, usual, served = np.mean(rows, axis=0)
        table.append({"views": round(views, 1), "usual": round(usual, 3), "served": round(served, 3)})
    return table


def _recall(truth: World) -> tuple[float, float, float]:
    usual, served = crowd.popularity_feed(truth), crowd.served_feed(truth)
    k, kept = truth.settings.k, truth.settings.ideas // 10
    return (
        served.examined.sum() / truth.settings.ideas,
        measures.recall(_counts(usual), truth.quality, k, kept),
        measures.recall(crowd.fit(truth, served).score, truth.quality, k, kept),
    )


def ring(seeds: int) -> dict[str, float]:
    """Share of ten average ideas in the top tenth: without a ring, and with 2 % of the voters behind them.

    The ring votes for them by link and says Yes to each of them that it is dealt.
    """
    rows = []
    for seed in range(seeds):
        truth = world.make(Settings(), FIRST_SEED + seed)
        targets = np.argsort(np.abs(truth.appeal.mean(axis=0)), kind="stable")[:PUSHED_IDEAS]
        members = np.random.default_rng(seed).permutation(truth.settings.voters)[: round(RING_SHARE * 3000)]
        pushed = _with_ring(truth, targets, members)
        raw = _counts(crowd.popularity_feed(pushed))
        raw[targets] += members.size
        rows.append(
            (
                _share(_counts(crowd.popularity_feed(truth)), targets),
                _share(raw, targets),
                _share(crowd.fit(truth, crowd.served_feed(truth)).score, targets),
                _share(crowd.fit(truth, crowd.served_feed(pushed)).score, targets),
            )
        )
    names = ("raw count, no ring", "raw count, ring", "this product, no ring", "this product, ring")
    return dict(zip(names, (round(float(x), 3) for x in np.mean(rows, axis=0)), strict=True))


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
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    views, attack = recall_by_views(arguments.seeds), ring(arguments.seeds)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode({"recall": views, "ring": attack}).decode() + "\n")
        return
    for row in views:
        print(f"{row['views']:5.1f} views an idea: recall {row['served']:.3f} served, {row['usual']:.3f} usual feed")
    for name, share in attack.items():
        print(f"{name:24s} {share:.3f} of ten average ideas in the top tenth")


if __name__ == "__main__":
    main()
