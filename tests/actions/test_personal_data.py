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


Column = tuple[str, str]

# What knows people and is no part of anybody's own data, and why.
LEFT_OUT_OF_EXPORT: dict[Column, str] = {
    ("people", "manager_id"): "whoever reports to me is told about in their own data",
}
# What an erasure does to each column that knows people: the row goes, or points to the placeholder from then on.
DELETED_BY_ERASURE: dict[Column, str] = {
    ("access_tokens", "person_id"): "delete_tokens",
    ("sessions", "person_id"): "delete_sessions",
    ("sign_in_links", "person_id"): "delete_links",
    ("notifications", "person_id"): "delete_notifications",
    ("idempotency_keys", "person_id"): "delete_remembered_answers",
    ("idea_authors", "person_id"): "delete_invitations",
    ("ideas", "author_id"): "delete_drafts",
    ("comments", "author_id"): "empty_deleted_comments",
    ("people", "manager_id"): "release_reports",
}
POINTS_TO_PLACEHOLDER: dict[Column, str] = {
    ("audit_events", "actor_id"): "the trail is never changed",
    ("challenges", "created_by"): "who asked",
    ("challenges", "owner_id"): "who ran it",
    ("challenges", "sponsor_id"): "who stood behind it",
    ("decisions", "decided_by"): "answers to authors stand",
    ("declared_conflicts", "person_id"): "why somebody else reviewed",
    ("duplicate_pairs", "decided_by"): "a verdict is remembered",
    ("duplicate_pairs", "proposed_by"): "a verdict is remembered",
    ("idea_authors", "invited_by"): "other people's invitations",
    ("idea_costs", "given_by"): "what an idea costs",
    ("idea_revisions", "edited_by"): "every text of an idea that stays",
    ("impressions", "person_id"): "votes and stored rankings count these cards",
    ("imports", "started_by"): "where ideas came from",
    ("integrity_flags", "dismissed_by"): "why a pattern was no reason to worry",
    ("integrity_flags", "people"): "patterns of votes that stay",
    ("merges", "merged_by"): "merges stand",
    ("merges", "unmerged_by"): "merges stand",
    ("pairs", "person_id"): "stored rankings count these answers",
    ("panel_members", "added_by"): "the panel stands",
    ("panel_members", "person_id"): "reviews that stay were asked of members",
    ("policies", "published_by"): "the policy stands",
    ("policy_acceptances", "person_id"): "which version was accepted, when",
    ("reports", "reporter_id"): "what was moderated, and why",
    ("reports", "resolved_by"): "what was moderated, and why",
    ("review_assignments", "assigned_by"): "reviews stand",
    ("review_assignments", "reviewer_id"): "reviews stand",
    ("review_plans", "set_by"): "the plan stands",
    ("reviews", "reviewer_id"): "reviews stand",
    ("shortlist_entries", "changed_by"): "the shortlist stands",
    ("shortlists", "created_by"): "the shortlist stands",
    ("unsealings", "approved_by"): "who opened an author stays known to be somebody else than who asked",
    ("unsealings", "requested_by"): "the same",
    ("votes", "person_id"): "votes, and so every count",
}


async def columns_that_know_people(connection: Connection) -> list[Column]:
    """Those with a foreign key to people, and lists of people, which can have none."""
    rows = await connection.fetch(
        """SELECT conrelid::regclass::text AS "table", attname AS "column" FROM pg_constraint
           CROSS JOIN LATERAL unnest(conkey) AS key
           JOIN pg_attribute ON attrelid = conrelid AND attnum = key
           WHERE contype = 'f' AND confrelid = 'people'::regclass
           UNION
           SELECT table_name, column_name FROM information_schema.columns
           WHERE table_schema = 'public' AND udt_name = '_uuid' AND column_name = 'people'
           ORDER BY 1, 2"""
    )
    assert len(rows) > 40
    return [(row["table"], row["column"]) for row in rows]


async def exported(connection: Connection, table: str, column: str, named: UUID, asking: UUID) -> int:
    """How many rows the export of one person has of a table with a single row, which names one in one column alone."""
    name = [str(named)] if column == "people" else str(named)
    alone = f"WITH {table} AS (SELECT (jsonb_populate_record(NULL::{table}, $2::jsonb)).*) "
    return len(await connection.fetch(alone + load_statements("personal_data")[table], asking, {column: name}))


async def test_every_column_that_knows_people_is_in_the_export_or_left_out_for_a_reason(
    connection: Connection,
) -> None:
    """A new column needs its place in personal_data.sql, or its reason here."""
    mine, other = new_id(), new_id()
    columns = await columns_that_know_people(connection)
    wanted = [column for column in columns if column not in LEFT_OUT_OF_EXPORT]
    found = {
        (table, column): tuple([await exported(connection, table, column, mine, asking) for asking in (mine, other)])
        for table, column in wanted
        if table in load_statements("personal_data")
    }
    assert found == dict.fromkeys(wanted, (1, 0))
    assert set(LEFT_OUT_OF_EXPORT) <= set(columns)


async def test_erasure_says_of_every_column_that_knows_people_what_becomes_of_it(connection: Connection) -> None:
    """A new column needs its statement in erasure.sql, or its reason here."""
    statements = load_statements("erasure")
    listed = [*DELETED_BY_ERASURE, *POINTS_TO_PLACEHOLDER]
    assert sorted(listed) == await columns_that_know_people(connection)
    forgotten = [
        column
        for column, name in DELETED_BY_ERASURE.items()
        if not re.search(rf"\b{column[0]}\b.*\b{column[1]} = \$1", statements[name], re.DOTALL)
    ]
    assert forgotten == []


async def test_lines_of_imports_that_named_somebody_are_handed_out_and_forget_them(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    mary = await make_actor(connection)
    await connection.execute("UPDATE people SET email = $2 WHERE id = $1", mary.person_id, MARY.email)
    challenge_id, run_id = await make_challenge(connection), new_id()
    file = {"format": "jsonl", "source_name": "file", "started_by": administrator.person_id, "started_at": NOW}
    await insert(connection, "imports", id=run_id, challenge_id=challenge_id, **file)
    for number, email in enumerate((MARY.email.title(), "bob@example.org"), start=1):
        told = {"reason": f"{email} has a conflict of interest.", "code": "line-conflict", "details": {"email": email}}
        await insert(connection, "import_rejections", import_id=run_id, line_number=number, **told)
    rows = (await read_personal_data(connection, mary, NOW)).tables["import_rejections"]
    assert rows == [{"import_id": str(run_id), "line_number": 1, "email": MARY.email.title()}]
    await erase_person(connection, administrator, mary.person_id, NOW)
    assert await places_of(connection, MARY.email) == []
    placeholder = f"erased-{mary.person_id}@erased.invalid"
    lines = await connection.fetch("SELECT reason, details FROM import_rejections ORDER BY line_number")
    assert [(line["reason"], line["details"]) for line in lines] == [
        (f"{email} has a conflict of interest.", {"email": email}) for email in (placeholder, "bob@example.org")
    ]


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
    # Whoever knows the directory would find the other person of a pair by trying each id in the digest.
    told = ("own_department", "effects", "fingerprint", str(other.person_id))
    assert [name for name in told if name in known] == []


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
