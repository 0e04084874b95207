"""One's own data: who am I, what is known about me, and its erasure."""

from datetime import datetime
from uuid import UUID

from ideation.actions.people import lock_for_leaving
from ideation.actions.replacements import replace_everywhere
from ideation.database import Connection
from ideation.entities.people import Actor, Me, PersonOut, PolicyState, Scope
from ideation.entities.personal_data import PersonalData
from ideation.queries import audit
from ideation.queries import erasure as erasure_queries
from ideation.queries import people as people_queries
from ideation.queries import personal_data as queries
from ideation.queries.notifications import count_unread
from ideation.queries.policies import find_current_policy
from ideation.queries.retention import sweep_ended
from ideation.rules.access import require_administrator, require_scope
from ideation.rules.people import require_person, show_person


async def read_me(connection: Connection, actor: Actor) -> Me:
    """The signed-in person, with where they stand with the usage policy and what they have not read."""
    require_scope(actor, Scope.READ)
    person = require_person(await people_queries.find_person(connection, actor.person_id))
    policy = await find_current_policy(connection)
    return Me(
        id=person.id,
        name=person.name,
        email=person.email,
        department=person.department,
        site=person.site,
        manager_id=person.manager_id,
        roles=person.roles,
        scopes=sorted(actor.scopes),
        policy=PolicyState(current_version=None if policy is None else policy.version, accepted=actor.policy_accepted),
        unread_notifications=await count_unread(connection, person.id),
    )


async def read_personal_data(connection: Connection, actor: Actor, now: datetime) -> PersonalData:
    """Everything the system knows about me."""
    require_scope(actor, Scope.READ)
    tables = await queries.read_personal_data(connection, actor.person_id)
    return PersonalData(person_id=actor.person_id, exported_at=now, tables=tables)


async def erase_person(connection: Connection, actor: Actor, person_id: UUID, now: datetime) -> PersonOut:
    """Remove a person's data for good; for administrators. Ideas, votes and threads stay, under a placeholder."""
    require_administrator(actor)
    person = await lock_for_leaving(connection, person_id)
    if person.erased_at is not None:
        return show_person(actor, person)
    # Other people's rows first, then the panels, then all else: so do those who ask for reviews.
    await erasure_queries.release_reports(connection, person_id, now)
    await replace_everywhere(connection, person_id, now)
    removed = await erasure_queries.remove_private_rows(connection, person_id)
    erased = await erasure_queries.erase_person(connection, person_id, now)
    await audit.record(
        connection,
        action="person.erase",
        subject_kind="person",
        subject_id=person_id,
        now=now,
        actor_id=actor.person_id,
        details=removed,
    )
    return show_person(actor, erased)


async def forget_ended(connection: Connection, ended_before: datetime) -> int:
    """Delete sessions, links and tokens that ended, and messages that were read, before then; for the schedule."""
    return await sweep_ended(connection, ended_before)
