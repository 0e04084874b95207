"""Reading ideas: one with everything its reader may know, its revisions, lists of them."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from ideation.actions.ideas_counts import count_votes, no_votes
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.ideas import Idea, IdeaState, Surroundings, state_shown
from ideation.entities.ideas_forms import IdeaAuthor, IdeaOut, MergedIdea, MyIdea, Revision
from ideation.entities.people import Actor, Scope
from ideation.entities.votes import VoteCounts
from ideation.errors import NotFound
from ideation.markdown import render_markdown
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import challenges as challenge_queries
from ideation.queries import idea_authors as author_queries
from ideation.queries import ideas as queries
from ideation.rules.access import require_scope
from ideation.rules.authorship import may_know_authors
from ideation.rules.challenges import require_visible
from ideation.rules.challenges_windows import takes_ideas
from ideation.rules.decisions import may_know_decisions
from ideation.rules.ideas import require_visible_idea
from ideation.rules.votes import may_see_counts

_MERGED = 50


class SeenIdea(msgspec.Struct, frozen=True, kw_only=True):
    """An idea that a person may see, with its challenge and what stands around it."""

    idea: Idea
    challenge: Challenge
    surroundings: Surroundings


async def find_visible_idea(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> SeenIdea:
    """The idea, if this person may see it; NotFound alike for one that does not exist. Invited people see it too."""
    idea = await queries.find_idea(connection, idea_id)
    # As much is asked for an idea that is not there as for one that is hidden, so that time tells nothing.
    around = await queries.read_surroundings(connection, idea_id, actor.person_id)
    challenge = await challenge_queries.find_challenge(connection, idea_id if idea is None else idea.challenge_id, now)
    if idea is None or around is None:
        require_scope(actor, Scope.READ)
        raise NotFound("There is no such idea, or it is not open to you.")
    visible = require_visible(actor, challenge, panel_member=around.panel_member, asked_for="idea")
    require_visible_idea(actor, visible, idea, author=around.is_author or around.is_invited)
    return SeenIdea(idea=idea, challenge=visible, surroundings=around)


async def read_idea(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> IdeaOut:
    """One idea with everything its reader may know."""
    seen = await find_visible_idea(connection, actor, idea_id, now)
    authors = await _authors(connection, actor, seen)
    around = seen.surroundings
    known = may_know_decisions(
        actor, seen.challenge, author=around.is_author or around.is_invited, panel_member=around.panel_member
    )
    out = _idea_out(seen, authors, await _counts(connection, actor, seen), now)
    return replace(out, state=state_shown(out.state, decisions_known=known))


async def _authors(connection: Connection, actor: Actor, seen: SeenIdea) -> list[IdeaAuthor] | None:
    if not knows_authors(actor, seen):
        return None
    return (await author_queries.list_authors(connection, [seen.idea.id]))[seen.idea.id]


def knows_authors(actor: Actor, seen: SeenIdea) -> bool:
    """Whether this reader may be told who wrote the idea."""
    around = seen.surroundings
    return may_know_authors(
        actor,
        seen.challenge,
        author=around.is_author or around.is_invited,
        panel_member=around.panel_member,
        unsealed=around.unsealed,
    )


async def _counts(connection: Connection, actor: Actor, seen: SeenIdea) -> VoteCounts | None:
    around = seen.surroundings
    if seen.idea.state is IdeaState.DRAFT:
        return None
    if not may_see_counts(actor, seen.challenge, answered=around.answered, owes_review=around.owes_review):
        return None
    method = seen.challenge.voting_method
    return (await count_votes(connection, [seen.idea.id], actor.person_id, method))[seen.idea.id]


def _idea_out(seen: SeenIdea, authors: list[IdeaAuthor] | None, counts: VoteCounts | None, now: datetime) -> IdeaOut:
    idea, around = seen.idea, seen.surroundings
    open_for_edits = idea.state is IdeaState.DRAFT or (
        idea.state is IdeaState.SUBMITTED and takes_ideas(seen.challenge, now)
    )
    return IdeaOut(
        id=idea.id,
        challenge_id=idea.challenge_id,
        title=idea.title,
        body=idea.body,
        body_html=render_markdown(idea.body),
        tags=idea.tags,
        state=idea.state,
        authors=authors,
        department=None if authors is None else idea.department,
        canonical_id=idea.canonical_id,
        merged_count=around.merged_count,
        theme_id=around.theme_id,
        theme=around.theme,
        comment_count=around.comment_count,
        counts=counts,
        is_author=around.is_author,
        is_invited=around.is_invited,
        hidden=idea.hidden_at is not None,
        may_edit=around.is_author and open_for_edits,
        revision=idea.revision,
        version=idea.version,
        created_at=idea.created_at,
        updated_at=idea.updated_at,
        submitted_at=idea.submitted_at,
    )


def new_idea_out(actor: Actor, challenge: Challenge, idea: Idea, now: datetime) -> IdeaOut:
    """What `read_idea` would say of an idea that its author has just stored, without asking the database again."""
    seen = SeenIdea(idea=idea, challenge=challenge, surroundings=_NOTHING_YET)
    author = IdeaAuthor(person_id=actor.person_id, name=actor.name, department=actor.department)
    counted = idea.state is not IdeaState.DRAFT and may_see_counts(actor, challenge, answered=False, owes_review=False)
    return _idea_out(seen, [author], no_votes(idea.id, challenge.voting_method) if counted else None, now)


_NOTHING_YET = Surroundings(
    merged_count=0,
    theme_id=None,
    theme=None,
    comment_count=0,
    answered=False,
    is_author=True,
    is_invited=False,
    panel_member=False,
    owes_review=False,
    unsealed=False,
)


async def list_revisions(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> list[Revision]:
    """Every wording of an idea, the latest first."""
    seen = await find_visible_idea(connection, actor, idea_id, now)
    revisions = await queries.list_revisions(connection, idea_id)
    if knows_authors(actor, seen):
        return revisions
    return [replace(revision, edited_by=None) for revision in revisions]


async def list_my_ideas(
    connection: Connection,
    actor: Actor,
    *,
    limit: int,
    after: PageKey | None = None,
    challenge_id: UUID | None = None,
) -> Page[MyIdea]:
    """What the person wrote, agreed to or is invited to, the latest change first."""
    require_scope(actor, Scope.READ)
    rows = await queries.list_my_ideas(
        connection, actor.person_id, challenge_id=challenge_id, after=time_and_id(after), limit=limit + 1
    )
    return cut_page(rows, limit, lambda item: time_key(item.updated_at, item.id))


async def list_merged(connection: Connection, actor: Actor, idea_id: UUID, now: datetime) -> list[MergedIdea]:
    """The ideas that are shown with this one, which the actor must be able to see."""
    await find_visible_idea(connection, actor, idea_id, now)
    return await queries.list_merged(connection, idea_id, _MERGED)
