"""What the demo prints: a shortlist as a table, and one line on how the rankings did."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from ideation.entities.backtests import BacktestOut
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
    """How well each ranking foresaw the decisions of the contest."""
    parts = [f"{ranking.kind}: AUC {ranking.auc:.2f}" for ranking in backtest.rankings if ranking.auc is not None] or [
        "too few decisions to say"
    ]
    foreseen = ", ".join(parts)
    return f"Against the {backtest.decided_ideas} decisions of the contest '{name}' (AUC .50 is chance): {foreseen}"


def _score(row: ShortlistRow) -> str:
    if row.score is None:
        return "-"
    return f"{row.score:.2f} ({row.score_low:.2f} to {row.score_high:.2f})"


def _rank(row: ShortlistRow) -> str:
    return "-" if row.rank is None else f"{row.rank} ({row.rank_low} to {row.rank_high})"


def _chance(row: ShortlistRow) -> str:
    return "-" if row.probability_top is None else f"{row.probability_top:.0%}"
