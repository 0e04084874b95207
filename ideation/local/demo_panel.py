"""The panel's part of the demo: shortlists from what the workers ranked, and the contest's known outcome decided."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from ideation.actions.backtests import read_backtest
from ideation.actions.decisions import decide
from ideation.actions.shortlists import make_shortlist
from ideation.database import Connection
from ideation.entities.backtests import BacktestOut
from ideation.entities.decisions import Decide, Outcome
from ideation.entities.people import Actor
from ideation.entities.shortlists import MakeShortlist
from ideation.local.demo_load import read_decisions
from ideation.queries import load_statements

_SQL = load_statements("demo")


class AnalysisState(msgspec.Struct, frozen=True, kw_only=True):
    """What the workers have finished for a challenge."""

    closed: bool
    ideas: int
    votes: int
    duplicate_pairs: int
    themes: int
    themed: bool
    ranked: bool
    reviewed: bool
    panel_ranked: bool

    @property
    def steps_done(self) -> int:
        """Of `steps`, how many."""
        return sum([self.themed, self.closed, self.ranked, self.reviewed and self.panel_ranked])

    @property
    def steps(self) -> int:
        """Themes, closing, closing ranking and, where people reviewed, the panel's ranking."""
        return 4 if self.reviewed else 3


class ShortlistRow(msgspec.Struct, frozen=True, kw_only=True):
    """One idea of a shortlist with what the ranking states of it."""

    position: int
    title: str
    theme: str
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    score: float | None
    score_low: float | None
    score_high: float | None
    probability_top: float | None


class FailedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that will not be tried again."""

    job: str
    subject: str
    error: str | None


async def read_state(connection: Connection, challenge_id: UUID) -> AnalysisState:
    """How far the workers are with a challenge."""
    return msgspec.convert(await connection.fetchrow(_SQL["analysis_state"], challenge_id), AnalysisState)


async def failed_jobs(connection: Connection) -> list[FailedJob]:
    """Jobs that failed for good, newest first."""
    return msgspec.convert(await connection.fetch(_SQL["failed_jobs"]), list[FailedJob])


async def shortlist_rows(connection: Connection, owner: Actor, challenge_id: UUID) -> list[ShortlistRow]:
    """The challenge's shortlist, made by its owner unless an earlier run has."""
    shortlist_id = await connection.fetchval(_SQL["latest_shortlist"], challenge_id)
    if shortlist_id is None:
        async with connection.transaction():
            made = await make_shortlist(connection, owner, challenge_id, MakeShortlist(), datetime.now(UTC))
        shortlist_id = made.id
    return msgspec.convert(await connection.fetch(_SQL["shortlist_rows"], shortlist_id), list[ShortlistRow])


async def decide_known_outcome(connection: Connection, owner: Actor, challenge_id: UUID, name: str) -> BacktestOut:
    """Decide what the contest's moderators decided, once, and say how well the rankings had foreseen it."""
    now = datetime.now(UTC)
    if not await connection.fetchval(_SQL["is_decided"], challenge_id):
        rows = await connection.fetch(_SQL["find_imported_ideas"], challenge_id)
        ideas = {row["external_id"]: row["internal_id"] for row in rows}
        groups: dict[tuple[Outcome, str], list[UUID]] = {}
        for line in read_decisions(name):
            groups.setdefault((Outcome(line.outcome), line.reason), []).append(ideas[line.idea])
        async with connection.transaction():
            for (outcome, reason), idea_ids in groups.items():
                await decide(
                    connection, owner, challenge_id, Decide(idea_ids=idea_ids, outcome=outcome, reason=reason), now
                )
    return await read_backtest(connection, owner, challenge_id, now)
