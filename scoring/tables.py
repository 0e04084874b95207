"""Rank a plain table of votes, comparisons or reviews, as it comes out of a spreadsheet."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from scoring import backtest, exposure, pairwise, panel, ranks
from scoring.checks import Floats, Ints
from scoring.errors import ScoringError

Kind = Literal["votes", "comparisons", "reviews"]
Row = Mapping[str, str]
YES = frozenset({"1", "yes", "y", "true", "agree", "up"})
NOT_YES = frozenset({"0", "-1", "no", "n", "false", "disagree", "down", "skip", "pass", ""})
Z_90 = 1.6448536269514722
REQUIRED: dict[Kind, tuple[str, ...]] = {
    "votes": ("idea", "person", "answer"),
    "comparisons": ("winner", "loser"),
    "reviews": ("idea", "reviewer"),
}
MEANINGS = frozenset(name for names in REQUIRED.values() for name in names) | {
    *("position", "department", "idea_department", "shown_count", "outcome"),
}


class RankedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the result, best first. `score` with its 90 % interval, in the unit of `RankedTable.unit`."""

    rank: int
    idea: str
    score: float
    score_low: float
    score_high: float
    top_k: float
    rank_low: int
    rank_high: int
    band: int
    grey: bool
    evidence: int


class RankedTable(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, how it was scored, and the ranking."""

    kind: Kind
    formula_version: str
    unit: str
    k: int
    rows: int
    ideas: list[RankedIdea]
    expected_wrong_calls: float


class _Scored(msgspec.Struct, frozen=True, kw_only=True):
    """Scores on their drawing scale, and on the scale to show."""

    names: list[str]
    mean: Floats
    sd: Floats
    factor: Floats | None
    shown: tuple[Floats, Floats, Floats]
    evidence: Ints
    formula_version: str
    unit: str


def kind_of(columns: Sequence[str]) -> Kind:
    """Tell from its columns what a table holds.

    votes: idea, person, answer (and position, department, idea_department, shown_count if known); comparisons: winner,
    loser; reviews: idea, reviewer and one or more columns of numbers, the criteria.

    >>> kind_of(["winner", "loser"])
    'comparisons'
    """
    for kind, needed in REQUIRED.items():
        if set(needed) <= set(columns):
            return kind
    raise ScoringError("the table needs idea, person, answer (votes) or winner, loser or idea, reviewer and scores")


def rank(columns: Sequence[str], rows: Sequence[Row], k: int, seed: int = 0) -> RankedTable:
    """Rank the ideas of a table by the same methods that the running product uses.

    Votes by the exposure logit, comparisons by Bradley-Terry, reviews by the panel model over the mean of the criteria.
    A cell that cannot be read is an error that names its line. Ties break by the idea's name. No rows: no ideas.

    >>> table = rank(["winner", "loser"], [{"winner": "b", "loser": "a"}] * 3, k=1)
    >>> [(line.rank, line.idea) for line in table.ideas]
    [(1, 'b'), (2, 'a')]
    """
    kind = kind_of(columns)
    if k < 1:
        raise ScoringError("k must be at least 1")
    scored = {"votes": _votes, "comparisons": _comparisons, "reviews": _reviews}[kind](columns, rows)
    chances = ranks.chances(scored.mean, scored.sd, k, seed=seed, factor=scored.factor)
    return RankedTable(
        kind=kind,
        formula_version=scored.formula_version,
        unit=scored.unit,
        k=k,
        rows=len(rows),
        ideas=[_line(scored, chances, int(idea)) for idea in np.argsort(chances.rank)],
        expected_wrong_calls=chances.expected_wrong_calls,
    )


class TableBacktest(msgspec.Struct, frozen=True, kw_only=True):
    """How well a ranking foresaw what came true: `auc` None when all or none did; `unknown`: other ideas."""

    ideas: int
    came_true: int
    unknown: int
    auc: float | None
    forecast: backtest.Backtest


def compare(ranked: RankedTable, columns: Sequence[str], rows: Sequence[Row]) -> TableBacktest:
    """A ranking against outcomes: rows of idea and outcome (yes or no), for the ideas that have been decided.

    Brier score, calibration and AUC of `scoring.backtest`. An outcome that cannot be read, an idea with two outcomes
    and a table without any ranked idea are errors in words.

    >>> table = rank(["winner", "loser"], [{"winner": "b", "loser": "a"}] * 3, k=1)
    >>> compare(table, ["idea", "outcome"], [{"idea": "b", "outcome": "yes"}, {"idea": "a", "outcome": "no"}]).auc
    1.0
    """
    if not {"idea", "outcome"} <= set(columns):
        raise ScoringError("the table of outcomes needs the columns idea and outcome")
    outcomes: dict[str, bool] = {}
    for number, row in enumerate(rows, start=2):
        name, said = row["idea"].strip(), row["outcome"].strip().lower()
        if said not in YES | NOT_YES or not said:
            raise ScoringError(f"line {number}: outcome must be yes or no, not {row['outcome']!r}")
        if outcomes.setdefault(name, said in YES) != (said in YES):
            raise ScoringError(f"line {number}: {name!r} has two different outcomes")
    known = [line for line in ranked.ideas if line.idea in outcomes]
    came_true = [outcomes[line.idea] for line in known]
    forecast = backtest.forecast([line.top_k for line in known], came_true)
    if forecast is None:
        raise ScoringError("none of the ranked ideas has an outcome")
    return TableBacktest(
        ideas=len(known),
        came_true=sum(came_true),
        unknown=len(outcomes) - len(known),
        auc=backtest.auc([line.score for line in known], came_true),
        forecast=forecast,
    )


def _votes(columns: Sequence[str], rows: Sequence[Row]) -> _Scored:
    names, idea = _labels(rows, "idea")
    people, person = _labels(rows, "person")
    departments, department = _labels(rows, "department")
    home = (
        [row.get("department", "") == row["idea_department"] for row in rows] if "idea_department" in columns else None
    )
    data = exposure.impressions(
        person_index=person,
        idea_index=idea,
        department_index=department,
        position=_numbers(rows, "position", 1.0),
        own_department=home or [False] * len(rows),
        shown_count=_numbers(rows, "shown_count", 0.0),
        answer=[_answer(row, line) for line, row in enumerate(rows, start=2)],
        person_count=len(people),
        idea_count=len(names),
        department_count=len(departments),
    )
    fit = exposure.fit(data)
    return _Scored(
        names=names,
        mean=fit.score,
        sd=fit.score_sd,
        factor=None,
        shown=(fit.yes_rate, fit.yes_rate_low, fit.yes_rate_high),
        evidence=fit.impressions,
        formula_version=exposure.FORMULA_VERSION,
        unit="expected yes rate of a colleague from any department",
    )


def _comparisons(_: Sequence[str], rows: Sequence[Row]) -> _Scored:
    names = sorted({row[column].strip() for row in rows for column in REQUIRED["comparisons"]})
    place = {name: index for index, name in enumerate(names)}
    winner, loser = ([place[row[column].strip()] for row in rows] for column in REQUIRED["comparisons"])
    fit = pairwise.fit(pairwise.comparisons(winner, loser, len(names)))
    spread = Z_90 * fit.sd
    return _Scored(
        names=names,
        mean=fit.strength,
        sd=fit.sd,
        factor=None,
        shown=(fit.strength, fit.strength - spread, fit.strength + spread),
        evidence=np.bincount(winner + loser, minlength=len(names)).astype(np.int64),
        formula_version=pairwise.FORMULA_VERSION,
        unit="strength in logits (0 is average)",
    )


def _reviews(columns: Sequence[str], rows: Sequence[Row]) -> _Scored:
    criteria = [name for name in columns if name not in REQUIRED["reviews"] and _is_numeric(rows, name)]
    if rows and not criteria:
        raise ScoringError("reviews need at least one column of numbers")
    names, idea = _labels(rows, "idea")
    reviewers, reviewer = _labels(rows, "reviewer")
    cells = np.array([[_cell(row[name]) for name in criteria] for row in rows]).reshape(len(rows), len(criteria))
    y = panel.weighted(cells, [1.0] * len(criteria)) if rows else np.zeros(0)
    fit = panel.fit(panel.reviews(idea, reviewer, y, len(names), len(reviewers)))
    spread = Z_90 * fit.score_sd
    return _Scored(
        names=names,
        mean=fit.score,
        sd=fit.own_sd,
        factor=fit.factor,
        shown=(fit.score, fit.score - spread, fit.score + spread),
        evidence=fit.review_count,
        formula_version=panel.FORMULA_VERSION,
        unit=f"points, mean of {', '.join(criteria)}, severity of reviewers taken out",
    )


def _line(scored: _Scored, chances: ranks.RankChances, idea: int) -> RankedIdea:
    score, low, high = scored.shown
    return RankedIdea(
        rank=int(chances.rank[idea]),
        idea=scored.names[idea],
        score=float(score[idea]),
        score_low=float(low[idea]),
        score_high=float(high[idea]),
        top_k=float(chances.top_k[idea]),
        rank_low=int(chances.rank_low[idea]),
        rank_high=int(chances.rank_high[idea]),
        band=int(chances.band[idea]),
        grey=bool(chances.grey[idea]),
        evidence=int(scored.evidence[idea]),
    )


def _labels(rows: Sequence[Row], column: str) -> tuple[list[str], list[int]]:
    values = [row.get(column, "").strip() for row in rows]
    names = sorted(set(values))
    place = {name: index for index, name in enumerate(names)}
    return names, [place[value] for value in values]


def _numbers(rows: Sequence[Row], column: str, default: float) -> list[float]:
    return [
        _number(row[column], column, line) if row.get(column) else default for line, row in enumerate(rows, start=2)
    ]


def _number(text: str, column: str, line: int) -> float:
    value = _cell(text)
    if not math.isfinite(value):
        raise ScoringError(f"line {line}: {column} is not a number: {text!r}")
    return value


def _answer(row: Row, line: int) -> bool:
    text = row["answer"].strip().lower()
    if text not in YES | NOT_YES:
        raise ScoringError(f"line {line}: answer must be yes, no or skip, not {row['answer']!r}")
    return text in YES


def _cell(text: str) -> float:
    try:
        return float(text) if text.strip() else math.nan
    except ValueError:
        return math.nan


def _is_numeric(rows: Sequence[Row], column: str) -> bool:
    texts = [row[column] for row in rows if row.get(column, "").strip()]
    return bool(texts) and all(math.isfinite(_cell(text)) for text in texts)
