"""Server-sent events: each says that what a page shows has changed, never what; the page then asks for itself."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.response import ServerSentEvent, ServerSentEventMessage

from api.authentication import identify
from api.dependencies import AnyRequest
from api.unit_of_work import work_of
from ideation.actions import live
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.errors import Unauthenticated

RETRY_MILLISECONDS = 5_000


@get("/challenges/{challenge_id:uuid}/events")
async def follow_challenge(
    challenge_id: UUID, request: AnyRequest, connection: Connection, actor: Actor, now: datetime
) -> ServerSentEvent:
    """What happens in a challenge; for those who only see it, what they are shown of it."""
    return await _stream(request, await live.watch_challenge(connection, actor, challenge_id, now))


@get("/reviews/events")
async def follow_reviews(request: AnyRequest, actor: Actor) -> ServerSentEvent:
    """What happens to the reviews asked of this person."""
    return await _stream(request, live.watch_reviews(actor))


@get("/admin/jobs/events")
async def follow_jobs(request: AnyRequest, actor: Actor) -> ServerSentEvent:
    """What happens to jobs, for administrators."""
    return await _stream(request, live.watch_jobs(actor))


async def _stream(request: AnyRequest, topic: str) -> ServerSentEvent:
    work = work_of(request.scope)
    # A stream lasts for minutes, and must not keep a connection of the pool that long.
    await work.release()
    credential = await identify(request, work)
    if credential is None:
        raise Unauthenticated
    marks = await work.platform.live.marks(topic, credential)

    async def messages() -> AsyncIterator[ServerSentEventMessage]:
        async for mark in marks:
            if mark is None:
                yield ServerSentEventMessage(data=None, comment="nothing new")
            else:
                yield ServerSentEventMessage(data=mark, event="changed", retry=RETRY_MILLISECONDS)

    return ServerSentEvent(messages(), headers={"Cache-Control": "no-store"})


handlers = [follow_challenge, follow_reviews, follow_jobs]
