"""Scoring on real reviews and votes: does it predict what it has not seen?

python benchmarks/scoring_real.py [--data FOLDER] [--splits 20] [--json]

FOLDER holds panel_aibs, panel_iclr2021, vote_polis_dev and vote_wikisurvey17594; without it, the votes and reviews that
ship for the demo are measured.
"""

import argparse
import csv
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from scipy import stats

from scoring import alternatives, beta_binomial, exposure, pairwise, panel, ranks, wilson
from scoring.checks import Floats, Ints

Z_90 = 1.6448536269514722
Triple = tuple[Ints, Ints, Floats]
Votes = tuple[Ints, Ints, Ints]
SHIPPED = Path(__file__).parent.parent / "ideation" / "local" / "data"
VOTE = {"yes": 1, "no": -1, "skip": 0}


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Lines of a gzipped CSV."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def numbered(values: list[str]) -> Ints:
    """Names to numbers, in order of name."""
    return np.unique(np.array(values), return_inverse=True)[1].astype(np.int64)


def held_out_reviews(data: Triple, splits: int) -> dict[str, float]:
    """Hide one review of each idea with two or more, predict it by the mean of the rest and by the panel model."""
    idea, reviewer, y = data
    errors: dict[str, list[float]] = {"plain mean": [], "panel model": []}
    covered: list[float] = []
    hidden_count = 0
    for split in range(splits):
        hidden = _one_of_each(idea, np.random.default_rng(split))
        train, hidden_count = ~hidden, int(hidden.sum())
        ideas, people = int(idea.max()) + 1, int(reviewer.max()) + 1
        fit = panel.fit(panel.reviews(idea[train], reviewer[train], y[train], ideas, people), shared_bias=0.0)
        predicted = fit.score[idea[hidden]] + fit.severity[reviewer[hidden]]
        variance = fit.score_sd[idea[hidden]] ** 2 + fit.severity_sd[reviewer[hidden]] ** 2 + fit.variances.noise
        miss = y[hidden] - predicted
        errors["plain mean"].append(float(np.sqrt(((y[hidden] - fit.raw_mean[idea[hidden]]) ** 2).mean())))
        errors["panel model"].append(float(np.sqrt((miss**2).mean())))
        covered.append(float((np.abs(miss) <= Z_90 * np.sqrt(variance)).mean()))
    return {
        **{f"RMSE, {name}": round(float(np.mean(values)), 4) for name, values in errors.items()},
        "90 % interval holds": round(float(np.mean(covered)), 4),
        "reviews hidden": hidden_count,
    }


def _one_of_each(idea: Ints, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    order = random.permutation(idea.size)
    first = order[np.unique(idea[order], return_index=True)[1]]
    hidden = np.zeros(idea.size, dtype=np.bool_)
    hidden[first] = True
    return hidden & (np.bincount(idea)[idea] >= 2)


def aibs(folder: Path) -> dict[str, Triple]:
    """Each criterion of the AIBS proposals (1 best to 5 worst)."""
    lines = list(rows(folder / "panel_aibs" / "reviews.csv.gz"))
    criteria = ["innovation", "approach", "investigator", "significance", "overall"]
    return {name: _reviews([line for line in lines if line[name]], "item_id", "reviewer_id", name) for name in criteria}


def iclr(folder: Path) -> Triple:
    """ICLR 2021 ratings; who reviewed is not known, so the place of the review in its list stands in."""
    lines = list(rows(folder / "panel_iclr2021" / "reviews.csv.gz"))
    return _reviews(lines, "item_id", "reviewer_slot", "rating")


def _reviews(lines: list[dict[str, str]], idea: str, reviewer: str, score: str) -> Triple:
    y = np.array([float(line[score]) for line in lines])
    return numbered([line[idea] for line in lines]), numbered([line[reviewer] for line in lines]), y


def shipped(kind: str, name: str) -> list[dict[str, Any]]:
    """The records of one kind in a demo challenge."""
    with gzip.open(SHIPPED / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [record for line in stream if (record := json.loads(line))["kind"] == kind]


def shipped_talk(name: str) -> Votes:
    """Votes of a demo challenge."""
    votes = shipped("vote", name)
    idea, person = numbered([one["idea"] for one in votes]), numbered([one["person"] for one in votes])
    return idea, person, np.array([VOTE[one["answer"]] for one in votes])


def shipped_reviews(name: str) -> Triple:
    """Reviews of a demo challenge: the mean of the criteria."""
    found = shipped("review", name)
    y = np.array([float(np.mean(list(one["scores"].values()))) for one in found])
    return numbered([one["idea"] for one in found]), numbered([one["reviewer"] for one in found]), y


def polis(folder: Path) -> list[Votes]:
    """Votes on the statements of each conversation."""
    talks: dict[str, list[dict[str, str]]] = {}
    for line in rows(folder / "vote_polis_dev" / "votes.csv.gz"):
        talks.setdefault(line["conversation"], []).append(line)
    return [
        (
            numbered([line["comment_id"] for line in lines]),
            numbered([line["voter"] for line in lines]),
            np.array([int(line["vote"]) for line in lines]),
        )
        for lines in talks.values()
    ]


def part_against_rest(talks: list[Votes], share: float, splits: int) -> dict[str, dict[str, float]]:
    """Rank ideas from a share of the votes, compare with the agree rate among the rest."""
    found: dict[str, list[tuple[float, float]]] = {}
    for talk in talks:
        for split in range(splits):
            used = np.random.default_rng(split).random(talk[2].size) < share
            for name, result in _judge(talk, used).items():
                found.setdefault(name, []).append(result)
    return {
        name: {
            "Spearman": round(float(np.mean([pair[0] for pair in pairs])), 4),
            "top 10 % overlap": round(float(np.mean([pair[1] for pair in pairs])), 4),
        }
        for name, pairs in found.items()
    }


def _judge(data: Votes, used: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, tuple[float, float]]:
    idea, _, vote = data
    ideas = int(idea.max()) + 1
    rest = ~used
    views = np.bincount(idea[rest], minlength=ideas)
    truth = (np.bincount(idea[rest], weights=vote[rest] == 1, minlength=ideas) + 1) / (views + 2)
    judged = views >= 20
    return {name: _agreement(score[judged], truth[judged]) for name, score in _rankings(data, used, ideas).items()}


def _rankings(data: Votes, used: np.ndarray[tuple[int], np.dtype[np.bool_]], ideas: int) -> dict[str, Floats]:
    idea, person, vote = (column[used] for column in data)
    yes, views = np.bincount(idea, weights=vote == 1, minlength=ideas), np.bincount(idea, minlength=ideas)
    prior = beta_binomial.fit_prior(yes, views)
    columns = exposure.impressions(
        person_index=person,
        idea_index=idea,
        department_index=np.zeros(idea.size, dtype=np.int64),
        position=np.ones(idea.size),
        own_department=np.zeros(idea.size, dtype=np.bool_),
        shown_count=np.zeros(idea.size),
        answer=vote == 1,
        person_count=int(data[1].max()) + 1,
        idea_count=ideas,
        department_count=1,
    )
    fit = exposure.fit(columns)
    return {
        "count of agrees": np.asarray(yes, dtype=np.float64),
        "Wilson lower bound": wilson.lower_bound(yes, views),
        "Beta-Binomial": beta_binomial.score(yes, views, prior).mean,
        "exposure logit": fit.score,
        "exposure logit, P(top tenth)": ranks.chances(fit.score, fit.score_sd, max(1, ideas // 10), seed=1).top_k,
    }


def _agreement(score: Floats, truth: Floats) -> tuple[float, float]:
    kept = max(1, truth.size // 10)
    top = np.intersect1d(np.argsort(-score, kind="stable")[:kept], np.argsort(-truth, kind="stable")[:kept])
    return float(stats.spearmanr(score, truth)[0]), top.size / kept


def wiki_survey(folder: Path, splits: int) -> dict[str, float]:
    """Share of held-out comparisons predicted right: 30 % of sessions hidden."""
    lines = [line for line in rows(folder / "vote_wikisurvey17594" / "votes.csv.gz") if line["valid"] == "1"]
    both = numbered([line["winner_id"] for line in lines] + [line["loser_id"] for line in lines])
    winner, loser = both[: len(lines)], both[len(lines) :]
    session, ideas = numbered([line["session"] for line in lines]), int(both.max()) + 1
    right: dict[str, list[float]] = {"All Our Ideas score": [], "Bradley-Terry": []}
    for split in range(splits):
        used = np.random.default_rng(split).random(int(session.max()) + 1)[session] >= 0.3
        wins, losses = np.bincount(winner[used], minlength=ideas), np.bincount(loser[used], minlength=ideas)
        fit = pairwise.fit(pairwise.comparisons(winner[used], loser[used], ideas), prior_variance=1.0)
        scores = {"All Our Ideas score": alternatives.wiki_survey(wins, losses), "Bradley-Terry": fit.strength}
        for name, score in scores.items():
            gap = score[winner[~used]] - score[loser[~used]]
            right[name].append(float(((gap > 0) + 0.5 * (gap == 0)).mean()))
    return {name: round(float(np.mean(values)), 4) for name, values in right.items()}


def _of(folder: Path, splits: int) -> dict[str, object]:
    talks = polis(folder)
    return {
        **{f"AIBS {name}": held_out_reviews(data, splits) for name, data in aibs(folder).items()},
        "ICLR 2021": held_out_reviews(iclr(folder), min(splits, 5)),
        "Polis, 10 % of votes": part_against_rest(talks, 0.1, splits),
        "Polis, 25 % of votes": part_against_rest(talks, 0.25, splits),
        "wiki survey, right on held-out sessions": wiki_survey(folder, splits),
    }


def _of_what_ships(splits: int) -> dict[str, object]:
    talks = [shipped_talk(name) for name in ("biodiversity", "freshwater")]
    return {
        "Innovonto coatings contest": held_out_reviews(shipped_reviews("coatings"), splits),
        "Scoop conversations, 10 % of votes": part_against_rest(talks, 0.1, splits),
        "Scoop conversations, 25 % of votes": part_against_rest(talks, 0.25, splits),
    }


def main() -> None:
    """Measure what the folder holds, print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    report = _of_what_ships(arguments.splits) if arguments.data is None else _of(arguments.data, arguments.splits)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    for name, figures in report.items():
        print(name)
        assert isinstance(figures, dict)
        for key, value in figures.items():
            print(f"    {key:28s} {value}")


if __name__ == "__main__":
    main()
