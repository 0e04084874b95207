"""The feed: cards that the server deals, and the answers to them."""

from datetime import datetime
from uuid import UUID

from litestar import post, put

from api.dependencies import WITHOUT_CONNECTION, AnyRequest
from api.unit_of_work import work_of
from ideation.entities.feed import DealInput, Hand
from ideation.entities.people import Actor
from ideation.entities.votes import AnswerInput, Vote


@post(
    "/challenges/{challenge_id:uuid}/feed",
    summary="Deal cards to judge",
    tags=["feed"],
    status_code=200,
    dependencies=WITHOUT_CONNECTION,
)
async def deal(
    challenge_id: UUID, request: AnyRequest, actor: Actor, now: datetime, data: DealInput | None = None
) -> Hand:
    """The cards of the present sitting that wait for an answer, or a new hand when all are answered.

    Ideas seen least come first, beside those the crowd may like most; never one's own. A pause of half an hour begins
    a new sitting. No cards: the person has answered everything.
    """
    work = work_of(request.scope)
    return await work.platform.hands.deal(work.connection, actor, challenge_id, data or DealInput(), now)


@put(
    "/cards/{card_id:uuid}/answer",
    summary="Answer a card",
    tags=["feed"],
    opt={"one_statement": True},
    dependencies=WITHOUT_CONNECTION,
)
async def answer(card_id: UUID, data: AnswerInput, request: AnyRequest, actor: Actor, now: datetime) -> Vote:
    """Answers a dealt card, or changes the answer while voting is open; sending it twice changes nothing."""
    work = work_of(request.scope)
    return await work.platform.ballots.answer_card(work.connection, actor, card_id, data, now)


handlers = [deal, answer]
