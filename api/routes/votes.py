"""Votes through an idea's link, which show support and never rank, and the counts."""

from datetime import datetime
from uuid import UUID

from litestar import delete, get, put

from api.dependencies import WITHOUT_CONNECTION, AnyRequest
from api.unit_of_work import work_of
from ideation.actions import votes
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.votes import AnswerInput, Vote, VoteCounts

_ONE_STATEMENT = {"one_statement": True}


@put(
    "/ideas/{idea_id:uuid}/vote",
    summary="Support an idea",
    tags=["votes"],
    opt=_ONE_STATEMENT,
    dependencies=WITHOUT_CONNECTION,
)
async def support(idea_id: UUID, data: AnswerInput, request: AnyRequest, actor: Actor, now: datetime) -> Vote:
    """Sets the person's one vote on the idea; sending it twice changes nothing.

    It counts as a supporter. If the person was dealt the idea's card and answered it, that answer changes instead and
    still ranks. A vote on a merged idea goes to the idea shown in its place.
    """
    work = work_of(request.scope)
    return await work.platform.ballots.put_vote(work.connection, actor, idea_id, data, now)


@delete("/ideas/{idea_id:uuid}/vote", summary="Take a vote back", tags=["votes"], opt=_ONE_STATEMENT)
async def take_back(idea_id: UUID, connection: Connection, actor: Actor, now: datetime) -> None:
    """Removes the person's vote while voting is open; without one nothing happens."""
    await votes.remove_vote(connection, actor, idea_id, now)


@get("/ideas/{idea_id:uuid}/votes", summary="Count the votes on an idea", tags=["votes"])
async def counts(idea_id: UUID, connection: Connection, actor: Actor, now: datetime) -> VoteCounts:
    """Counts of distinct people; where the challenge hides counts, for those who have answered the idea."""
    return await votes.read_counts(connection, actor, idea_id, now)


handlers = [support, take_back, counts]
