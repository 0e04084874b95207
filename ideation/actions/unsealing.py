"""Unsealing the author of an idea: asked for by one person, approved by another in another role, always recorded."""

from datetime import datetime
from uuid import UUID

from ideation.actions.challenges import find_visible_challenge, refuse_missing
from ideation.actions.ideas_reading import find_visible_idea
from ideation.actions.notifications import notify_all
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.unsealing import Unsealing, UnsealingApproval, UnsealingRequest
from ideation.errors import AlreadyExists, Forbidden, NotFound, WrongState
from ideation.ids import new_id
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import time_and_id, time_key
from ideation.queries import audit
from ideation.queries import idea_authors as author_queries
from ideation.queries import unsealing as queries
from ideation.rules.unsealing import held_roles, require_sealed, require_second_person, require_unsealing_role


async def request_unsealing(
    connection: Connection, actor: Actor, idea_id: UUID, asked: UnsealingRequest, now: datetime
) -> Unsealing:
    """Ask for the author of a sealed idea to be opened; nothing is opened before somebody else approves."""
    seen = await find_visible_idea(connection, actor, idea_id, now)
    require_unsealing_role(actor, seen.challenge, asked.role)
    require_sealed(seen.challenge)
    unsealing_id = new_id()
    if not await queries.add_unsealing(connection, unsealing_id, idea_id, asked, actor.person_id, now):
        raise AlreadyExists("The unsealing of this idea's author has been asked for already.", reason="unsealing-asked")
    details: dict[str, object] = {"unsealing_id": unsealing_id, "role": asked.role, "reason": asked.reason}
    await _record(connection, actor, seen.challenge.id, idea_id, "idea.unsealing_requested", details, now)
    return await _read(connection, unsealing_id)


async def approve_unsealing(
    connection: Connection, actor: Actor, unsealing_id: UUID, approval: UnsealingApproval, now: datetime
) -> Unsealing:
    """Open the author to those who run the challenge and to moderators; the authors are told that it happened."""
    unsealing = await queries.find_unsealing(connection, unsealing_id)
    if unsealing is None:
        await refuse_missing(connection, actor, unsealing_id, now, asked_for="request")
    challenge = await find_visible_challenge(connection, actor, unsealing.challenge_id, now, asked_for="request")
    require_unsealing_role(actor, challenge, approval.role)
    require_second_person(actor, unsealing, approval.role)
    if not await queries.approve_unsealing(connection, unsealing_id, actor.person_id, approval.role, now):
        raise WrongState("This unsealing has been approved already.", reason="unsealing-approved")
    details: dict[str, object] = {
        "unsealing_id": unsealing_id,
        "role": approval.role,
        "reason": unsealing.reason,
        "requested_by": unsealing.requested_by,
        "requested_role": unsealing.requested_role,
    }
    await _record(connection, actor, challenge.id, unsealing.idea_id, "idea.unsealed", details, now)
    await _tell_authors(connection, unsealing, now)
    return await _read(connection, unsealing_id)


async def _tell_authors(connection: Connection, unsealing: Unsealing, now: datetime) -> None:
    role = unsealing.requested_role.replace("_", " ")
    await notify_all(
        connection,
        await author_queries.author_ids(connection, unsealing.idea_id),
        "author_unsealed",
        f"Two people opened who wrote your idea, asked for by a {role}. The reason given: {unsealing.reason}",
        f"author_unsealed:{unsealing.id}",
        now=now,
        challenge_id=unsealing.challenge_id,
        idea_id=unsealing.idea_id,
    )


async def list_unsealings(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    *,
    now: datetime,
    limit: int,
    after: PageKey | None = None,
) -> Page[Unsealing]:
    """All requests of a challenge, the latest first, for those who can take part in one."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    if not held_roles(actor, challenge):
        raise Forbidden(
            "Only moderators, administrators and the challenge's owner see these requests.", reason="unsealings-of-some"
        )
    rows = await queries.list_unsealings(connection, challenge_id, after=time_and_id(after), limit=limit + 1)
    return cut_page(rows, limit, lambda row: time_key(row.requested_at, row.id))


async def _read(connection: Connection, unsealing_id: UUID) -> Unsealing:
    unsealing = await queries.find_unsealing(connection, unsealing_id)
    if unsealing is None:
        raise NotFound("There is no such request, or it is not open to you.")
    return unsealing


async def _record(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    idea_id: UUID,
    action: str,
    details: dict[str, object],
    now: datetime,
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind="idea",
        subject_id=idea_id,
        challenge_id=challenge_id,
        actor_id=actor.person_id,
        now=now,
        details=details,
    )
