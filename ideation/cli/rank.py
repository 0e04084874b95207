"""`ideation rank FILE`: score a CSV of votes, comparisons or reviews without any server."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
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
@click.option(
    "--outcomes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of idea, outcome (yes or no): how well did the ranking foresee them?",
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the ranking as JSON.")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a picture (SVG).")
def command(
    file: Path,
    winners: int,
    top: int,
    seed: int,
    outcomes: Path | None,
    json_file: Path | None,
    plot_file: Path | None,
) -> None:
    """Rank the ideas of FILE and say how sure the ranking is.

    FILE is a CSV (separated by comma, semicolon or tab) with one of these headers: idea, person, answer (votes;
    position, department and idea_department make the score fairer); winner, loser (comparisons); idea, reviewer and
    columns of numbers (reviews). The picture shows scores with their intervals and, with outcomes, what the chances
    stated against what came true.
    """
    with _naming(file):
        result = tables.rank(*_read(file), winners, seed)
    tested = None
    if outcomes is not None:
        with _naming(outcomes):
            tested = tables.compare(result, *_read(outcomes))
    _print(result, top)
    if tested is not None:
        _print_backtest(tested, result.k)
    if json_file is not None:
        content = msgspec.to_builtins(result) | ({} if tested is None else {"backtest": msgspec.to_builtins(tested)})
        _write(json_file, msgspec.json.format(msgspec.json.encode(content)).decode() + "\n")
    if plot_file is not None:
        _write(plot_file, _picture(result, tested))


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """What is wrong with a file is said with its name."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name}: this is not UTF-8 text; save it as “CSV UTF-8”") from error
    except (ScoringError, csv.Error) as error:
        raise click.ClickException(f"{file.name}: {error}") from error


def _read(file: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows of a CSV, separated as its first line is."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        header = stream.readline()
        stream.seek(0)
        reader = csv.DictReader(stream, restval="", delimiter=max(",;\t", key=header.count))
        columns = [_column(name) for name in reader.fieldnames or []]
        return columns, [dict(zip(columns, row.values(), strict=False)) for row in reader]


def _column(name: str) -> str:
    """A column that has a meaning is found however it is capitalised; a criterion keeps its name."""
    plain = name.strip()
    return plain.lower() if plain.lower() in tables.MEANINGS else plain


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
    if 0 < len(result.ideas) <= result.k:
        console.print(f"Every idea fits into the top {result.k}: say with -k how many shall win.")
    console.print(f"Wrong calls to expect among the top {result.k}, in or out: {result.expected_wrong_calls:.1f}.")


def _print_backtest(tested: tables.TableBacktest, winners: int) -> None:
    table = Table(f"P(top {winners})", "ideas", "stated", "came true")
    for item in tested.forecast.bins:
        table.add_row(f"{item.low} to {item.high}", str(item.count), f"{item.stated:.2f}", f"{item.came_true:.2f}")
    console = Console()
    console.print(table)
    auc = "" if tested.auc is None else f" AUC {tested.auc:.3f}."
    console.print(
        f"{tested.came_true} of {tested.ideas} ideas came true. Brier score {tested.forecast.brier:.4f}, against "
        f"{tested.forecast.base_brier:.4f} of always stating the base rate.{auc}"
    )
    if tested.unknown:
        console.print(f"{tested.unknown} outcomes are of ideas that were not ranked.")


def _picture(result: tables.RankedTable, tested: tables.TableBacktest | None) -> str:
    lines = [
        plot.Interval(name=line.idea, score=line.score, low=line.score_low, high=line.score_high)
        for line in result.ideas[:SHOWN_IN_PICTURE]
    ]
    scores = plot.intervals(lines, f"{len(lines)} of {len(result.ideas)} ideas, best first", result.unit)
    if tested is None:
        return scores
    bins = tested.forecast.bins
    columns = ([item.stated for item in bins], [item.came_true for item in bins], [item.count for item in bins])
    return plot.stacked([scores, plot.calibration(*columns, f"P(top {result.k}): stated and came true")])


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"Wrote {path}")
