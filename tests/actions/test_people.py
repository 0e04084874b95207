"""Adding, reading, changing people, and letting them in or keeping them out."""

import asyncio
from uuid import UUID

import msgspec
import pytest

from ideation.actions.people import (
    add_person,
    change_person,
    create_person,
    deactivate_person,
    grant_role,
    list_department_names,
    list_departments,
    list_people,
    list_sites,
    reactivate_person,
    read_person,
    remove_role,
)
from ideation.actions.sessions import create_sign_in_link, start_session
from ideation.actions.tokens import issue_token
from ideation.database import Connection, open_connection
from ideation.entities.people import (
    Actor,
    NewPerson,
    PeopleGroup,
    PersonChange,
    PersonFilter,
    PersonOut,
    Role,
    Scope,
)
from ideation.errors import (
    AlreadyExists,
    Conflict,
    Forbidden,
    IdeationError,
    Invalid,
    MissingScope,
    NotFound,
    PreconditionFailed,
    WrongState,
)
from ideation.ids import new_id
from tests.factories import NOW, make_actor, make_person

ADA = NewPerson(name="Ada Lovelace", email="ada@example.org", department="Engines", site="London")


async def make_administrator(connection: Connection) -> Actor:
    return await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))


async def audit_actions(connection: Connection, subject_id: UUID) -> list[str]:
    rows = await connection.fetch("SELECT action FROM audit_events WHERE subject_id = $1 ORDER BY id", str(subject_id))
    return [row["action"] for row in rows]


async def names(connection: Connection, actor: Actor, wanted: PersonFilter) -> list[str]:
    return [person.name for person in (await list_people(connection, actor, wanted, limit=100, after=None)).items]


async def test_create_person_stores_what_was_sent(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    manager_id = await make_person(connection)
    wanted = msgspec.structs.replace(ADA, manager_id=manager_id, roles=[Role.REVIEWER, Role.REVIEWER])
    created = await create_person(connection, administrator, wanted, NOW)
    assert created == PersonOut(
        id=created.id,
        name="Ada Lovelace",
        department="Engines",
        site="London",
        active=True,
        email="ada@example.org",
        manager_id=manager_id,
        roles=[Role.REVIEWER],
        version=1,
    )
    assert await read_person(connection, administrator, created.id) == created
    assert await audit_actions(connection, created.id) == ["person.create"]


async def test_create_person_refuses_an_address_that_is_taken_in_another_case(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    await create_person(connection, administrator, ADA, NOW)
    with pytest.raises(AlreadyExists):
        await create_person(connection, administrator, msgspec.structs.replace(ADA, email="ADA@example.org"), NOW)


async def test_create_person_refuses_an_unknown_manager(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    with pytest.raises(Invalid) as refusal:
        await create_person(connection, administrator, msgspec.structs.replace(ADA, manager_id=new_id()), NOW)
    assert refusal.value.extra == {"field": "manager_id"}


@pytest.mark.parametrize("role", [None, Role.CHALLENGE_OWNER, Role.MODERATOR, Role.REVIEWER])
async def test_only_administrators_change_people(connection: Connection, role: Role | None) -> None:
    actor = await make_actor(connection, roles=frozenset({role} if role else ()))
    person_id = await make_person(connection)
    for attempt in (
        create_person(connection, actor, ADA, NOW),
        change_person(connection, actor, person_id, PersonChange(name="X"), NOW, expected_version=1),
        deactivate_person(connection, actor, person_id, NOW),
        reactivate_person(connection, actor, person_id, NOW),
        grant_role(connection, actor, actor.person_id, Role.ADMINISTRATOR, NOW),
        remove_role(connection, actor, person_id, Role.REVIEWER, NOW),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_an_administrators_token_without_the_scope_changes_nobody(connection: Connection) -> None:
    actor = await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}), scopes=frozenset({Scope.READ}))
    with pytest.raises(MissingScope):
        await create_person(connection, actor, ADA, NOW)


async def test_colleagues_see_the_name_but_not_the_address(connection: Connection) -> None:
    employee = await make_actor(connection)
    ada = await add_person(connection, ADA, NOW)
    assert await read_person(connection, employee, ada.id) == PersonOut(
        id=ada.id,
        name="Ada Lovelace",
        department="Engines",
        site="London",
        active=True,
        email=None,
        manager_id=None,
        roles=None,
        version=1,
    )


async def test_everybody_sees_all_of_themselves(connection: Connection) -> None:
    employee = await make_actor(connection)
    shown = await read_person(connection, employee, employee.person_id)
    assert shown.roles == []
    assert shown.email == await connection.fetchval("SELECT email FROM people WHERE id = $1", employee.person_id)


async def test_an_unknown_person_is_not_found(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    unknown = new_id()
    for attempt in (
        read_person(connection, administrator, unknown),
        change_person(connection, administrator, unknown, PersonChange(name="X"), NOW, expected_version=1),
        deactivate_person(connection, administrator, unknown, NOW),
        grant_role(connection, administrator, unknown, Role.REVIEWER, NOW),
        remove_role(connection, administrator, unknown, Role.ADMINISTRATOR, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_list_people_pages_by_name_without_gap_or_repeat(connection: Connection) -> None:
    employee = await make_actor(connection)
    wanted = PersonFilter(department="Paging")
    for name in ("cleo", "Ada", "Bob", "bob", "Dan"):
        await make_person(connection, name=name, department="Paging")
    seen: list[str] = []
    page = await list_people(connection, employee, wanted, limit=2, after=None)
    while True:
        seen += [person.name for person in page.items]
        if page.next_key is None:
            break
        page = await list_people(connection, employee, wanted, limit=2, after=page.next_key)
    assert [name.lower() for name in seen] == ["ada", "bob", "bob", "cleo", "dan"]
    assert set(seen) == {"Ada", "Bob", "bob", "cleo", "Dan"}


async def test_list_people_filters(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    here: dict[str, object] = {"department": "Filters"}
    await make_person(connection, name="Anne-Marie O'Brien", site="Bergen", email="amo@example.org", **here)
    await make_person(connection, name="Zoë Berg", site="Oslo", roles=["reviewer"], **here)
    await make_person(connection, name="Gone Bergson", site="Oslo", active=False, **here)

    async def found(**given: object) -> list[str]:
        return await names(connection, administrator, PersonFilter(department="Filters", **given))  # type: ignore[arg-type]

    assert await found() == ["Anne-Marie O'Brien", "Zoë Berg"]
    assert await found(active=None) == ["Anne-Marie O'Brien", "Gone Bergson", "Zoë Berg"]
    assert await found(active=False) == ["Gone Bergson"]
    assert await found(site="Bergen") == ["Anne-Marie O'Brien"]
    assert await found(role=Role.REVIEWER) == ["Zoë Berg"]
    assert await found(query="ber") == ["Zoë Berg"]
    assert await found(query="o'br anne") == ["Anne-Marie O'Brien"]
    assert await found(query="zoë") == ["Zoë Berg"]
    assert await found(query="AMO@example.org") == ["Anne-Marie O'Brien"]
    assert await found(query="%") == []
    assert await found(query="' | x:* & !(") == []


async def test_an_employee_cannot_find_people_by_address(connection: Connection) -> None:
    employee = await make_actor(connection)
    await add_person(connection, ADA, NOW)
    assert await names(connection, employee, PersonFilter(query="ada@example.org")) == []
    assert await names(connection, employee, PersonFilter(query="lovelace ada")) == ["Ada Lovelace"]


async def test_roles_and_deactivated_people_are_listed_for_administrators_only(connection: Connection) -> None:
    employee = await make_actor(connection)
    owner = await make_actor(connection, roles=frozenset({Role.CHALLENGE_OWNER}))
    await make_person(connection, name="Rev", roles=["reviewer"], department="Panels")
    for actor, wanted in (
        (employee, PersonFilter(role=Role.REVIEWER)),
        (employee, PersonFilter(active=None)),
        (owner, PersonFilter(role=Role.ADMINISTRATOR)),
        (owner, PersonFilter(active=False)),
    ):
        with pytest.raises(Forbidden):
            await list_people(connection, actor, wanted, limit=10, after=None)
    assert await names(connection, owner, PersonFilter(role=Role.REVIEWER, department="Panels")) == ["Rev"]


async def test_departments_and_sites_count_active_people(connection: Connection) -> None:
    employee = await make_actor(connection, department="Aa", site="Oslo")
    await make_person(connection, department="Aa", site="")
    await make_person(connection, department="Aa", site="Rome", active=False)
    assert [group for group in await list_departments(connection, employee) if group.name == "Aa"] == [
        PeopleGroup(name="Aa", people=2)
    ]
    assert await list_sites(connection, employee) == [PeopleGroup(name="Oslo", people=1)]


async def test_department_names_are_those_with_active_people_in_order(connection: Connection) -> None:
    employee = await make_actor(connection, department="Cc")
    for department, active in (("Aa", True), ("Aa", True), ("Bb", False)):
        await make_person(connection, department=department, active=active)
    assert await list_department_names(connection, employee) == [
        group.name for group in await list_departments(connection, employee)
    ]
    assert {"Aa", "Bb", "Cc"} & set(await list_department_names(connection, employee)) == {"Aa", "Cc"}


async def test_change_person_changes_only_what_is_given(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    ada = await add_person(connection, ADA, NOW)
    changed = await change_person(
        connection, administrator, ada.id, PersonChange(department="Maths", site=""), NOW, expected_version=1
    )
    assert (changed.name, changed.email, changed.department, changed.site, changed.version) == (
        "Ada Lovelace",
        "ada@example.org",
        "Maths",
        "",
        2,
    )
    details = await connection.fetchval("SELECT details FROM audit_events WHERE action = 'person.change'")
    assert details == {"fields": ["department", "site"]}


async def test_change_person_refuses_a_stale_version(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    ada = await add_person(connection, ADA, NOW)
    await change_person(connection, administrator, ada.id, PersonChange(site="Paris"), NOW, expected_version=1)
    with pytest.raises(PreconditionFailed) as refusal:
        await change_person(connection, administrator, ada.id, PersonChange(site="Rome"), NOW, expected_version=1)
    assert refusal.value.extra == {"current_version": 2}


async def test_change_person_refuses_an_address_that_is_taken(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    ada = await add_person(connection, ADA, NOW)
    await make_person(connection, email="bob@example.org")
    with pytest.raises(AlreadyExists):
        await change_person(
            connection, administrator, ada.id, PersonChange(email="Bob@example.org"), NOW, expected_version=1
        )


async def test_reporting_lines_never_form_a_circle(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    top = await make_person(connection)
    middle = await make_person(connection, manager_id=top)
    bottom = await make_person(connection, manager_id=middle)
    for manager_id in (top, middle, bottom):
        with pytest.raises(Invalid):
            await change_person(
                connection, administrator, top, PersonChange(manager_id=manager_id), NOW, expected_version=1
            )
    await change_person(connection, administrator, bottom, PersonChange(manager_id=None), NOW, expected_version=1)
    changed = await change_person(
        connection, administrator, top, PersonChange(manager_id=bottom), NOW, expected_version=1
    )
    assert changed.manager_id == bottom


async def test_a_deactivated_person_cannot_become_a_manager(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    gone = await make_person(connection, active=False)
    person_id = await make_person(connection)
    with pytest.raises(Invalid):
        await change_person(
            connection, administrator, person_id, PersonChange(manager_id=gone), NOW, expected_version=1
        )


async def test_deactivation_ends_every_way_in_and_reactivation_restores_none(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    person_id = await make_person(connection)
    await start_session(connection, person_id, NOW, 12)
    await issue_token(connection, person_id, name="script", scopes=[Scope.READ], now=NOW, days=30)
    await create_sign_in_link(connection, person_id, NOW)
    assert not (await deactivate_person(connection, administrator, person_id, NOW)).active
    assert (await reactivate_person(connection, administrator, person_id, NOW)).active
    standing = await connection.fetchrow(
        """SELECT (SELECT count(*) FROM sessions WHERE person_id = $1 AND ended_at IS NULL) AS sessions,
                  (SELECT count(*) FROM access_tokens WHERE person_id = $1 AND revoked_at IS NULL) AS tokens,
                  (SELECT count(*) FROM sign_in_links WHERE person_id = $1 AND uses_left > 0) AS links""",
        person_id,
    )
    assert standing is not None
    assert dict(standing) == {"sessions": 0, "tokens": 0, "links": 0}
    assert await audit_actions(connection, person_id) == [
        "sign_in_link.create",
        "person.deactivate",
        "person.reactivate",
    ]


async def test_deactivating_twice_leaves_one_audit_row(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    person_id = await make_person(connection)
    first = await deactivate_person(connection, administrator, person_id, NOW)
    assert await deactivate_person(connection, administrator, person_id, NOW) == first
    assert await audit_actions(connection, person_id) == ["person.deactivate"]


async def test_roles_are_granted_and_removed_once(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    person_id = await make_person(connection)
    granted = await grant_role(connection, administrator, person_id, Role.REVIEWER, NOW)
    assert await grant_role(connection, administrator, person_id, Role.REVIEWER, NOW) == granted
    assert granted.roles == [Role.REVIEWER]
    removed = await remove_role(connection, administrator, person_id, Role.REVIEWER, NOW)
    assert await remove_role(connection, administrator, person_id, Role.REVIEWER, NOW) == removed
    assert removed.roles == []
    assert await audit_actions(connection, person_id) == ["role.grant", "role.remove"]


async def test_a_deactivated_person_is_given_no_role(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    person_id = await make_person(connection, active=False)
    with pytest.raises(WrongState):
        await grant_role(connection, administrator, person_id, Role.REVIEWER, NOW)


async def test_the_last_active_administrator_stays(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    await make_person(connection, roles=["administrator"], active=False)
    for attempt in (
        remove_role(connection, administrator, administrator.person_id, Role.ADMINISTRATOR, NOW),
        deactivate_person(connection, administrator, administrator.person_id, NOW),
    ):
        with pytest.raises(Conflict):
            await attempt
    second = await make_administrator(connection)
    assert (await remove_role(connection, second, administrator.person_id, Role.ADMINISTRATOR, NOW)).roles == []


async def test_two_administrators_leaving_at_once_leave_one(database_url: str) -> None:
    connections = [await open_connection(database_url) for _ in range(2)]
    administrators = [await make_administrator(connections[0]) for _ in range(2)]

    async def leave(connection: Connection, actor: Actor) -> IdeationError | None:
        try:
            async with connection.transaction():
                await remove_role(connection, actor, actor.person_id, Role.ADMINISTRATOR, NOW)
        except Conflict as refusal:
            return refusal
        return None

    try:
        outcomes = await asyncio.gather(*(leave(*pair) for pair in zip(connections, administrators, strict=True)))
        left = await connections[0].fetchval("SELECT count(*) FROM people WHERE 'administrator' = ANY (roles)")
    finally:
        for connection in connections:
            await connection.close()
    assert sum(outcome is None for outcome in outcomes) == 1
    assert left == 1


async def test_a_session_that_starts_during_deactivation_is_ended_too(database_url: str) -> None:
    signing_in, leaving = [await open_connection(database_url) for _ in range(2)]
    try:
        administrator = await make_administrator(signing_in)
        person_id = await make_person(signing_in)

        async def deactivate() -> None:
            async with leaving.transaction():
                await deactivate_person(leaving, administrator, person_id, NOW)

        async with signing_in.transaction():
            await start_session(signing_in, person_id, NOW, 12)
            deactivation = asyncio.create_task(deactivate())
            blocked = "SELECT cardinality(pg_blocking_pids($1)) > 0 FROM pg_sleep(0.01)"
            while not await signing_in.fetchval(blocked, leaving.get_server_pid()):
                assert not deactivation.done()
        await deactivation
        lasting = await signing_in.fetchval("SELECT count(*) FROM sessions WHERE ended_at IS NULL")
    finally:
        await signing_in.close()
        await leaving.close()
    assert lasting == 0
