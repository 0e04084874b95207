"""Reading the audit trail."""

import csv
import json
from datetime import timedelta
from uuid import UUID

import pytest

from ideation.actions.audit import export_audit_events, list_audit_events, record_audit_export
from ideation.database import Connection
from ideation.entities.audit import AuditEvent, AuditFilter
from ideation.entities.people import Actor, Role
from ideation.errors import Forbidden, Invalid
from ideation.ids import new_id
from ideation.queries.audit import record
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person


async def make_administrator(connection: Connection) -> Actor:
    return await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))


async def read(connection: Connection, **given: object) -> list[AuditEvent]:
    administrator = await make_administrator(connection)
    wanted = AuditFilter(**given)  # type: ignore[arg-type]
    return (await list_audit_events(connection, administrator, wanted, limit=100, after=None)).items


async def step(connection: Connection, action: str, subject_id: UUID | str = "1", **given: object) -> None:
    values: dict[str, object] = {"subject_kind": "thing", "now": NOW, "actor_id": None}
    await record(connection, action=action, subject_id=subject_id, **(values | given))  # type: ignore[arg-type]


async def test_an_event_is_read_as_it_was_recorded(connection: Connection) -> None:
    actor_id = await make_person(connection, name="Ada")
    challenge_id = await make_challenge(connection)
    await step(connection, "thing.do", actor_id=actor_id, challenge_id=challenge_id, details={"size": 3})
    [event] = await read(connection)
    assert event == AuditEvent(
        id=event.id,
        at=NOW,
        actor_id=actor_id,
        actor_name="Ada",
        actor_sealed=False,
        action="thing.do",
        challenge_id=challenge_id,
        subject_kind="thing",
        subject_id="1",
        details={"size": 3},
        request_id=None,
    )


async def test_events_are_filtered(connection: Connection) -> None:
    actor_id = await make_person(connection)
    challenge_id = await make_challenge(connection)
    await step(connection, "role.grant", actor_id=actor_id)
    await step(connection, "role.remove", "2", now=NOW + timedelta(hours=1))
    await step(connection, "challenge.extend", subject_kind="challenge", challenge_id=challenge_id)

    async def actions(**given: object) -> list[str]:
        return [event.action for event in await read(connection, **given)]

    assert await actions() == ["challenge.extend", "role.remove", "role.grant"]
    assert await actions(actor_id=actor_id) == ["role.grant"]
    assert await actions(action="role.") == ["role.remove", "role.grant"]
    assert await actions(action="role_") == []
    assert await actions(subject_kind="thing", subject_id="2") == ["role.remove"]
    assert await actions(challenge_id=challenge_id) == ["challenge.extend"]
    assert await actions(since=NOW + timedelta(hours=1)) == ["role.remove"]
    assert await actions(until=NOW + timedelta(hours=1)) == ["challenge.extend", "role.grant"]


async def test_events_page_newest_first(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    for number in range(5):
        await step(connection, "thing.do", str(number))
    first = await list_audit_events(connection, administrator, AuditFilter(), limit=3, after=None)
    second = await list_audit_events(connection, administrator, AuditFilter(), limit=3, after=first.next_key)
    assert [event.subject_id for event in first.items + second.items] == ["4", "3", "2", "1", "0"]
    assert second.next_key is None


@pytest.mark.parametrize("role", [None, Role.CHALLENGE_OWNER, Role.MODERATOR, Role.REVIEWER])
async def test_only_administrators_read_or_export_the_trail(connection: Connection, role: Role | None) -> None:
    actor = await make_actor(connection, roles=frozenset({role} if role else ()))
    with pytest.raises(Forbidden):
        await list_audit_events(connection, actor, AuditFilter(), limit=10, after=None)
    with pytest.raises(Forbidden):
        await record_audit_export(connection, actor, AuditFilter(), NOW)


async def test_a_time_range_must_end_after_it_starts(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    with pytest.raises(Invalid):
        await list_audit_events(connection, administrator, AuditFilter(since=NOW, until=NOW), limit=1, after=None)


async def sealed_idea(connection: Connection, author_id: UUID) -> UUID:
    challenge_id = await make_challenge(connection, authorship="sealed")
    idea_id = await make_idea(connection, challenge_id, author_id)
    await step(connection, "idea.withdraw", idea_id, subject_kind="idea", actor_id=author_id)
    return idea_id


async def test_a_sealed_author_stays_sealed_in_the_trail(connection: Connection) -> None:
    author_id = await make_person(connection)
    moderator_id = await make_person(connection, name="Mo")
    idea_id = await sealed_idea(connection, author_id)
    await step(connection, "idea.hide", idea_id, subject_kind="idea", actor_id=moderator_id)
    events = await read(connection)
    assert [(event.action, event.actor_id, event.actor_name, event.actor_sealed) for event in events] == [
        ("idea.hide", moderator_id, "Mo", False),
        ("idea.withdraw", None, None, True),
    ]
    assert await read(connection, actor_id=author_id) == []


async def test_an_unsealed_author_is_shown_in_the_trail(connection: Connection) -> None:
    author_id = await make_person(connection)
    idea_id = await sealed_idea(connection, author_id)
    asked: dict[str, object] = {"id": new_id(), "idea_id": idea_id, "reason": "Fraud", "requested_at": NOW}
    asked |= {"requested_by": await make_person(connection), "requested_role": "moderator"}
    await insert(connection, "unsealings", **asked)
    assert [event.actor_sealed for event in await read(connection)] == [True]
    await connection.execute(
        "UPDATE unsealings SET approved_by = $1, approved_role = 'administrator', approved_at = $2",
        await make_person(connection),
        NOW,
    )
    assert [event.actor_id for event in await read(connection, actor_id=author_id)] == [author_id]


async def test_the_trail_is_exported_with_its_filter_and_leaves_a_row(connection: Connection) -> None:
    administrator = await make_administrator(connection)
    await step(connection, "role.grant", details={"role": "reviewer"})
    await step(connection, "other.thing")
    await record_audit_export(connection, administrator, AuditFilter(), NOW)
    wanted = AuditFilter(action="role.")
    jsonl = b"".join([chunk async for chunk in export_audit_events(connection, wanted, "jsonl")])
    [line] = [json.loads(text) for text in jsonl.splitlines()]
    assert (line["action"], line["details"]) == ("role.grant", {"role": "reviewer"})
    as_csv = b"".join([chunk async for chunk in export_audit_events(connection, wanted, "csv")]).decode()
    [row] = csv.DictReader(as_csv.splitlines())
    assert (row["action"], row["details"], row["actor_id"]) == ("role.grant", '{"role":"reviewer"}', "")
    assert [event.action for event in await read(connection, action="audit.")] == ["audit.export"]
