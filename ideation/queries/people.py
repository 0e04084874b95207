"""SQL of people."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from ideation.database import Connection
from ideation.entities.people import NewPerson, PeopleGroup, Person, PersonFilter, Role
from ideation.errors import AlreadyExists
from ideation.queries import load_statements, row_as

_SQL = load_statements("people")


async def add_person(connection: Connection, person_id: UUID, person: NewPerson, now: datetime) -> Person | None:
    """Add a person; None when somebody has this e-mail address."""
    row = await connection.fetchrow(
        _SQL["add_person"],
        person_id,
        person.name,
        person.email,
        person.department,
        person.site,
        person.manager_id,
        _names(person.roles),
        now,
    )
    return _person(row)


async def find_person(connection: Connection, person_id: UUID) -> Person | None:
    """One person."""
    return _person(await connection.fetchrow(_SQL["find_person"], person_id))


async def find_person_by_email(connection: Connection, email: str) -> Person | None:
    """The person with this e-mail address, whatever its case."""
    return _person(await connection.fetchrow(_SQL["find_person_by_email"], email))


async def lock_person(connection: Connection, person_id: UUID) -> Person | None:
    """One person, locked until the commit."""
    return _person(await connection.fetchrow(_SQL["lock_person"], person_id))


async def list_people(
    connection: Connection,
    wanted: PersonFilter,
    *,
    words: str | None,
    email: str | None,
    limit: int,
    after: tuple[str, UUID] | None,
) -> list[tuple[Person, str]]:
    """Up to `limit` people by name, each with the text they are sorted by; `words` is a text search query."""
    rows = await connection.fetch(
        _SQL["list_people"],
        wanted.department,
        wanted.site,
        wanted.role,
        wanted.active,
        email,
        limit,
        *(after or (None, None)),
        words,
    )
    return [(row_as(row, Person), row["sort_name"]) for row in rows]


async def change_person(connection: Connection, person: Person, expected_version: int, now: datetime) -> Person | None:
    """Store a person's new values; None when the version is no longer the expected one."""
    try:
        row = await connection.fetchrow(
            _SQL["change_person"],
            person.id,
            person.name,
            person.email,
            person.department,
            person.site,
            person.manager_id,
            expected_version,
            now,
        )
    except asyncpg.UniqueViolationError:
        raise AlreadyExists("Somebody else has this e-mail address.", reason="email-taken") from None
    return _person(row)


async def hold_managers(connection: Connection) -> None:
    """Let no other transaction change a reporting line until the commit."""
    await connection.execute(_SQL["hold_managers"])


async def reports_to(connection: Connection, person_id: UUID, manager_id: UUID) -> bool:
    """Whether the first is the second or below the second in the reporting lines."""
    below: bool = await connection.fetchval(_SQL["reports_to"], person_id, manager_id)
    return below


async def hold_administrators(connection: Connection) -> set[UUID]:
    """The active administrators; until the commit nobody else can change one of them."""
    return {row["id"] for row in await connection.fetch(_SQL["hold_administrators"])}


async def set_roles(connection: Connection, person_id: UUID, roles: Iterable[Role], now: datetime) -> Person:
    """Replace a person's further roles."""
    row = await connection.fetchrow(_SQL["set_roles"], person_id, _names(roles), now)
    return row_as(row, Person)


async def set_active(connection: Connection, person_id: UUID, active: bool, now: datetime) -> Person:
    """Let a person in or keep them out."""
    row = await connection.fetchrow(_SQL["set_active"], person_id, active, now)
    return row_as(row, Person)


async def list_department_names(connection: Connection) -> list[str]:
    """Every department with active people, without counting them."""
    return [row["name"] for row in await connection.fetch(_SQL["list_department_names"])]


async def list_departments(connection: Connection) -> list[PeopleGroup]:
    """Every department with active people."""
    return [row_as(row, PeopleGroup) for row in await connection.fetch(_SQL["list_departments"])]


async def list_sites(connection: Connection) -> list[PeopleGroup]:
    """Every site with active people."""
    return [row_as(row, PeopleGroup) for row in await connection.fetch(_SQL["list_sites"])]


def _person(row: asyncpg.Record | None) -> Person | None:
    return None if row is None else row_as(row, Person)


def _names(roles: Iterable[Role]) -> list[str]:
    return sorted({str(role) for role in roles})
