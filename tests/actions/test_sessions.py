"""Sign-in links and sessions."""

import asyncio
import hashlib
from datetime import timedelta

import pytest

from ideation.actions.sessions import (
    create_sign_in_link,
    end_session,
    invite,
    list_sessions,
    sign_in_by_link,
    sign_out,
    start_session,
)
from ideation.database import Connection, open_connection
from ideation.entities.people import Role, Scope
from ideation.errors import (
    ExpiredSignInLink,
    Forbidden,
    MissingScope,
    NotFound,
    Unauthenticated,
    UsedSignInLink,
    WrongState,
)
from ideation.ids import new_id
from tests.factories import NOW, make_actor, make_person

LATER = NOW + timedelta(hours=2)


async def test_a_link_starts_a_session_and_is_stored_as_a_hash(connection: Connection) -> None:
    person_id = await make_person(connection)
    link = await create_sign_in_link(connection, person_id, NOW, minutes=30)
    assert link.expires_at == NOW + timedelta(minutes=30)
    session = await sign_in_by_link(connection, link.secret, NOW, hours=12)
    assert (session.person_id, session.expires_at) == (person_id, NOW + timedelta(hours=12))
    stored = await connection.fetchrow("SELECT * FROM sessions WHERE id = $1", session.id)
    assert stored is not None
    assert stored["token_hash"] == hashlib.sha256(session.secret.encode()).digest()
    assert stored["csrf_token"] == session.csrf_token != session.secret


async def test_a_used_an_expired_and_an_unknown_link_are_told_apart(connection: Connection) -> None:
    person_id = await make_person(connection)
    used = await create_sign_in_link(connection, person_id, NOW)
    await sign_in_by_link(connection, used.secret, NOW, hours=1)
    with pytest.raises(UsedSignInLink):
        await sign_in_by_link(connection, used.secret, NOW, hours=1)
    expired = await create_sign_in_link(connection, person_id, NOW, minutes=60)
    with pytest.raises(ExpiredSignInLink):
        await sign_in_by_link(connection, expired.secret, NOW + timedelta(minutes=60), hours=1)
    for unknown in ("idl_unknown", "", "\ud800", "\x00"):
        with pytest.raises(Unauthenticated) as refusal:
            await sign_in_by_link(connection, unknown, NOW, hours=1)
        assert type(refusal.value) is Unauthenticated


async def test_a_link_works_as_often_as_it_was_made_for(connection: Connection) -> None:
    link = await create_sign_in_link(connection, await make_person(connection), NOW, uses=2)
    await sign_in_by_link(connection, link.secret, NOW, hours=1)
    await sign_in_by_link(connection, link.secret, NOW, hours=1)
    with pytest.raises(UsedSignInLink):
        await sign_in_by_link(connection, link.secret, NOW, hours=1)


async def test_simultaneous_uses_of_a_link_start_one_session(database_url: str) -> None:
    connections = [await open_connection(database_url) for _ in range(6)]
    person_id = await make_person(connections[0])
    link = await create_sign_in_link(connections[0], person_id, NOW)

    async def use(connection: Connection) -> bool:
        try:
            async with connection.transaction():
                await sign_in_by_link(connection, link.secret, NOW, hours=1)
        except UsedSignInLink:
            return False
        return True

    try:
        outcomes = await asyncio.gather(*map(use, connections))
        sessions = await connections[0].fetchval("SELECT count(*) FROM sessions")
    finally:
        for connection in connections:
            await connection.close()
    assert (sum(outcomes), sessions) == (1, 1)


async def test_a_deactivated_person_cannot_sign_in(connection: Connection) -> None:
    person_id = await make_person(connection)
    link = await create_sign_in_link(connection, person_id, NOW)
    await connection.execute("UPDATE people SET active = false WHERE id = $1", person_id)
    with pytest.raises(Unauthenticated):
        await sign_in_by_link(connection, link.secret, NOW, hours=1)
    with pytest.raises(Unauthenticated):
        await start_session(connection, person_id, NOW, 1)
    with pytest.raises(WrongState):
        await create_sign_in_link(connection, person_id, NOW)


async def test_an_administrator_invites_and_the_person_is_told(connection: Connection) -> None:
    administrator = await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))
    person_id = await make_person(connection)
    link = await invite(connection, administrator, person_id, NOW, minutes=5)
    assert (await sign_in_by_link(connection, link.secret, NOW, hours=1)).person_id == person_id
    assert await connection.fetchval("SELECT kind FROM notifications WHERE person_id = $1", person_id) == "sign_in_link"
    event = await connection.fetchrow("SELECT * FROM audit_events WHERE action = 'sign_in_link.create'")
    assert event is not None
    assert (event["actor_id"], event["subject_id"]) == (administrator.person_id, str(person_id))
    assert link.secret not in str(event["details"])


async def test_others_may_not_invite(connection: Connection) -> None:
    employee = await make_actor(connection)
    with pytest.raises(Forbidden):
        await invite(connection, employee, employee.person_id, NOW, minutes=5)
    administrator = await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(NotFound):
        await invite(connection, administrator, new_id(), NOW, minutes=5)


async def test_sessions_are_listed_until_they_end(connection: Connection) -> None:
    employee = await make_actor(connection)
    first = await start_session(connection, employee.person_id, NOW, 1)
    second = await start_session(connection, employee.person_id, NOW + timedelta(minutes=1), 8)
    third = await start_session(connection, employee.person_id, NOW + timedelta(minutes=2), 8)
    listed = [session.id for session in await list_sessions(connection, employee, NOW)]
    assert listed == [third.id, second.id, first.id]
    assert [session.id for session in await list_sessions(connection, employee, LATER)] == [third.id, second.id]
    await sign_out(connection, third.secret, LATER)
    await sign_out(connection, "ids_unknown", LATER)
    await end_session(connection, employee, second.id, LATER)
    assert await list_sessions(connection, employee, LATER) == []
    with pytest.raises(NotFound):
        await end_session(connection, employee, second.id, LATER)


async def test_nobody_ends_somebody_elses_session(connection: Connection) -> None:
    employee, other = await make_actor(connection), await make_actor(connection)
    session = await start_session(connection, employee.person_id, NOW, 1)
    with pytest.raises(NotFound):
        await end_session(connection, other, session.id, NOW)
    limited = await make_actor(connection, scopes=frozenset({Scope.READ}))
    with pytest.raises(MissingScope):
        await end_session(connection, limited, session.id, NOW)
    assert [kept.id for kept in await list_sessions(connection, employee, NOW)] == [session.id]
