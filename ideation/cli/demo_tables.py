"""What the demo prints: a shortlist as a table, and one line on how the rankings did."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from ideation.entities.backtests import BacktestOut, RankingBacktest
from ideation.local.demo_panel import AnalysisState, ShortlistRow

WIDE_COLUMNS = 110
# What the other columns take.
WIDE_REST_COLUMNS, NARROW_REST_COLUMNS = 90, 36


def shortlist_table(name: str, state: AnalysisState, rows: Sequence[ShortlistRow], *, k: int, width: int) -> Table:
    """The shortlist, one idea a line, with what is certain about its place; theme and score where there is room."""
    wide = width >= WIDE_COLUMNS
    basis = "reviews and answers" if state.panel_ranked else "answers of the crowd"
    table = Table(
        title=f"\nThe panel's shortlist: {name}\n{state.ideas} ideas, {state.votes} votes; ranked by {basis}",
        caption=f"{state.themes} themes and {state.duplicate_pairs} possible duplicates found",
        box=box.SIMPLE_HEAD,
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("#", justify="right", min_width=2)
    room = width - (WIDE_REST_COLUMNS if wide else NARROW_REST_COLUMNS)
    table.add_column("Idea", no_wrap=True, overflow="ellipsis", max_width=room)
    if wide:
        table.add_column("Theme", no_wrap=True, overflow="ellipsis", max_width=24)
        table.add_column("Score (90 %)", justify="right", no_wrap=True, min_width=19)
    table.add_column("Rank (90 %)", justify="right", no_wrap=True, min_width=13)
    table.add_column(f"In top {k}", justify="right", no_wrap=True, min_width=9)
    for row in rows:
        details = [row.theme, _score(row)] if wide else []
        table.add_row(str(row.position), row.title, *details, _rank(row), _chance(row))
    return table


def backtest_line(name: str, backtest: BacktestOut) -> str:
    """How well each ranking foresaw the decisions of the contest, where that can be told."""
    told: dict[str, list[str]] = {}
    for ranking in backtest.rankings:
        told.setdefault(_foreseen(ranking), []).append(ranking.kind)
    parts = [f"{' and '.join(kinds)}: {what}" for what, kinds in told.items()] or ["no ranking from before them"]
    return f"Against the {backtest.decided_ideas} decisions of the contest '{name}': {'; '.join(parts)}."


def _foreseen(ranking: RankingBacktest) -> str:
    if not ranking.judges_of_both:
        return "cannot be told, nobody judged both selected and declined ideas"
    if ranking.auc is None:
        return "cannot be told, all were selected or none"
    return f"AUC {ranking.auc:.2f} (.50 is chance), {ranking.judges_of_both} people judged ideas of both kinds"


def _score(row: ShortlistRow) -> str:
    if row.score is None:
        return "-"
    return f"{row.score:.2f} ({row.score_low:.2f} to {row.score_high:.2f})"


def _rank(row: ShortlistRow) -> str:
    return "-" if row.rank is None else f"{row.rank} ({row.rank_low} to {row.rank_high})"


def _chance(row: ShortlistRow) -> str:
    return "-" if row.probability_top is None else f"{row.probability_top:.0%}"
