"""Pairs of ideas to compare, on challenges that are voted on pairwise."""

from datetime import datetime
from uuid import UUID

from litestar import post, put

from ideation.actions import pairs
from ideation.database import Connection
from ideation.entities.pairs import AnswerPair, DealPairs, Pair, PairHand
from ideation.entities.people import Actor


@post("/challenges/{challenge_id:uuid}/pairs", summary="Deal pairs of ideas", tags=["votes"], status_code=200)
async def deal(challenge_id: UUID, data: DealPairs, connection: Connection, actor: Actor, now: datetime) -> PairHand:
    """Pairs that tell most about the order, never with an idea of one's own; asking again shows the same ones."""
    return await pairs.deal(connection, actor, challenge_id, data, now)


@put("/pairs/{pair_id:uuid}/answer", summary="Answer a pair", tags=["votes"])
async def answer(pair_id: UUID, data: AnswerPair, connection: Connection, actor: Actor, now: datetime) -> Pair:
    """Left, right, or skip; sending it twice changes nothing, and it can be changed while voting is open."""
    return await pairs.answer(connection, actor, pair_id, data, now)


handlers = [deal, answer]
