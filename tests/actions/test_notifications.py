"""Telling people, once each."""

from datetime import timedelta

import pytest

from ideation.actions.notifications import list_notifications, mark_all_read, mark_read, notify, notify_all
from ideation.database import Connection
from ideation.entities.notifications import Notification
from ideation.entities.people import Scope
from ideation.errors import MissingScope, NotFound
from tests.factories import NOW, make_actor, make_challenge, make_idea, make_person


async def test_people_are_told_once_for_each_key(connection: Connection) -> None:
    employee = await make_actor(connection)
    assert await notify(connection, employee.person_id, "decision", "Decided.", "decision:1", now=NOW)
    assert not await notify(connection, employee.person_id, "decision", "Again.", "decision:1", now=NOW)
    page = await list_notifications(connection, employee, unread_only=False, limit=10, after=None)
    assert [told.message for told in page.items] == ["Decided."]


async def test_a_notification_names_its_idea(connection: Connection) -> None:
    employee = await make_actor(connection)
    challenge_id = await make_challenge(connection)
    idea_id = await make_idea(connection, challenge_id)
    await notify(
        connection, employee.person_id, "comment", "New.", "c:1", now=NOW, challenge_id=challenge_id, idea_id=idea_id
    )
    [told] = (await list_notifications(connection, employee, unread_only=True, limit=10, after=None)).items
    assert told == Notification(
        id=told.id,
        kind="comment",
        message="New.",
        challenge_id=challenge_id,
        idea_id=idea_id,
        created_at=NOW,
        read_at=None,
    )


async def test_notify_all_tells_active_people_who_were_not_told_yet(connection: Connection) -> None:
    told, fresh = await make_person(connection), await make_person(connection)
    gone = await make_person(connection, active=False)
    await notify(connection, told, "closing", "Closes soon.", "closing:1", now=NOW)
    everybody = [told, fresh, gone, fresh]
    assert await notify_all(connection, everybody, "closing", "Closes soon.", "closing:1", now=NOW) == 1
    assert await notify_all(connection, [], "closing", "Closes soon.", "closing:1", now=NOW) == 0
    rows = await connection.fetch("SELECT person_id FROM notifications")
    assert {row["person_id"] for row in rows} == {told, fresh}


async def test_notifications_page_newest_first(connection: Connection) -> None:
    employee = await make_actor(connection)
    for minute in (0, 1, 1, 2, 3):
        key = f"k:{minute}:{await connection.fetchval('SELECT count(*) FROM notifications')}"
        await notify(connection, employee.person_id, "x", key, key, now=NOW + timedelta(minutes=minute))
    first = await list_notifications(connection, employee, unread_only=False, limit=2, after=None)
    second = await list_notifications(connection, employee, unread_only=False, limit=3, after=first.next_key)
    times = [told.created_at for told in first.items + second.items]
    assert times == sorted(times, reverse=True)
    assert len({told.id for told in first.items + second.items}) == 5
    assert second.next_key is None


async def test_reading_keeps_the_first_time_and_shortens_the_unread(connection: Connection) -> None:
    employee = await make_actor(connection)
    for key in ("a", "b", "c"):
        await notify(connection, employee.person_id, "x", key, key, now=NOW)
    [latest, *_] = (await list_notifications(connection, employee, unread_only=True, limit=3, after=None)).items
    await mark_read(connection, employee, latest.id, NOW)
    assert (await mark_read(connection, employee, latest.id, NOW + timedelta(days=1))).read_at == NOW
    assert len((await list_notifications(connection, employee, unread_only=True, limit=3, after=None)).items) == 2
    assert await mark_all_read(connection, employee, NOW) == 2
    assert await mark_all_read(connection, employee, NOW) == 0


async def test_nobody_reads_or_marks_somebody_elses_notifications(connection: Connection) -> None:
    employee, other = await make_actor(connection), await make_actor(connection)
    await notify(connection, employee.person_id, "x", "m", "k", now=NOW)
    [told] = (await list_notifications(connection, employee, unread_only=True, limit=3, after=None)).items
    assert (await list_notifications(connection, other, unread_only=False, limit=3, after=None)).items == []
    with pytest.raises(NotFound):
        await mark_read(connection, other, told.id, NOW)
    assert await mark_all_read(connection, other, NOW) == 0
    reader = await make_actor(connection, scopes=frozenset({Scope.READ}))
    with pytest.raises(MissingScope):
        await mark_all_read(connection, reader, NOW)
