"""Hands of cards that are asked for at once are dealt together: one transaction and one commit for all of them.

Whoever has cards waiting, or may not be dealt any, goes their own way afterwards. Each hand is answered only after its
commit; asked for again, it is the same hand, so that nothing is lost when an answer does not arrive.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from api.ballots import OF_ONE_REQUEST
from api.batches import Batches
from api.pools import lent
from ideation.actions import feed
from ideation.database import Connection, Pool
from ideation.entities.feed import AskedHand, DealInput, Hand
from ideation.entities.people import Actor


class Hands:
    """Deals the hands of all requests of this process; `connect` gives the request's own connection if need be."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        self._pool = pool
        self._hands = Batches(self._deal)

    async def deal(
        self,
        connect: Callable[[], Awaitable[Connection]],
        actor: Actor,
        challenge_id: UUID,
        form: DealInput,
        now: datetime,
    ) -> Hand:
        """Like `actions.feed.deal`."""
        hand = await self._hands.ask(feed.ask(actor, challenge_id, form, now))
        if hand is not None:
            return hand
        return await feed.deal(await connect(), actor, challenge_id, form, now)

    async def _deal(self, asked: Sequence[AskedHand]) -> list[Hand | None]:
        distinct = {(one.challenge_id, one.actor.person_id): one for one in reversed(asked)}
        try:
            async with lent(self._pool()) as connection, connection.transaction():
                hands = await feed.deal_together(connection, list(distinct.values()))
        except OF_ONE_REQUEST:
            return [None] * len(asked)
        dealt = dict(zip(distinct, hands, strict=True))
        return [dealt[one.challenge_id, one.actor.person_id] for one in asked]
