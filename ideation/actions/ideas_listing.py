"""Lists of ideas in a challenge, each reader seeing what that reader may know."""

from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from ideation.actions.ideas_counts import count_votes
from ideation.database import Connection
from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.ideas import IdeaRow, IdeaState, state_shown, states_shown_as
from ideation.entities.ideas_forms import SORTS_BY_COUNTS, IdeaAuthor, IdeaFilter, IdeaItem, IdeaSort
from ideation.entities.people import Actor
from ideation.entities.votes import VoteCounts
from ideation.errors import Forbidden, Invalid
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import challenges as challenge_queries
from ideation.queries import idea_authors as author_queries
from ideation.queries import ideas_list as queries
from ideation.rules.authorship import may_know_authors
from ideation.rules.challenges import require_visible
from ideation.rules.decisions import may_know_decisions, require_tells_no_decision
from ideation.rules.votes import may_see_counts


async def list_ideas(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    *,
    now: datetime,
    limit: int,
    after: PageKey | None = None,
    kept: IdeaFilter | None = None,
    sort: IdeaSort = IdeaSort.NEWEST,
) -> Page[IdeaItem]:
    """Submitted ideas of a challenge; hidden and withdrawn ones are left out, merged ones are folded.

    Random is the person's own order of the (UTC) day, the same on every page and reload.
    """
    found, panel_member = await challenge_queries.find_challenge_for(connection, challenge_id, actor.person_id, now)
    challenge = require_visible(actor, found, panel_member=panel_member)
    wanted = kept or IdeaFilter()
    known = may_know_decisions(actor, challenge, author=False, panel_member=panel_member)
    require_tells_no_decision(wanted.state, decisions_known=known)
    _check(actor, challenge, wanted, sort, panel_member=panel_member)
    ids = await queries.list_ids(
        connection,
        challenge_id,
        wanted,
        sort,
        states=None if wanted.state is None else states_shown_as(wanted.state, decisions_known=known),
        seed=daily_seed(actor.person_id, now),
        by_stars=challenge.voting_method is VotingMethod.STARS,
        after=after,
        limit=limit + 1,
    )
    page = cut_page(ids, limit, queries.encoded)
    items = await _items(connection, actor, challenge, [row[0] for row in page.items], panel_member=panel_member)
    return Page(items=items, next_key=page.next_key)


def daily_seed(person_id: UUID, now: datetime) -> int:
    """A number that differs from person to person and from (UTC) day to day."""
    digest = blake2b(person_id.bytes + now.date().isoformat().encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _check(actor: Actor, challenge: Challenge, kept: IdeaFilter, sort: IdeaSort, *, panel_member: bool) -> None:
    """A filter or an order must not tell what the reader may not know."""
    if kept.state in (IdeaState.DRAFT, IdeaState.WITHDRAWN):
        raise Invalid(
            "Drafts and withdrawn ideas are not listed; see your own ideas.", field="state", reason="state-not-listed"
        )
    if kept.department is not None and not may_know_authors(
        actor, challenge, author=False, panel_member=panel_member, unsealed=False
    ):
        raise Forbidden("Authors are hidden here, and their departments with them.", reason="departments-hidden")
    if sort in SORTS_BY_COUNTS and not may_see_counts(actor, challenge, answered=False, owes_review=panel_member):
        raise Forbidden("Counts are hidden here for now, and the orders by them too.", reason="counts-hidden")


async def _items(
    connection: Connection, actor: Actor, challenge: Challenge, idea_ids: list[UUID], *, panel_member: bool
) -> list[IdeaItem]:
    rows = await queries.list_rows(connection, idea_ids, actor.person_id)
    counted = [
        row.id for row in rows if may_see_counts(actor, challenge, answered=row.answered, owes_review=row.owes_review)
    ]
    named = [
        row.id
        for row in rows
        if may_know_authors(actor, challenge, author=row.is_author, panel_member=panel_member, unsealed=row.unsealed)
    ]
    counts = await count_votes(connection, counted, actor.person_id, challenge.voting_method)
    authors = await author_queries.list_authors(connection, named)
    return [
        _item(
            row,
            state_shown(
                row.state,
                decisions_known=may_know_decisions(actor, challenge, author=row.is_author, panel_member=panel_member),
            ),
            authors.get(row.id),
            counts.get(row.id),
        )
        for row in rows
    ]


def _item(row: IdeaRow, state: IdeaState, authors: list[IdeaAuthor] | None, counts: VoteCounts | None) -> IdeaItem:
    return IdeaItem(
        id=row.id,
        challenge_id=row.challenge_id,
        title=row.title,
        excerpt=row.excerpt,
        tags=row.tags,
        state=state,
        authors=authors,
        department=None if authors is None else row.department,
        merged_count=row.merged_count,
        theme_id=row.theme_id,
        theme=row.theme,
        comment_count=row.comment_count,
        counts=counts,
        is_author=row.is_author,
        answered=row.answered,
        submitted_at=row.submitted_at,
        updated_at=row.updated_at,
    )
