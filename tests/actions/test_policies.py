"""Publishing the usage policy, accepting it, and showing who did."""

import csv
import hashlib
import json
from datetime import timedelta

import pytest

from ideation.actions.policies import (
    accept_policy,
    add_policy,
    export_acceptances,
    list_own_acceptances,
    list_policies,
    publish_policy,
    read_current_policy,
    read_policy,
    read_policy_share,
    record_acceptance_export,
)
from ideation.actions.tables import TableFormat
from ideation.database import Connection
from ideation.entities.people import Actor, Role, Scope
from ideation.entities.policies import NewPolicy, PolicyAcceptance, PolicyHeading, PolicyShare
from ideation.errors import AlreadyExists, Forbidden, MissingScope, NotFound, WrongState
from tests.factories import NOW, make_actor, make_person

FIRST = NewPolicy(title="Fair use", body="Be kind. Žluťoučký kůň.")
SECOND = NewPolicy(title="Fair use", body="Be kinder.")
LATER = NOW + timedelta(days=1)


async def make_administrator(connection: Connection) -> Actor:
    return await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))


async def exported(connection: Connection, version: int | None, table_format: TableFormat) -> bytes:
    return b"".join([chunk async for chunk in export_acceptances(connection, version, table_format)])


async def test_versions_are_numbered_and_hashed(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    first = await publish_policy(connection, administrator, FIRST, NOW)
    second = await publish_policy(connection, administrator, SECOND, LATER)
    assert (first.version, second.version) == (1, 2)
    assert first.body_sha256 == hashlib.sha256(FIRST.body.encode()).hexdigest()
    assert first.published_by == administrator.person_id
    assert await read_current_policy(connection, administrator) == second
    assert await read_policy(connection, administrator, 1) == first
    assert (await list_policies(connection, administrator, limit=10, after=None)).items == [
        PolicyHeading(version=2, title="Fair use", body_sha256=second.body_sha256, published_at=LATER),
        PolicyHeading(version=1, title="Fair use", body_sha256=first.body_sha256, published_at=NOW),
    ]


async def test_the_text_in_force_is_not_published_again(connection: Connection) -> None:
    await add_policy(connection, FIRST, NOW)
    with pytest.raises(AlreadyExists):
        await add_policy(connection, NewPolicy(title="Renamed", body=FIRST.body), NOW)


async def test_only_administrators_publish_and_look_at_acceptances(connection: Connection) -> None:
    owner = await make_actor(connection, roles=frozenset({Role.CHALLENGE_OWNER, Role.MODERATOR, Role.REVIEWER}))
    await add_policy(connection, FIRST, NOW)
    for attempt in (
        publish_policy(connection, owner, SECOND, NOW),
        read_policy_share(connection, owner, 1),
        record_acceptance_export(connection, owner, None, NOW),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_nothing_is_found_before_the_first_version(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    for attempt in (
        read_current_policy(connection, administrator),
        read_policy(connection, administrator, 1),
        accept_policy(connection, administrator, 1, NOW),
        read_policy_share(connection, administrator, 1),
        record_acceptance_export(connection, administrator, 1, NOW),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_accepting_twice_keeps_the_first_time(connection: Connection) -> None:
    employee = await make_actor(connection, policy_accepted=False)
    await add_policy(connection, FIRST, NOW)
    accepted = await accept_policy(connection, employee, 1, NOW)
    assert accepted == PolicyAcceptance(policy_version=1, accepted_at=NOW)
    assert await accept_policy(connection, employee, 1, LATER) == accepted
    await add_policy(connection, SECOND, LATER)
    await accept_policy(connection, employee, 2, LATER)
    assert await list_own_acceptances(connection, employee) == [
        PolicyAcceptance(policy_version=2, accepted_at=LATER),
        accepted,
    ]


async def test_an_old_version_is_no_longer_accepted(connection: Connection) -> None:
    employee = await make_actor(connection)
    await add_policy(connection, FIRST, NOW)
    await add_policy(connection, SECOND, NOW)
    with pytest.raises(WrongState) as refusal:
        await accept_policy(connection, employee, 1, NOW)
    assert refusal.value.extra == {"current_version": 2}
    assert await list_own_acceptances(connection, employee) == []


async def test_a_reading_token_accepts_nothing(connection: Connection) -> None:
    reader = await make_actor(connection, scopes=frozenset({Scope.READ}))
    await add_policy(connection, FIRST, NOW)
    with pytest.raises(MissingScope):
        await accept_policy(connection, reader, 1, NOW)


async def test_the_share_counts_active_people(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    await add_policy(connection, FIRST, NOW)
    employee = await make_actor(connection)
    leaver = await make_actor(connection)
    await make_person(connection)
    for actor in (employee, leaver):
        await accept_policy(connection, actor, 1, NOW)
    await connection.execute("UPDATE people SET active = false WHERE id = $1", leaver.person_id)
    assert await read_policy_share(connection, administrator, 1) == PolicyShare(
        policy_version=1, active_people=3, accepted_people=1, share=1 / 3
    )


async def test_acceptances_are_exported_as_lines(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    first = await add_policy(connection, FIRST, NOW)
    formula = await make_person(connection, name='=HYPERLINK("x"), "quoted"', email="f@example.org")
    actor = await make_actor(connection)
    for version, person_id, at in ((1, formula, NOW), (1, actor.person_id, LATER), (2, formula, LATER)):
        if version == 2 and await connection.fetchval("SELECT max(version) FROM policies") == 1:
            await add_policy(connection, SECOND, LATER)
        await connection.execute("INSERT INTO policy_acceptances VALUES ($1, $2, $3)", person_id, version, at)
    await record_acceptance_export(connection, administrator, None, NOW)
    lines = [json.loads(line) for line in (await exported(connection, None, "jsonl")).splitlines()]
    assert [(line["policy_version"], line["person_id"]) for line in lines] == [
        (1, str(formula)),
        (1, str(actor.person_id)),
        (2, str(formula)),
    ]
    assert lines[0] == {
        "policy_version": 1,
        "body_sha256": first.body_sha256,
        "person_id": str(formula),
        "name": '=HYPERLINK("x"), "quoted"',
        "email": "f@example.org",
        "department": "Research",
        "active": True,
        "accepted_at": "2026-03-02T09:00:00Z",
    }
    header, *rows = csv.reader((await exported(connection, 1, "csv")).decode().splitlines())
    assert header == list(lines[0])
    assert [row[3] for row in rows] == ['\'=HYPERLINK("x"), "quoted"', rows[1][3]]
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action LIKE 'policy.export%'") == 1


async def test_an_export_without_acceptances_is_a_header(connection: Connection) -> None:
    assert await exported(connection, None, "jsonl") == b""
    header = b"policy_version,body_sha256,person_id,name,email,department,active,accepted_at\r\n"
    assert await exported(connection, None, "csv") == header
