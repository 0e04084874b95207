"""Possible duplicates: the queue, verdicts, groups, and how often the finder is right."""

from datetime import datetime
from uuid import UUID

from litestar import get, post

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import duplicates
from ideation.database import Connection
from ideation.entities.duplicates import (
    GroupOut,
    ModelOut,
    NewPair,
    PairOut,
    PairState,
    ProposedOut,
    Verdicts,
    VerdictsOut,
)
from ideation.entities.people import Actor

_TAGS = ["duplicates"]


@get("/challenges/{challenge_id:uuid}/duplicates", summary="List possible duplicates", tags=_TAGS)
async def list_duplicates(
    challenge_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    pair_state: PairState = PairState.PROPOSED,
) -> PageOut[PairOut]:
    """The likeliest first, with both texts and why they look alike; for moderators and those who run the challenge."""
    found = await duplicates.list_queue(
        connection, actor, challenge_id, state=pair_state, now=now, limit=page.limit, after=page.after
    )
    return page_out(found, page)


@post("/challenges/{challenge_id:uuid}/duplicates", summary="Propose that two ideas are the same", tags=_TAGS)
async def propose_duplicate(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: NewPair
) -> ProposedOut:
    """A moderator decides. A pair that was decided before does not come back."""
    return await duplicates.propose_pair(connection, actor, challenge_id, data, now)


@post("/challenges/{challenge_id:uuid}/duplicates/verdicts", summary="Decide pairs", tags=_TAGS, status_code=200)
async def decide_duplicates(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, data: Verdicts
) -> VerdictsOut:
    """Confirm or dismiss up to a hundred pairs; the verdict is remembered for ever. `merge` merges confirmed ones."""
    return await duplicates.decide_pairs(connection, actor, challenge_id, data, now)


@get("/challenges/{challenge_id:uuid}/duplicates/groups", summary="List groups of confirmed duplicates", tags=_TAGS)
async def list_duplicate_groups(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime
) -> list[GroupOut]:
    """Ideas that confirmed pairs connect and that are not merged yet."""
    return await duplicates.list_groups(connection, actor, challenge_id, now)


@get("/duplicates/model", summary="See how often the finder is right", tags=_TAGS)
async def read_duplicate_model(connection: Connection, actor: Actor) -> ModelOut:
    """The shipped model's figures until this installation has forty verdicts of either kind, then its own."""
    return await duplicates.read_model(connection, actor)


handlers = [list_duplicates, propose_duplicate, decide_duplicates, list_duplicate_groups, read_duplicate_model]
