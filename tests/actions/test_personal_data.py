"""Who am I, what is known about me, and its erasure."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from ideation.actions.notifications import notify
from ideation.actions.people import add_person, change_person, grant_role, reactivate_person
from ideation.actions.personal_data import erase_person, forget_ended, read_me, read_personal_data
from ideation.actions.policies import add_policy
from ideation.actions.sessions import create_sign_in_link, start_session
from ideation.actions.tokens import issue_token
from ideation.database import Connection
from ideation.entities.people import Actor, Me, NewPerson, PersonChange, PersonOut, PolicyState, Role, Scope
from ideation.entities.policies import NewPolicy
from ideation.errors import Conflict, Forbidden, MissingScope, NotFound, WrongState
from ideation.ids import new_id
from ideation.queries import load_statements
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person

MARY = NewPerson(name="Mary Quitecontrary", email="mary.quite@example.org", department="Gardens", site="Kew")


async def make_administrator(connection: Connection) -> Actor:
    return await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))


async def test_me_tells_who_i_am_and_what_waits(connection: Connection) -> None:
    employee = await make_actor(connection, scopes=frozenset({Scope.READ}), policy_accepted=False)
    await add_policy(connection, NewPolicy(title="Fair use", body="Be kind."), NOW)
    await notify(connection, employee.person_id, "x", "m", "k", now=NOW)
    person = await connection.fetchrow("SELECT name, email FROM people WHERE id = $1", employee.person_id)
    assert person is not None
    assert await read_me(connection, employee) == Me(
        id=employee.person_id,
        name=person["name"],
        email=person["email"],
        department="Research",
        site="Oslo",
        manager_id=None,
        roles=[],
        scopes=[Scope.READ],
        policy=PolicyState(current_version=1, accepted=False),
        unread_notifications=1,
    )


async def test_every_table_that_knows_people_is_in_the_export(connection: Connection) -> None:
    """A new foreign key to people needs a place in personal_data.sql."""
    statements = load_statements("personal_data")
    keys = await connection.fetch(
        """SELECT conrelid::regclass::text AS "table", attname AS "column" FROM pg_constraint
           JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
           WHERE contype = 'f' AND confrelid = 'people'::regclass AND NOT (conrelid = confrelid)"""
    )
    missing = [
        f"{key['table']}.{key['column']}"
        for key in keys
        if not re.search(rf"\b{key['column']}\b", statements.get(key["table"], ""))
    ]
    assert len(keys) > 30
    assert missing == []


async def test_my_data_holds_my_rows_and_nobody_elses(connection: Connection) -> None:
    employee, other = await make_actor(connection), await make_actor(connection)
    challenge_id = await make_challenge(connection)
    mine = await make_idea(connection, challenge_id, employee.person_id, state="draft")
    theirs = await make_idea(connection, challenge_id, other.person_id)
    vote = {"idea_id": theirs, "person_id": employee.person_id, "challenge_id": challenge_id, "value": 1}
    await insert(connection, "votes", created_at=NOW, updated_at=NOW, **vote)
    token = await issue_token(connection, employee.person_id, name="t", scopes=[Scope.READ], now=NOW, days=1)
    session = await start_session(connection, employee.person_id, NOW, 1)
    data = await read_personal_data(connection, employee, NOW)
    assert (data.person_id, data.exported_at) == (employee.person_id, NOW)
    assert [row["id"] for row in data.tables["people"]] == [str(employee.person_id)]
    assert [row["id"] for row in data.tables["ideas"]] == [str(mine)]
    assert [row["idea_id"] for row in data.tables["votes"]] == [str(theirs)]
    assert [row["idea_id"] for row in data.tables["idea_authors"]] == [str(mine)]
    assert [row["id"] for row in data.tables["access_tokens"]] == [str(token.id)]
    assert [row["id"] for row in data.tables["sessions"]] == [str(session.id)]
    assert [row["action"] for row in data.tables["audit_events"]] == ["token.create"]
    assert list(data.tables) == list(load_statements("personal_data"))
    known = repr(data)
    assert "token_hash" not in known
    assert session.csrf_token not in known


async def test_my_data_tells_nothing_of_authors_reporters_and_ranks(connection: Connection) -> None:
    me, other = await make_actor(connection), await make_actor(connection)
    challenge_id = await make_challenge(connection, authorship="sealed")
    first, second = [await make_idea(connection, challenge_id, other.person_id) for _ in range(2)]
    mine = {"id": new_id(), "challenge_id": challenge_id, "person_id": me.person_id, "dealt_at": NOW}
    card = {"idea_id": first, "sitting_id": new_id(), "position": 1, "dealt_by": "feed", "own_department": True}
    await insert(connection, "impressions", **mine, **card)
    sides = {"left_id": first, "right_id": second, "left_own_department": True, "right_own_department": True}
    await insert(connection, "pairs", **mine, **sides)
    report = {"idea_id": first, "reason": "Spam", "created_at": NOW, "outcome": "kept", "resolved_at": NOW}
    reported, resolved = {"reporter_id": me.person_id}, {"reporter_id": other.person_id}
    await insert(connection, "reports", id=new_id(), resolved_by=other.person_id, **reported, **report)
    await insert(connection, "reports", id=new_id(), resolved_by=me.person_id, **resolved, **report)
    flag = {"kind": "reciprocal", "fingerprint": "f", "people": [me.person_id, other.person_id], "votes": 2}
    ranks = {"p_value": 0.01, "reason": "Two people.", "effects": [{"idea_id": str(first), "rank_with": 1}]}
    await insert(
        connection, "integrity_flags", id=new_id(), challenge_id=challenge_id, found_at=NOW, last_seen_at=NOW,
        **flag, **ranks,
    )  # fmt: skip
    data = await read_personal_data(connection, me, NOW)
    known = repr(data)
    assert [table for table in ("impressions", "pairs", "integrity_flags") if len(data.tables[table]) != 1] == []
    reports = {(row["reporter_id"], row["resolved_by"]) for row in data.tables["reports"]}
    assert (len(data.tables["reports"]), reports) == (2, {(str(me.person_id), None), (None, str(me.person_id))})
    assert ("own_department" in known, "effects" in known, str(other.person_id) in known) == (False, False, False)


async def everything_about(connection: Connection, person_id: UUID) -> dict[str, int]:
    """How many rows of each table that may not outlive an erasure."""
    tables = ("access_tokens", "sessions", "sign_in_links", "notifications", "idempotency_keys")
    counts = {
        table: await connection.fetchval(f"SELECT count(*) FROM {table} WHERE person_id = $1", person_id)
        for table in tables
    }
    return counts | {
        "drafts": await connection.fetchval(
            "SELECT count(*) FROM ideas WHERE author_id = $1 AND state = 'draft'", person_id
        )
    }


async def make_mary(connection: Connection, challenge_id: UUID) -> UUID:
    """A person who left traces in every private table."""
    mary = (await add_person(connection, MARY, NOW)).id
    await start_session(connection, mary, NOW, 1)
    await issue_token(connection, mary, name="Mary's script", scopes=[Scope.READ], now=NOW, days=1)
    await create_sign_in_link(connection, mary, NOW)
    await notify(connection, mary, "x", "Dear Mary Quitecontrary", "k", now=NOW)
    key = {"person_id": mary, "key": "k", "request_sha256": "x", "created_at": NOW}
    await insert(connection, "idempotency_keys", body=b"Mary Quitecontrary", **key)
    await make_idea(connection, challenge_id, mary, state="draft", title="Mary Quitecontrary's draft")
    return mary


async def places_of(connection: Connection, text: str) -> list[str]:
    """Tables in which a text stands anywhere."""
    tables = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return [
        table["relname"]
        for table in tables
        if await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM {table['relname']} AS t WHERE t::text ILIKE $1)", f"%{text}%"
        )
    ]


async def test_erasure_removes_the_person_and_leaves_what_others_rely_on(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    challenge_id = await make_challenge(connection)
    mary = await make_mary(connection, challenge_id)
    report = await make_person(connection, manager_id=mary)
    idea_id = await make_idea(connection, challenge_id, mary)
    others_idea = await make_idea(connection, challenge_id)
    vote = {"idea_id": others_idea, "person_id": mary, "challenge_id": challenge_id, "value": 1}
    await insert(connection, "votes", created_at=NOW, updated_at=NOW, **vote)
    await insert(connection, "comments", id=new_id(), idea_id=idea_id, author_id=mary, body="Hm.", created_at=NOW)
    tallies = await connection.fetch("SELECT * FROM idea_tallies ORDER BY idea_id")
    tallies = [row for row in tallies if row["idea_id"] in (idea_id, others_idea)]
    await change_person(connection, administrator, mary, PersonChange(site="Kew Gardens"), NOW, expected_version=1)

    erased = await erase_person(connection, administrator, mary, NOW)

    assert erased == PersonOut(
        id=mary,
        name="Former colleague",
        department="Former colleagues",
        site="",
        active=False,
        email=f"erased-{mary}@erased.invalid",
        manager_id=None,
        roles=[],
        version=3,
    )
    assert await everything_about(connection, mary) == {
        "access_tokens": 0,
        "sessions": 0,
        "sign_in_links": 0,
        "notifications": 0,
        "idempotency_keys": 0,
        "drafts": 0,
    }
    assert await places_of(connection, "quitecontrary") == []
    assert await places_of(connection, "mary.quite") == []
    assert await places_of(connection, "kew") == []
    assert await connection.fetchval("SELECT count(*) FROM votes WHERE person_id = $1", mary) == 1
    assert await connection.fetchval("SELECT body FROM comments WHERE author_id = $1", mary) == "Hm."
    assert await connection.fetchval("SELECT state FROM ideas WHERE id = $1", idea_id) == "submitted"
    kept = await connection.fetch("SELECT * FROM idea_tallies ORDER BY idea_id")
    assert [row for row in kept if row["idea_id"] in (idea_id, others_idea)] == tallies
    assert await connection.fetchval("SELECT manager_id FROM people WHERE id = $1", report) is None
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'person.erase'") == 1


async def test_erasing_twice_changes_nothing_and_cannot_be_undone(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    mary = (await add_person(connection, MARY, NOW)).id
    erased = await erase_person(connection, administrator, mary, NOW)
    assert await erase_person(connection, administrator, mary, NOW) == erased
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'person.erase'") == 1
    for attempt in (
        reactivate_person(connection, administrator, mary, NOW),
        change_person(connection, administrator, mary, PersonChange(name="Mary"), NOW, expected_version=2),
        grant_role(connection, administrator, mary, Role.REVIEWER, NOW),
        create_sign_in_link(connection, mary, NOW),
    ):
        with pytest.raises(WrongState):
            await attempt
    assert (await add_person(connection, MARY, NOW)).id != mary


async def test_a_draft_shared_with_a_co_author_survives_its_authors_erasure(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    author_id, co_author_id, invited_id = [await make_person(connection) for _ in range(3)]
    draft = await make_idea(connection, await make_challenge(connection), author_id, state="draft")
    invited = {"idea_id": draft, "invited_by": author_id, "invited_at": NOW}
    await insert(connection, "idea_authors", person_id=co_author_id, agreed_at=NOW, **invited)
    await insert(connection, "idea_authors", person_id=invited_id, **invited)
    await erase_person(connection, administrator, author_id, NOW)
    await erase_person(connection, administrator, invited_id, NOW)
    rows = await connection.fetch("SELECT person_id FROM idea_authors WHERE idea_id = $1", draft)
    assert {row["person_id"] for row in rows} == {author_id, co_author_id}


async def test_who_may_erase(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    employee = await make_actor(connection)
    with pytest.raises(Forbidden):
        await erase_person(connection, employee, employee.person_id, NOW)
    with pytest.raises(Conflict):
        await erase_person(connection, administrator, administrator.person_id, NOW)
    with pytest.raises(NotFound):
        await erase_person(connection, administrator, new_id(), NOW)
    writer = await make_actor(connection, scopes=frozenset({Scope.TAKE_PART}))
    with pytest.raises(MissingScope):
        await read_personal_data(connection, writer, NOW)


async def test_what_ended_is_forgotten_and_what_lasts_is_kept(connection: Connection) -> None:
    person_id = await make_person(connection)
    for hours in (1, 1000):
        await start_session(connection, person_id, NOW, hours)
        await create_sign_in_link(connection, person_id, NOW, minutes=60 * hours)
    for days in (1, 300):
        await issue_token(connection, person_id, name="t", scopes=[Scope.READ], now=NOW, days=days)
    await notify(connection, person_id, "x", "unread", "1", now=NOW)
    await notify(connection, person_id, "x", "read", "2", now=NOW)
    await connection.execute("UPDATE notifications SET read_at = $1 WHERE once_key = '2'", NOW)
    assert await forget_ended(connection, NOW + timedelta(days=2)) == 4
    assert await forget_ended(connection, NOW + timedelta(days=2)) == 0
    assert await everything_about(connection, person_id) == {
        "access_tokens": 1,
        "sessions": 1,
        "sign_in_links": 1,
        "notifications": 1,
        "idempotency_keys": 0,
        "drafts": 0,
    }
