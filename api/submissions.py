"""Ideas that are submitted at once are encoded and written together: one statement and one commit for all of them.

What the group's statement does not write goes its own way afterwards, which says why somebody is refused. So no idea
fails for the sake of another, and each is answered only after its commit.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from api.ballots import OF_ONE_REQUEST, Connect
from api.batches import Batches
from api.pools import lent
from ideation.actions import ideas
from ideation.database import Pool
from ideation.entities.ideas_forms import AskedSubmission, IdeaOut, NewIdea
from ideation.entities.people import Actor


class Submissions:
    """Writes the ideas of all requests of this process; `connect` gives the request's own connection if need be."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        self._pool = pool
        self._submissions = Batches(self._submit)

    async def submit(self, connect: Connect, actor: Actor, challenge_id: UUID, new: NewIdea, now: datetime) -> IdeaOut:
        """Like `actions.ideas.submit_idea`."""
        idea = await self._submissions.ask(ideas.ask_to_submit(actor, challenge_id, new, now))
        if idea is not None:
            return idea
        return await ideas.submit_idea(await connect(), actor, challenge_id, new, now)

    async def _submit(self, asked: Sequence[AskedSubmission]) -> Sequence[IdeaOut | None]:
        try:
            async with lent(self._pool()) as connection:
                return await ideas.submit_together(connection, asked)
        except OF_ONE_REQUEST:
            return [None] * len(asked)
