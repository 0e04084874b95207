"""How well crowd and panel foresaw the decisions."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from ideation.actions.panel_rankings import refuse_open_reviews
from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.backtests import BacktestOut, CalibrationBin, DecidedIdea, RankingBacktest, RankingToTest
from ideation.entities.people import Actor
from ideation.queries import backtests as queries
from scoring import backtest


async def read_backtest(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> BacktestOut:
    """Closing and panel ranking against the decisions so far; rankings without a decided idea are left out."""
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    await refuse_open_reviews(connection, actor, challenge, now)
    tested = []
    for ranking in await queries.list_rankings(connection, challenge_id):
        decided = await queries.list_decided(connection, ranking.id)
        judges = await queries.count_judges_of_both(connection, challenge_id, ranking)
        tested.append(await asyncio.to_thread(_test, ranking, decided, judges))
    return BacktestOut(
        challenge_id=challenge_id,
        decided_ideas=await queries.count_decided(connection, challenge_id),
        rankings=[result for result in tested if result is not None],
    )


def _test(ranking: RankingToTest, decided: Sequence[DecidedIdea], judges_of_both: int) -> RankingBacktest | None:
    """The figures of one ranking; None when none of its ideas is decided."""
    selected = [idea.selected for idea in decided]
    forecast = backtest.forecast([idea.probability_top for idea in decided], selected)
    if forecast is None:
        return None
    return RankingBacktest(
        ranking_id=ranking.id,
        kind=ranking.kind,
        created_at=ranking.created_at,
        ideas=len(decided),
        selected=sum(selected),
        judges_of_both=judges_of_both,
        auc=backtest.auc([idea.score for idea in decided], selected),
        brier=forecast.brier,
        base_brier=forecast.base_brier,
        calibration=[msgspec.convert(one, CalibrationBin, from_attributes=True) for one in forecast.bins],
    )
