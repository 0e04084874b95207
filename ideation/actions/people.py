"""People: adding, reading, changing, and letting them in or keeping them out."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET

from ideation.actions.replacements import replace_everywhere
from ideation.database import Connection
from ideation.entities.people import (
    Actor,
    NewPerson,
    PeopleGroup,
    Person,
    PersonChange,
    PersonFilter,
    PersonOut,
    Role,
    Scope,
)
from ideation.errors import AlreadyExists, Invalid, PreconditionFailed
from ideation.ids import new_id
from ideation.paging import Page, PageKey, cut_page
from ideation.paging_keys import text_and_id, text_key
from ideation.queries import audit
from ideation.queries import people as queries
from ideation.queries.sessions import end_all_sessions, void_links
from ideation.queries.tokens import revoke_all_tokens
from ideation.rules.access import require_administrator, require_scope
from ideation.rules.people import (
    name_search,
    require_active,
    require_allowed_filter,
    require_another_administrator,
    require_changeable,
    require_person,
    show_person,
)


async def create_person(connection: Connection, actor: Actor, person: NewPerson, now: datetime) -> PersonOut:
    """Add a person; for administrators."""
    require_administrator(actor)
    return show_person(actor, await add_person(connection, person, now, actor_id=actor.person_id))


async def add_person(
    connection: Connection, person: NewPerson, now: datetime, *, actor_id: UUID | None = None
) -> Person:
    """Add a person on nobody's behalf: for the command line, imports and the demo, which have no signed-in actor."""
    await _require_manager(connection, person.manager_id)
    added = await queries.add_person(connection, new_id(), person, now)
    if added is None:
        raise AlreadyExists("Somebody with this e-mail address is registered already.", reason="email-taken")
    details = {"roles": added.roles}
    await _record(connection, "person.create", added.id, now, actor_id=actor_id, details=details)
    return added


async def read_person(connection: Connection, actor: Actor, person_id: UUID) -> PersonOut:
    """A colleague as the actor may see them."""
    require_scope(actor, Scope.READ)
    return show_person(actor, require_person(await queries.find_person(connection, person_id)))


async def list_people(
    connection: Connection, actor: Actor, wanted: PersonFilter, *, limit: int, after: PageKey | None
) -> Page[PersonOut]:
    """Colleagues by name; a search goes by the words of the name, and for administrators also by e-mail address."""
    require_scope(actor, Scope.READ)
    require_allowed_filter(actor, wanted)
    rows = await queries.list_people(
        connection,
        wanted,
        words=None if wanted.query is None else name_search(wanted.query),
        email=wanted.query if actor.has(Role.ADMINISTRATOR) else None,
        limit=limit + 1,
        after=text_and_id(after),
    )
    page = cut_page(rows, limit, lambda row: text_key(row[1], row[0].id))
    return Page(items=[show_person(actor, person) for person, _ in page.items], next_key=page.next_key)


async def change_person(
    connection: Connection, actor: Actor, person_id: UUID, change: PersonChange, now: datetime, *, expected_version: int
) -> PersonOut:
    """Change what is known of a person; for administrators."""
    require_administrator(actor)
    person = require_person(await queries.lock_person(connection, person_id))
    require_changeable(person)
    wanted = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    if change.manager_id is not UNSET:
        await _require_manager(connection, change.manager_id, of=person_id)
    changed = await queries.change_person(connection, msgspec.structs.replace(person, **wanted), expected_version, now)
    if changed is None:
        raise PreconditionFailed(current_version=person.version)
    # Names of fields only: the trail is never changed, so it must not hold what an erasure has to remove.
    await _record(
        connection, "person.change", person_id, now, actor_id=actor.person_id, details={"fields": sorted(wanted)}
    )
    return show_person(actor, changed)


async def deactivate_person(connection: Connection, actor: Actor, person_id: UUID, now: datetime) -> PersonOut:
    """Keep a person out: from this commit on no session, token or link of theirs works, and others are asked for the
    reviews they owed."""
    require_administrator(actor)
    person = await lock_for_leaving(connection, person_id)
    if not person.active:
        return show_person(actor, person)
    person = await queries.set_active(connection, person_id, False, now)
    details = await end_access(connection, person_id, now)
    details["reviews_released"] = await replace_everywhere(connection, person_id, now)
    await _record(connection, "person.deactivate", person_id, now, actor_id=actor.person_id, details=details)
    return show_person(actor, person)


async def reactivate_person(connection: Connection, actor: Actor, person_id: UUID, now: datetime) -> PersonOut:
    """Let a person in again; their old sessions and tokens stay ended."""
    require_administrator(actor)
    person = require_person(await queries.lock_person(connection, person_id))
    require_changeable(person)
    if person.active:
        return show_person(actor, person)
    person = await queries.set_active(connection, person_id, True, now)
    await _record(connection, "person.reactivate", person_id, now, actor_id=actor.person_id)
    return show_person(actor, person)


async def grant_role(connection: Connection, actor: Actor, person_id: UUID, role: Role, now: datetime) -> PersonOut:
    """Give an active person a role; one they hold already changes nothing."""
    require_administrator(actor)
    person = require_person(await queries.lock_person(connection, person_id))
    require_active(person)
    if role in person.roles:
        return show_person(actor, person)
    person = await queries.set_roles(connection, person_id, [*person.roles, role], now)
    await _record(connection, "role.grant", person_id, now, actor_id=actor.person_id, details={"role": role})
    return show_person(actor, person)


async def remove_role(connection: Connection, actor: Actor, person_id: UUID, role: Role, now: datetime) -> PersonOut:
    """Take a role from a person; the last active administrator keeps that one.

    Others are asked for the reviews that somebody owed who is no longer a reviewer.
    """
    require_administrator(actor)
    lock = lock_for_leaving if role is Role.ADMINISTRATOR else _lock
    person = await lock(connection, person_id)
    if role not in person.roles:
        return show_person(actor, person)
    remaining = [held for held in person.roles if held is not role]
    person = await queries.set_roles(connection, person_id, remaining, now)
    details: dict[str, object] = {"role": role}
    if role is Role.REVIEWER:
        details["reviews_released"] = await replace_everywhere(connection, person_id, now)
    await _record(connection, "role.remove", person_id, now, actor_id=actor.person_id, details=details)
    return show_person(actor, person)


async def list_department_names(connection: Connection, actor: Actor) -> list[str]:
    """The names alone, which take no counting through everybody."""
    require_scope(actor, Scope.READ)
    return await queries.list_department_names(connection)


async def list_departments(connection: Connection, actor: Actor) -> list[PeopleGroup]:
    """The departments that have active people, by name."""
    require_scope(actor, Scope.READ)
    return await queries.list_departments(connection)


async def list_sites(connection: Connection, actor: Actor) -> list[PeopleGroup]:
    """The sites that have active people, by name."""
    require_scope(actor, Scope.READ)
    return await queries.list_sites(connection)


async def lock_for_leaving(connection: Connection, person_id: UUID) -> Person:
    """The person, locked, once it is certain that another active administrator remains."""
    administrators = await queries.hold_administrators(connection)
    if person_id in administrators:
        require_another_administrator(administrators, person_id)
    return await _lock(connection, person_id)


async def end_access(connection: Connection, person_id: UUID, now: datetime) -> dict[str, int]:
    """End every session, token and sign-in link of a person; returns how many there were, for the trail."""
    await void_links(connection, person_id)
    return {
        "sessions_ended": await end_all_sessions(connection, person_id, now),
        "tokens_revoked": await revoke_all_tokens(connection, person_id, now),
    }


async def _lock(connection: Connection, person_id: UUID) -> Person:
    return require_person(await queries.lock_person(connection, person_id))


async def _require_manager(connection: Connection, manager_id: UUID | None, *, of: UUID | None = None) -> None:
    if manager_id is None:
        return
    await queries.hold_managers(connection)
    manager = await queries.find_person(connection, manager_id)
    if manager is None or not manager.active:
        raise Invalid(
            "There is no active person with this id to be the manager.", field="manager_id", reason="manager-unknown"
        )
    if of is not None and await queries.reports_to(connection, manager_id, of):
        raise Invalid(
            "Nobody can be above themselves in the reporting lines.", field="manager_id", reason="manager-circle"
        )


async def _record(
    connection: Connection,
    action: str,
    person_id: UUID,
    now: datetime,
    *,
    actor_id: UUID | None,
    details: Mapping[str, object] | None = None,
) -> None:
    await audit.record(
        connection,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        now=now,
        actor_id=actor_id,
        details=details,
    )
