"""Merging ideas that say the same, and separating them again.

`merges` keeps who was merged into whom; `ideas.canonical_id` always names the idea that is shown in the end, so that
no reader follows a chain. What was merged into an idea follows it, and comes back with it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.notifications import notify_all
from ideation.actions.replacements import replace_conflicted
from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.merges import MergeableIdea, Merged, MergeOut, NewMerge, Unmerging
from ideation.entities.people import Actor
from ideation.errors import Invalid, WrongState
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import audit
from ideation.queries import idea_authors as author_queries
from ideation.queries import merges as queries
from ideation.queries.assignments import hold_panel
from ideation.rules.challenges import require_unarchived
from ideation.rules.merges import choose_survivor, require_found, require_shown
from ideation.rules.moderation import require_moderating
from ideation.staging import stage_job


async def merge_ideas(connection: Connection, actor: Actor, challenge_id: UUID, new: NewMerge, now: datetime) -> Merged:
    """Show several ideas as one; one that is merged already stands for the idea it is shown with."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_moderating(actor, challenge, own=False)
    merged = await fold_together(connection, actor, challenge, new, now)
    if not merged.merged_ids:
        raise WrongState("These ideas are merged already.", reason="merged-already")
    await replace_conflicted(connection, challenge_id, now)
    return merged


async def fold_together(
    connection: Connection, actor: Actor, challenge: Challenge, new: NewMerge, now: datetime
) -> Merged:
    """The same for somebody who may; nothing is merged when these ideas are shown as one already.

    The authors of the idea that stays are then those of all: `replace_conflicted` has to follow in this transaction.
    """
    require_unarchived(challenge)
    # Before the ideas: whoever asks for reviews takes both in this order.
    await hold_panel(connection, challenge.id)
    asked = await queries.hold_ideas(connection, challenge.id, new.idea_ids, actor.person_id)
    require_found(new.idea_ids, asked, challenge.id)
    require_moderating(actor, challenge, own=any(idea.is_author for idea in asked))
    ideas = await _survivors(connection, actor, asked)
    require_shown(ideas)
    survivor = choose_survivor(ideas, _root(asked, new.survivor_id))
    merged = [idea for idea in ideas if idea.id != survivor.id]
    for idea in merged:
        await _merge(connection, actor, challenge, idea, survivor, new.reason, now)
    return Merged(survivor_id=survivor.id, merged_ids=[idea.id for idea in merged])


async def _survivors(connection: Connection, actor: Actor, asked: Sequence[MergeableIdea]) -> list[MergeableIdea]:
    """The ideas that are shown for these, each once."""
    ids = sorted({idea.canonical_id or idea.id for idea in asked})
    return await queries.list_mergeable(connection, ids, actor.person_id)


def _root(asked: Sequence[MergeableIdea], idea_id: UUID | None) -> UUID | None:
    roots = {idea.id: idea.canonical_id or idea.id for idea in asked}
    if idea_id is not None and idea_id not in roots:
        raise Invalid(
            "The idea that stays must be one of those that are merged.",
            field="survivor_id",
            reason="survivor-elsewhere",
        )
    return None if idea_id is None else roots[idea_id]


async def _merge(
    connection: Connection,
    actor: Actor,
    challenge: Challenge,
    idea: MergeableIdea,
    survivor: MergeableIdea,
    reason: str,
    now: datetime,
) -> None:
    await queries.merge(connection, idea.id, survivor.id, reason, actor.person_id, now)
    details = {"into": str(survivor.id), "reason": reason}
    await _record(connection, actor, challenge, "idea.merged", idea.id, details, now)
    told = f"“{idea.title}” and “{survivor.title}” say the same and are now shown as one idea; both keep their authors."
    await _tell(connection, challenge, [idea.id, survivor.id], "idea_merged", told, idea.id, survivor.id, now)


async def unmerge_ideas(
    connection: Connection, actor: Actor, challenge_id: UUID, unmerging: Unmerging, now: datetime
) -> None:
    """Let merged ideas stand on their own again, with their own votes, comments and authors as before."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_moderating(actor, challenge, own=False)
    require_unarchived(challenge)
    ideas = await queries.hold_ideas(connection, challenge_id, unmerging.idea_ids, actor.person_id)
    require_found(unmerging.idea_ids, ideas, challenge_id)
    require_moderating(actor, challenge, own=any(idea.is_author for idea in ideas))
    for idea in ideas:
        await _unmerge(connection, actor, challenge, idea, unmerging.reason, now)


async def _unmerge(
    connection: Connection, actor: Actor, challenge: Challenge, idea: MergeableIdea, reason: str, now: datetime
) -> None:
    canonical_id = await queries.unmerge(connection, idea.id, actor.person_id, now)
    if canonical_id is None:
        raise WrongState("This idea is not merged into another.", idea_id=str(idea.id), reason="not-merged")
    details = {"from": str(canonical_id), "reason": reason}
    await _record(connection, actor, challenge, "idea.unmerged", idea.id, details, now)
    told = f"“{idea.title}” stands on its own again, with its own votes and comments."
    await _tell(connection, challenge, [idea.id, canonical_id], "idea_unmerged", told, idea.id, canonical_id, now)
    await stage_job(connection, "find_duplicates", idea.id, now)


async def list_merges(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    *,
    standing_only: bool,
    now: datetime,
    limit: int,
    after: PageKey | None,
) -> Page[MergeOut]:
    """Merges of a challenge, the latest first; for moderators and those who run it."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    require_moderating(actor, challenge, own=False)
    rows = await queries.list_merges(
        connection, challenge_id, standing_only=standing_only, after=time_and_id(after), limit=limit + 1
    )
    return cut_page(rows, limit, lambda row: time_key(row.merged_at, row.id))


async def _record(
    connection: Connection,
    actor: Actor,
    challenge: Challenge,
    action: str,
    idea_id: UUID,
    details: dict[str, str],
    now: datetime,
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind="idea",
        subject_id=idea_id,
        challenge_id=challenge.id,
        actor_id=actor.person_id,
        now=now,
        details=details,
    )


async def _tell(
    connection: Connection,
    challenge: Challenge,
    idea_ids: Sequence[UUID],
    kind: str,
    message: str,
    idea_id: UUID,
    other_id: UUID,
    now: datetime,
) -> None:
    people = {person for each in idea_ids for person in await author_queries.author_ids(connection, each)}
    once_key = f"{kind}:{idea_id}:{other_id}:{now.isoformat()}"
    await notify_all(
        connection, sorted(people), kind, message, once_key, now=now, challenge_id=challenge.id, idea_id=other_id
    )
