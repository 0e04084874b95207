"""Merging ideas that say the same, and separating them again."""

from datetime import datetime
from uuid import UUID

from litestar import get, post

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import merges
from ideation.database import Connection
from ideation.entities.merges import Merged, MergeOut, NewMerge, Unmerging
from ideation.entities.people import Actor

_TAGS = ["duplicates"]


@post("/challenges/{challenge_id:uuid}/merges", summary="Merge ideas", tags=_TAGS)
async def merge_ideas(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: NewMerge
) -> Merged:
    """Shows them as one; votes, comments and authors stay on their rows. All authors are told."""
    return await merges.merge_ideas(connection, actor, challenge_id, data, now)


@post("/challenges/{challenge_id:uuid}/unmerges", summary="Separate merged ideas", tags=_TAGS, status_code=204)
async def unmerge_ideas(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Unmerging
) -> None:
    """Everything is again as it was before the merge. All authors are told."""
    await merges.unmerge_ideas(connection, actor, challenge_id, data, now)


@get("/challenges/{challenge_id:uuid}/merges", summary="List merges", tags=_TAGS)
async def list_merges(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    standing_only: bool = False,
) -> PageOut[MergeOut]:
    """The latest first; for moderators and those who run the challenge."""
    found = await merges.list_merges(
        connection, actor, challenge_id, standing_only=standing_only, now=now, limit=page.limit, after=page.after
    )
    return page_out(found, page)


handlers = [merge_ideas, unmerge_ideas, list_merges]
