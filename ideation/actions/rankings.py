"""Reading rankings."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from ideation.actions.panel_rankings import always_seen
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.rankings import (
    AlwaysSeen,
    RankingEntryOut,
    RankingFilter,
    RankingKind,
    RankingOut,
    RankingSort,
    Standing,
)
from ideation.errors import NotFound
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import rankings as queries
from ideation.rules.authorship import may_know_authors
from ideation.rules.challenges import require_visible
from ideation.rules.crowd_reasons import without_own_department
from ideation.rules.rankings import require_rankings_visible, sees_every_ranking, visible_kinds
from ideation.rules.reviews import panel_may_see_ranks, reviewing_is_over


async def list_rankings(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime, *, limit: int, after: PageKey | None
) -> Page[RankingOut]:
    """The snapshots this person may see, newest first."""
    standing = await queries.find_standing(connection, actor.person_id, now, challenge_id=challenge_id)
    kinds = _visible_kinds(actor, standing, now)
    rows = await queries.list_rankings(connection, challenge_id, kinds, after=time_and_id(after), limit=limit + 1)
    return cut_page(rows, limit, lambda ranking: time_key(ranking.created_at, ranking.id))


async def read_latest(
    connection: Connection, actor: Actor, challenge_id: UUID, kind: RankingKind | None, now: datetime
) -> RankingOut:
    """The newest snapshot this person may see, of one kind or of any."""
    standing = await queries.find_standing(connection, actor.person_id, now, challenge_id=challenge_id)
    wanted = [one for one in _visible_kinds(actor, standing, now) if kind in (None, one)]
    rows = await queries.list_rankings(connection, challenge_id, wanted, after=None, limit=1)
    if not rows:
        raise NotFound("There is no ranking yet, or it is not open to you.")
    return rows[0]


async def read_ranking(connection: Connection, actor: Actor, ranking_id: UUID, now: datetime) -> RankingOut:
    """One snapshot."""
    return await _visible_ranking(connection, actor, ranking_id, now)


async def list_entries(
    connection: Connection,
    actor: Actor,
    ranking_id: UUID,
    now: datetime,
    *,
    limit: int,
    after: PageKey | None,
    kept: RankingFilter = RankingFilter(),  # noqa: B008 - frozen
    sort: RankingSort = RankingSort.PLACE,
) -> Page[RankingEntryOut]:
    """The places of a snapshot, from the top or as sorted, with titles as they are today."""
    standing = await _require_visible(connection, actor, ranking_id, now)
    key = None if after is None else (float(str(after[0])), int(str(after[1])))
    rows = await queries.list_entries(connection, ranking_id, kept, sort, after=key, limit=limit + 1)
    page = cut_page(rows, limit, lambda row: [repr(row[1]), row[0].position])
    return Page(items=[_told(actor, standing, entry) for entry, _ in page.items], next_key=page.next_key)


def _told(actor: Actor, standing: Standing, entry: RankingEntryOut) -> RankingEntryOut:
    challenge = standing.challenge
    if may_know_authors(actor, challenge, author=False, panel_member=standing.panel_member, unsealed=False):
        return entry
    return replace(entry, contributions=without_own_department(challenge.voting_method, entry.contributions))


async def list_always_seen(connection: Connection, actor: Actor, ranking_id: UUID, now: datetime) -> list[AlwaysSeen]:
    """What a snapshot lists for the panel whatever its place: contested ideas, novel ones that score low, wildcards."""
    ranking = await _visible_ranking(connection, actor, ranking_id, now)
    return await always_seen(connection, ranking.summary.get("always_see", []))


async def _visible_ranking(connection: Connection, actor: Actor, ranking_id: UUID, now: datetime) -> RankingOut:
    await _require_visible(connection, actor, ranking_id, now)
    return await queries.find_ranking(connection, ranking_id)


async def _require_visible(connection: Connection, actor: Actor, ranking_id: UUID, now: datetime) -> Standing:
    standing = await queries.find_standing(connection, actor.person_id, now, ranking_id=ranking_id)
    if standing is None or standing.kind not in _visible_kinds(actor, standing, now, asked_for="ranking"):
        raise NotFound("There is no such ranking, or it is not open to you.")
    return standing


def _visible_kinds(
    actor: Actor, standing: Standing | None, now: datetime, *, asked_for: str = "challenge"
) -> list[RankingKind]:
    if standing is None:
        raise NotFound("There is no such challenge, or it is not open to you.")
    challenge = require_visible(actor, standing.challenge, panel_member=standing.panel_member, asked_for=asked_for)
    owes_reviews = standing.reviews.open > 0 and not reviewing_is_over(challenge, now)
    panel_member = standing.panel_member and panel_may_see_ranks(challenge, now, standing.reviews)
    require_rankings_visible(actor, challenge, panel_member=panel_member, owes_reviews=owes_reviews)
    return visible_kinds(sees_every=sees_every_ranking(actor, challenge, panel_member=panel_member))
