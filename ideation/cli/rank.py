"""`ideation rank FILE`: score a CSV of votes, comparisons or reviews without any server."""

import csv
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from scoring import plot, tables
from scoring.errors import ScoringError

SHOWN_IN_PICTURE = 60


@click.command(name="rank")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-k", "--winners", default=20, show_default=True, type=click.IntRange(1), help="How many ideas will win.")
@click.option("--top", default=20, show_default=True, type=click.IntRange(0), help="Lines of the table to print.")
@click.option("--seed", default=0, show_default=True, help="Seed of the random draws behind the chances.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the ranking as JSON.")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a picture (SVG).")
def command(file: Path, winners: int, top: int, seed: int, json_file: Path | None, plot_file: Path | None) -> None:
    """Rank the ideas of FILE and say how sure the ranking is.

    FILE is a CSV with one of these headers: idea, person, answer (votes; position, department and idea_department make
    the score fairer); winner, loser (comparisons); idea, reviewer and columns of numbers (reviews).
    """
    try:
        result = _ranked(file, winners, seed)
    except (ScoringError, csv.Error, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    _print(result, top)
    if json_file is not None:
        _write(json_file, msgspec.json.format(msgspec.json.encode(result)).decode() + "\n")
    if plot_file is not None:
        _write(plot_file, _picture(result))


def _ranked(file: Path, winners: int, seed: int) -> tables.RankedTable:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, restval="")
        columns = [name.strip() for name in reader.fieldnames or []]
        rows = [dict(zip(columns, row.values(), strict=False)) for row in reader]
    return tables.rank(columns, rows, winners, seed)


def _print(result: tables.RankedTable, top: int) -> None:
    console = Console()
    table = Table("rank", "idea", "score", "90 % interval", f"P(top {result.k})", "90 % rank", "band", "evidence")
    for line in result.ideas[:top]:
        table.add_row(
            str(line.rank),
            line.idea,
            f"{line.score:.3f}",
            f"{line.score_low:.3f} to {line.score_high:.3f}",
            f"{line.top_k:.2f}",
            f"{line.rank_low} to {line.rank_high}",
            str(line.band),
            str(line.evidence),
        )
    console.print(table)
    console.print(f"{len(result.ideas)} ideas from {result.rows} {result.kind}. Score: {result.unit}.")
    console.print(f"Wrong calls to expect among the top {result.k}, in or out: {result.expected_wrong_calls:.1f}.")


def _picture(result: tables.RankedTable) -> str:
    lines = [
        plot.Interval(name=line.idea, score=line.score, low=line.score_low, high=line.score_high)
        for line in result.ideas[:SHOWN_IN_PICTURE]
    ]
    return plot.intervals(lines, f"{len(lines)} of {len(result.ideas)} ideas, best first", result.unit)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"Wrote {path}")
