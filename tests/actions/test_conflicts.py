"""Conflicts of interest, found in the database by who people are."""

from uuid import UUID

import pytest

from ideation.database import Connection
from ideation.entities.conflicts import ConflictKind
from ideation.queries.conflicts import declare_conflict, find_conflict, list_conflicts
from tests.factories import NOW, insert, make_challenge, make_idea, make_person


async def invite(connection: Connection, idea_id: UUID, person_id: UUID, **given: object) -> None:
    values: dict[str, object] = {"invited_by": person_id, "invited_at": NOW}
    await insert(connection, "idea_authors", idea_id=idea_id, person_id=person_id, **(values | given))


async def stranger(connection: Connection, **given: object) -> UUID:
    return await make_person(connection, **({"department": "Elsewhere"} | given))


async def test_author_and_co_authors_are_in_conflict_invited_ones_too(connection: Connection) -> None:
    author, agreed, invited, declined = [await stranger(connection, department=f"D{n}") for n in range(4)]
    idea_id = await make_idea(connection, await make_challenge(connection), author)
    await invite(connection, idea_id, agreed, agreed_at=NOW)
    await invite(connection, idea_id, invited)
    await invite(connection, idea_id, declined, declined_at=NOW)
    people = [author, agreed, invited, declined, await stranger(connection)]
    found = {one.person_id: one.kind for one in await list_conflicts(connection, [idea_id], people)}
    assert found == {
        author: ConflictKind.AUTHOR,
        agreed: ConflictKind.CO_AUTHOR,
        invited: ConflictKind.CO_AUTHOR,
    }


async def test_who_wrote_another_idea_together_with_the_author_is_in_conflict(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    author, partner = await stranger(connection, department="A"), await stranger(connection, department="B")
    other_id = await make_idea(connection, challenge_id, author)
    await invite(connection, other_id, partner, agreed_at=NOW)
    idea_id = await make_idea(connection, challenge_id, author)
    assert await find_conflict(connection, idea_id, partner) is ConflictKind.CO_AUTHOR


@pytest.mark.parametrize(
    ("department", "kind"), [("Written in", "own_department"), ("Now", "own_department"), ("X", None)]
)
async def test_the_department_of_writing_and_that_of_today_are_in_conflict(
    connection: Connection, department: str, kind: str | None
) -> None:
    author = await make_person(connection, department="Now")
    idea_id = await make_idea(connection, await make_challenge(connection), author, department="Written in")
    reviewer = await make_person(connection, department=department)
    assert await find_conflict(connection, idea_id, reviewer) == kind


async def test_the_line_of_management_is_in_conflict_both_ways_and_cycles_end(connection: Connection) -> None:
    chief, head, author, report = [await stranger(connection, department=f"D{n}") for n in range(4)]
    for person, manager in ((head, chief), (author, head), (report, author), (chief, report)):
        await connection.execute("UPDATE people SET manager_id = $2 WHERE id = $1", person, manager)
    await connection.execute("UPDATE people SET manager_id = NULL WHERE id = $1", chief)
    peer = await stranger(connection, manager_id=head)
    idea_id = await make_idea(connection, await make_challenge(connection), author)
    listed = await list_conflicts(connection, [idea_id], [chief, head, report, peer])
    found = {one.person_id: one.kind for one in listed}
    assert found == dict.fromkeys([chief, head, report], ConflictKind.MANAGER)
    await connection.execute("UPDATE people SET manager_id = $2 WHERE id = $1", chief, report)
    assert len(await list_conflicts(connection, [idea_id], [chief])) == 1


async def test_authors_of_merged_ideas_are_in_conflict_with_the_survivor(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    survivor_id = await make_idea(connection, challenge_id, await stranger(connection, department="A"))
    twin_author = await stranger(connection, department="B")
    await make_idea(connection, challenge_id, twin_author, canonical_id=survivor_id)
    assert await find_conflict(connection, survivor_id, twin_author) is ConflictKind.CO_AUTHOR


async def test_a_declared_conflict_stays_and_its_first_reason_with_it(connection: Connection) -> None:
    idea_id, person = await make_idea(connection, await make_challenge(connection)), await stranger(connection)
    assert await find_conflict(connection, idea_id, person) is None
    await declare_conflict(connection, idea_id, person, "We are married.", NOW)
    await declare_conflict(connection, idea_id, person, "Changed my mind.", NOW)
    assert await find_conflict(connection, idea_id, person) is ConflictKind.DECLARED
    assert await connection.fetchval("SELECT reason FROM declared_conflicts") == "We are married."
