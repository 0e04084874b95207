"""Decisions, answers, results, and how well they were foreseen."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from api.dependencies import AnyRequest
from api.etags import require_if_match, with_etag
from api.paging import PageOut, PageRequest, page_out
from ideation.actions import backtests, decisions
from ideation.database import Connection
from ideation.entities.backtests import BacktestOut
from ideation.entities.decisions import (
    AnswerSummary,
    Decide,
    DecideChallenge,
    DecidedChallenge,
    Decision,
    Outcome,
    OwedAnswer,
    Result,
)
from ideation.entities.people import Actor

_TAGS = ["decisions"]

OutcomeFilter = Annotated[Outcome | None, Parameter(description="Only ideas with this outcome.")]


@post("/challenges/{challenge_id:uuid}/decisions", summary="Decide ideas", tags=_TAGS)
async def decide(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Decide
) -> list[Decision]:
    """One idea, or a group with one reason. Every author and agreed co-author is told, those of merged ideas too."""
    return await decisions.decide(connection, actor, challenge_id, data, now)


@post("/challenges/{challenge_id:uuid}/decide", summary="Decide the challenge", tags=_TAGS, status_code=200)
async def decide_challenge(
    challenge_id: UUID,
    request: AnyRequest,
    connection: Connection,
    actor: Actor,
    now: datetime,
    data: DecideChallenge,
) -> Response[DecidedChallenge]:
    """Publishes the results. Where answers are still owed, say how many. Send the challenge's ETag as If-Match."""
    version = require_if_match(request)
    decided = await decisions.decide_challenge(connection, actor, challenge_id, data, version, now)
    return with_etag(decided, decided.version)


@get("/challenges/{challenge_id:uuid}/results", summary="List the results", tags=_TAGS)
async def list_results(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    outcome: OutcomeFilter = None,
) -> PageOut[Result]:
    """The standing decision of each idea with its reason, for the whole audience once the challenge is decided."""
    found = await decisions.list_results(
        connection, actor, challenge_id, now, outcome=outcome, after=page.after, limit=page.limit
    )
    return page_out(found, page)


@get("/challenges/{challenge_id:uuid}/answers", summary="Read how well authors are answered", tags=_TAGS)
async def read_answers(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> AnswerSummary:
    """Answer rate and median hours to the first answer, from submission and from the close."""
    return await decisions.read_answers(connection, actor, challenge_id, now)


@get("/challenges/{challenge_id:uuid}/answers/owed", summary="List answers owed", tags=_TAGS)
async def list_owed(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    theme_id: UUID | None = None,
) -> PageOut[OwedAnswer]:
    """Ideas whose authors wait, the longest first, with their age. For those who run the challenge."""
    found = await decisions.list_owed(
        connection, actor, challenge_id, now, after=page.after, limit=page.limit, theme_id=theme_id
    )
    return page_out(found, page)


@get("/challenges/{challenge_id:uuid}/backtest", summary="Read how well the decisions were foreseen", tags=_TAGS)
async def read_backtest(challenge_id: UUID, connection: Connection, actor: Actor, now: datetime) -> BacktestOut:
    """Brier score and calibration of P(top k), and AUC, of the rankings from before the first decision."""
    return await backtests.read_backtest(connection, actor, challenge_id, now)


@get("/ideas/{idea_id:uuid}/decisions", summary="Read what was decided about an idea", tags=_TAGS)
async def list_decisions(idea_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[Decision]:
    """Newest first. For its authors and those who run the challenge at once, for all when the challenge is decided."""
    return await decisions.list_decisions(connection, actor, idea_id, now)


handlers: list[ControllerRouterHandler] = [
    decide,
    decide_challenge,
    list_results,
    read_answers,
    list_owed,
    read_backtest,
    list_decisions,
]
