"""What the demo says of how well rankings foresaw decisions."""

import pytest

from ideation.cli.demo_tables import backtest_line
from ideation.entities.backtests import BacktestOut, RankingBacktest
from ideation.ids import new_id
from tests.factories import NOW


@pytest.mark.parametrize(
    ("judges", "auc", "told"),
    [
        (0, 0.36, "panel: cannot be told, nobody judged both selected and declined ideas."),
        (3, 0.75, "panel: AUC 0.75 (.50 is chance), 3 people judged ideas of both kinds."),
        (3, None, "panel: cannot be told, all were selected or none."),
    ],
)
def test_figure_is_told_only_where_it_says_something_about_ideas(judges: int, auc: float | None, told: str) -> None:
    ranking = RankingBacktest(
        ranking_id=new_id(),
        kind="panel",
        created_at=NOW,
        ideas=4,
        selected=2,
        judges_of_both=judges,
        auc=auc,
        brier=0.2,
        base_brier=0.25,
        calibration=[],
    )
    line = backtest_line("coatings", BacktestOut(challenge_id=new_id(), decided_ideas=4, rankings=[ranking]))
    assert line == f"Against the 4 decisions of the contest 'coatings': {told}"
