"""Rankings: dated, immutable snapshots with intervals and reasons."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import Parameter, QueryParameter

from api.paging import PageOut, PageRequest, page_out
from ideation.actions import rankings
from ideation.database import Connection
from ideation.entities.ideas import IdeaState
from ideation.entities.people import Actor
from ideation.entities.rankings import AlwaysSeen, RankingEntryOut, RankingFilter, RankingKind, RankingOut, RankingSort

Kind = Annotated[RankingKind | None, Parameter(description="Only snapshots of this kind.")]
Grey = Annotated[bool, Parameter(description="Only places that may or may not be among the best k.")]
InState = Annotated[IdeaState | None, QueryParameter(name="state", description="Only ideas in this state.")]


@get("/challenges/{challenge_id:uuid}/rankings", summary="List the rankings of a challenge", tags=["rankings"])
async def list_all(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> PageOut[RankingOut]:
    """Snapshots, newest first. Interim ones are for those who run the challenge, moderators and the panel."""
    found = await rankings.list_rankings(connection, actor, challenge_id, now, limit=page.limit, after=page.after)
    return page_out(found, page)


@get("/challenges/{challenge_id:uuid}/rankings/latest", summary="Read the newest ranking", tags=["rankings"])
async def latest(
    challenge_id: UUID, connection: Connection, actor: Actor, now: datetime, kind: Kind = None
) -> RankingOut:
    """The newest snapshot this person may see."""
    return await rankings.read_latest(connection, actor, challenge_id, kind, now)


@get("/rankings/{ranking_id:uuid}", summary="Read a ranking", tags=["rankings"])
async def read(ranking_id: UUID, connection: Connection, actor: Actor, now: datetime) -> RankingOut:
    """One snapshot: formula, digest of its inputs, and what it says as a whole."""
    return await rankings.read_ranking(connection, actor, ranking_id, now)


@get(
    "/rankings/{ranking_id:uuid}/entries",
    summary="List the places of a ranking",
    tags=["rankings"],
    opt={"planned_once": True},
)
async def entries(
    ranking_id: UUID,
    connection: Connection,
    actor: Actor,
    now: datetime,
    page: PageRequest,
    sort: RankingSort = RankingSort.PLACE,
    grey: Grey = False,
    in_state: InState = None,
    theme_id: UUID | None = None,
) -> PageOut[RankingEntryOut]:
    """From the top: score, intervals, P(top k), band of ties, and what every part contributed."""
    kept = RankingFilter(grey=grey, state=in_state, theme_id=theme_id)
    found = await rankings.list_entries(
        connection, actor, ranking_id, now, limit=page.limit, after=page.after, kept=kept, sort=sort
    )
    return page_out(found, page)


@get("/rankings/{ranking_id:uuid}/always-see", summary="List what the panel always sees", tags=["rankings"])
async def always_see(ranking_id: UUID, connection: Connection, actor: Actor, now: datetime) -> list[AlwaysSeen]:
    """Ideas to look at whatever their place, and why: contested, novel yet scored low, or a reviewer's wildcard."""
    return await rankings.list_always_seen(connection, actor, ranking_id, now)


handlers = [list_all, latest, read, entries, always_see]
