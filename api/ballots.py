"""Votes that arrive at once are written together: one statement and one commit for all of them.

What the group's statement does not write goes its own way afterwards, which knows merged ideas and finds out why
somebody is refused. So no vote fails for the sake of another, and each is answered only after its commit.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from api.batches import Batches
from api.pools import lent
from ideation.actions import votes
from ideation.database import Connection, Pool
from ideation.entities.people import Actor
from ideation.entities.votes import AnswerInput, GivenVote, Vote, VoteRow
from ideation.errors import Invalid
from ideation.queries import votes as queries

Connect = Callable[[], Awaitable[Connection]]
_Write = Callable[[Connection, Sequence[GivenVote]], Awaitable[list[VoteRow | None]]]
# Refusals and lost races of one request; the others of its group are written when each goes its own way.
OF_ONE_REQUEST = (
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.DataError,
    asyncpg.CardinalityViolationError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    Invalid,
)


class Ballots:
    """Writes the votes of all requests of this process; `connect` gives the request's own connection if need be."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        self._pool = pool
        self._answers = Batches(self._writer(queries.answer_cards))
        self._supports = Batches(self._writer(queries.put_votes))

    async def answer_card(
        self, connect: Connect, actor: Actor, card_id: UUID, form: AnswerInput, now: datetime
    ) -> Vote:
        """Like `actions.votes.answer_card`."""
        row = await self._answers.ask(votes.answer_to_card(actor, card_id, form, now))
        if row is not None:
            return votes.vote_of(row)
        return await votes.answer_card(await connect(), actor, card_id, form, now)

    async def put_vote(self, connect: Connect, actor: Actor, idea_id: UUID, form: AnswerInput, now: datetime) -> Vote:
        """Like `actions.votes.put_vote`."""
        row = await self._supports.ask(votes.support_of_idea(actor, idea_id, form, now))
        if row is not None:
            return votes.vote_of(row)
        return await votes.put_vote(await connect(), actor, idea_id, form, now)

    def _writer(self, write: _Write) -> Callable[[Sequence[GivenVote]], Awaitable[list[VoteRow | None]]]:
        async def answer(given: Sequence[GivenVote]) -> list[VoteRow | None]:
            distinct = {(one.target_id, one.actor.person_id): one for one in reversed(given)}
            try:
                async with lent(self._pool()) as connection:
                    rows = await write(connection, list(distinct.values()))
            except OF_ONE_REQUEST:
                return [None] * len(given)
            written = dict(zip(map(id, distinct.values()), rows, strict=True))
            return [written.get(id(one)) for one in given]

        return answer
