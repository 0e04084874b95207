"""`ideation simulate`: what a design of voting and reviewing would find, before anybody is asked to vote."""

from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from scoring import backtest, plot
from scoring.errors import ScoringError
from scoring.simulate.run import Outcome, once, summaries
from scoring.simulate.settings import SCENARIOS, Settings


@click.command(name="simulate")
@click.option("--scenario", default="base", show_default=True, type=click.Choice(list(SCENARIOS)), help="Which world.")
@click.option("--ideas", type=click.IntRange(20, 20_000), help="Ideas in the challenge.")
@click.option("--voters", type=click.IntRange(1, 50_000), help="Colleagues who vote.")
@click.option("--cards", type=click.FloatRange(1, 1000), help="Cards a voter is shown, on average.")
@click.option("--reviewers", type=click.IntRange(2, 1000), help="People on the panel.")
@click.option("--reviews", default=600, show_default=True, type=click.IntRange(1, 20_000), help="Reviews in all.")
@click.option("-k", "--winners", type=click.IntRange(1, 1000), help="Ideas to pick.")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(1, 200), help="Worlds to average over.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures as JSON.")
@click.option("--plot", "plot_file", type=click.Path(dir_okay=False, path_type=Path), help="Write calibration as SVG.")
@click.option("--curve", "curve_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the curve as SVG.")
def command(
    scenario: str,
    reviews: int,
    seeds: int,
    json_file: Path | None,
    plot_file: Path | None,
    curve_file: Path | None,
    **design: float | None,
) -> None:
    """Simulate a company with known best ideas, under usual practice and under this product.

    The world is invented: it shows how designs compare, not what your colleagues will do. With the default size, one
    world takes about ten seconds.
    """
    try:
        settings = _settings(scenario, design)
        outcomes = _outcomes(settings, seeds, reviews)
    except ScoringError as error:
        raise click.ClickException(str(error)) from error
    _print(settings, outcomes)
    _write(json_file, _json(settings, outcomes))
    _write(plot_file, _calibration(outcomes))
    _write(curve_file, _curve(outcomes[0]))


def _settings(scenario: str, design: dict[str, float | None]) -> Settings:
    names = {"cards": "cards_per_voter", "winners": "k"}
    changes = {names.get(name, name): value for name, value in design.items() if value is not None}
    settings = msgspec.structs.replace(SCENARIOS[scenario], **changes)
    if settings.k >= settings.ideas:
        raise ScoringError("pick fewer ideas than there are")
    return settings


def _outcomes(settings: Settings, seeds: int, reviews: int) -> list[Outcome]:
    with click.progressbar(range(seeds), label="Simulating") as numbers:
        return [once(settings, seed, (reviews,)) for seed in numbers]


def _print(settings: Settings, outcomes: list[Outcome]) -> None:
    table = Table("figure", "mean", "95 % interval")
    for row in summaries(outcomes):
        table.add_row(row.name, f"{row.mean:.3f}", f"± {row.half_width:.3f}" if len(outcomes) > 1 else "one world")
    console = Console()
    console.print(table)
    console.print(
        f"{settings.ideas} ideas, {settings.voters} voters, {settings.reviewers} reviewers, {len(outcomes)} worlds. "
        f"Precision: share of the true top {settings.k} found. Regret: quality given up, in standard deviations."
    )


def _json(settings: Settings, outcomes: list[Outcome]) -> str:
    figures = {row.name: {"mean": row.mean, "half_width": row.half_width} for row in summaries(outcomes)}
    content = {"settings": settings, "worlds": len(outcomes), "figures": figures, "curve": outcomes[0].curve}
    return msgspec.json.format(msgspec.json.encode(content)).decode() + "\n"


def _calibration(outcomes: list[Outcome]) -> str:
    chances = [chance for outcome in outcomes for chance in outcome.chances]
    came_true = [truth for outcome in outcomes for truth in outcome.came_true]
    result = backtest.forecast(chances, came_true)
    bins = result.bins if result else []
    return plot.calibration(
        [item.stated for item in bins],
        [item.came_true for item in bins],
        [item.count for item in bins],
        "P(top k): stated and came true",
    )


def _curve(outcome: Outcome) -> str:
    points = [(float(reviews), wrong) for reviews, wrong in outcome.curve]
    return plot.curve(points, "What further reviews buy", "reviews", "expected wrong calls")


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"Wrote {path}")
