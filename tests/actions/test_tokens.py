"""Personal access tokens."""

import hashlib
from datetime import timedelta

import pytest

from ideation.actions.tokens import (
    create_token,
    issue_token,
    list_tokens,
    list_tokens_of,
    revoke_token,
    revoke_token_of,
)
from ideation.database import Connection
from ideation.entities.people import ALL_SCOPES, Role, Scope
from ideation.entities.tokens import TokenRequest
from ideation.errors import Forbidden, Invalid, MissingScope, NotFound, WrongState
from tests.factories import NOW, make_actor, make_person

READ_TOKEN = TokenRequest(name="script", scopes=[Scope.TAKE_PART, Scope.READ, Scope.READ], days=7)


async def test_a_token_is_shown_once_and_stored_as_a_hash(connection: Connection) -> None:
    employee = await make_actor(connection)
    issued = await create_token(connection, employee, READ_TOKEN, NOW, max_days=365)
    assert issued.token.startswith("idt_")
    assert len(issued.token) == 47
    assert (issued.scopes, issued.expires_at) == ([Scope.READ, Scope.TAKE_PART], NOW + timedelta(days=7))
    stored = await connection.fetchrow("SELECT * FROM access_tokens WHERE id = $1", issued.id)
    assert stored is not None
    assert stored["token_hash"] == hashlib.sha256(issued.token.encode()).digest()
    assert issued.token not in str(dict(stored))
    trail = await connection.fetchval("SELECT details::text FROM audit_events WHERE action = 'token.create'")
    assert issued.token not in trail


async def test_a_token_lasts_no_longer_than_the_installation_allows(connection: Connection) -> None:
    employee = await make_actor(connection)
    with pytest.raises(Invalid) as refusal:
        await create_token(connection, employee, READ_TOKEN, NOW, max_days=6)
    assert refusal.value.extra == {"field": "days", "maximum": 6}


async def test_only_administrators_give_the_scope_to_administer(connection: Connection) -> None:
    wanted = TokenRequest(name="all", scopes=sorted(ALL_SCOPES))
    for roles in (frozenset[Role](), frozenset(Role) - {Role.ADMINISTRATOR}):
        with pytest.raises(Forbidden):
            await create_token(connection, await make_actor(connection, roles=roles), wanted, NOW, max_days=30)
    administrator = await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))
    issued = await create_token(connection, administrator, wanted, NOW, max_days=30)
    assert set(issued.scopes) == ALL_SCOPES


async def test_a_limited_token_cannot_make_list_or_revoke_tokens(connection: Connection) -> None:
    limited = await make_actor(connection, scopes=frozenset({Scope.READ, Scope.TAKE_PART}))
    issued = await issue_token(connection, limited.person_id, name="x", scopes=[Scope.READ], now=NOW, days=1)
    for attempt in (
        create_token(connection, limited, READ_TOKEN, NOW, max_days=30),
        list_tokens(connection, limited, limit=10, after=None),
        revoke_token(connection, limited, issued.id, NOW),
    ):
        with pytest.raises(MissingScope):
            await attempt


async def test_a_deactivated_person_gets_no_token(connection: Connection) -> None:
    person_id = await make_person(connection, active=False)
    with pytest.raises(WrongState):
        await issue_token(connection, person_id, name="x", scopes=[Scope.READ], now=NOW, days=1)


async def test_list_tokens_shows_only_mine_newest_first(connection: Connection) -> None:
    employee, other = await make_actor(connection), await make_actor(connection)
    mine = []
    for minute in range(3):
        at = NOW + timedelta(minutes=minute)
        mine.append((await create_token(connection, employee, READ_TOKEN, at, max_days=30)).id)
    await create_token(connection, other, READ_TOKEN, NOW, max_days=30)
    first = await list_tokens(connection, employee, limit=2, after=None)
    second = await list_tokens(connection, employee, limit=2, after=first.next_key)
    assert [token.id for token in first.items + second.items] == mine[::-1]
    assert second.next_key is None


async def test_revoke_token_ends_it_once(connection: Connection) -> None:
    employee = await make_actor(connection)
    issued = await create_token(connection, employee, READ_TOKEN, NOW, max_days=30)
    await revoke_token(connection, employee, issued.id, NOW)
    await revoke_token(connection, employee, issued.id, NOW + timedelta(days=1))
    [token] = (await list_tokens(connection, employee, limit=10, after=None)).items
    assert token.revoked_at == NOW
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'token.revoke'") == 1


async def test_nobody_revokes_somebody_elses_token_but_administrators(connection: Connection) -> None:
    employee, other = await make_actor(connection), await make_actor(connection)
    administrator = await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))
    issued = await create_token(connection, employee, READ_TOKEN, NOW, max_days=30)
    with pytest.raises(NotFound):
        await revoke_token(connection, other, issued.id, NOW)
    with pytest.raises(Forbidden):
        await revoke_token_of(connection, other, employee.person_id, issued.id, NOW)
    with pytest.raises(Forbidden):
        await list_tokens_of(connection, other, employee.person_id, limit=10, after=None)
    with pytest.raises(NotFound):
        await revoke_token_of(connection, administrator, other.person_id, issued.id, NOW)
    await revoke_token_of(connection, administrator, employee.person_id, issued.id, NOW)
    [token] = (await list_tokens_of(connection, administrator, employee.person_id, limit=10, after=None)).items
    assert (token.id, token.revoked_at) == (issued.id, NOW)
