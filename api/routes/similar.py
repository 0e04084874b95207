"""Similar ideas, while somebody types and beside an idea."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import Parameter

from ideation.actions import similar
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.similar import SimilarIdea, SimilarRequest

_TAGS = ["duplicates"]


@post("/challenges/{challenge_id:uuid}/similar", summary="Find ideas near a text", tags=_TAGS, status_code=200)
async def find_similar(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: SimilarRequest
) -> list[SimilarIdea]:
    """Over all challenges you may see, with what was decided about each idea and why, as far as you may know it."""
    return await similar.find_similar(connection, actor, challenge_id, data, now)


@get("/ideas/{idea_id:uuid}/similar", summary="Find ideas near an idea", tags=_TAGS)
async def find_similar_to_idea(
    idea_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    limit: Annotated[int, Parameter(ge=1, le=20)] = 5,
) -> list[SimilarIdea]:
    """The same for an idea as it stands."""
    return await similar.find_similar_to_idea(connection, actor, idea_id, limit=limit, now=now)


handlers = [find_similar, find_similar_to_idea]
