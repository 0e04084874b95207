"""Rows for tests, made without surprises: everything not given is plain, valid and open to everybody."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from ideation.database import Connection
from ideation.entities.people import ALL_SCOPES, Actor, Role, Scope
from ideation.ids import new_id

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_serial = count(1)
_latest_id = [UUID(int=0)]


async def insert(connection: Connection, table: str, **values: object) -> None:
    """Insert one row; the table and column names come from the test, never from input."""
    columns = ", ".join(values)
    places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    await connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", *values.values())


async def make_person(connection: Connection, **given: object) -> UUID:
    """An active employee; `roles=[...]`, `department=...` and so on as wanted."""
    number = next(_serial)
    person_id = new_id()
    values: dict[str, object] = {
        "id": person_id,
        "name": f"Person {number}",
        "email": f"person-{number}-{person_id.hex[-6:]}@example.org",
        "department": "Research",
        "site": "Oslo",
        "roles": [],
        "created_at": NOW,
        "updated_at": NOW,
    }
    await insert(connection, "people", **(values | given))
    return person_id


async def make_actor(
    connection: Connection,
    *,
    roles: frozenset[Role] = frozenset(),
    scopes: frozenset[Scope] = ALL_SCOPES,
    policy_accepted: bool = True,
    department: str = "Research",
    site: str = "Oslo",
) -> Actor:
    """A person of the database together with the actor that a request of theirs would carry."""
    person_id = await make_person(connection, roles=[str(role) for role in roles], department=department, site=site)
    return Actor(
        person_id=person_id,
        name="Somebody",
        department=department,
        site=site,
        roles=roles,
        scopes=scopes,
        policy_accepted=policy_accepted,
    )


async def make_challenge(connection: Connection, **given: object) -> UUID:
    """A running yes/no challenge for everyone: opened a day before NOW, closes in ten days."""
    owner_id = given.get("owner_id") or await make_person(connection, roles=["challenge_owner"])
    challenge_id = new_id()
    values: dict[str, object] = {
        "id": challenge_id,
        "question": "How could we waste less?",
        "sponsor_id": owner_id,
        "owner_id": owner_id,
        "created_by": owner_id,
        "stage": "published",
        "submit_opens_at": NOW - timedelta(days=1),
        "submit_closes_at": NOW + timedelta(days=10),
        "vote_opens_at": NOW - timedelta(days=1),
        "vote_closes_at": NOW + timedelta(days=10),
        "created_at": NOW - timedelta(days=2),
        "updated_at": NOW - timedelta(days=2),
    }
    await insert(connection, "challenges", **(values | given))
    return challenge_id


async def make_criterion(connection: Connection, challenge_id: UUID, key: str, weight: float, **given: object) -> UUID:
    """One criterion with a scale from 1 to 5."""
    criterion_id = new_id()
    values: dict[str, object] = {
        "id": criterion_id,
        "challenge_id": challenge_id,
        "key": key,
        "label": key.capitalize(),
        "weight": weight,
        "position": 1,
    }
    await insert(connection, "criteria", **(values | given))
    return criterion_id


def _later_id() -> UUID:
    """An id after those given out before: chance orders ids of one millisecond, and analyses follow their order."""
    later = new_id()
    while later <= _latest_id[0]:
        later = new_id()
    _latest_id[0] = later
    return later


async def make_idea(connection: Connection, challenge_id: UUID, author_id: UUID | None = None, **given: object) -> UUID:
    """A submitted idea with its author row and its tally."""
    author_id = author_id or await make_person(connection)
    idea_id = _later_id()
    number = next(_serial)
    values: dict[str, object] = {
        "id": idea_id,
        "challenge_id": challenge_id,
        "author_id": author_id,
        "department": await connection.fetchval("SELECT department FROM people WHERE id = $1", author_id),
        "title": f"Idea {number}",
        "body": f"What idea {number} is about.",
        "state": "submitted",
        "created_at": NOW,
        "updated_at": NOW,
        "submitted_at": NOW,
    }
    values |= given
    if values["state"] == "draft":
        values["submitted_at"] = None
    await insert(connection, "ideas", **values)
    author = {"person_id": author_id, "invited_by": author_id, "invited_at": NOW, "agreed_at": NOW}
    await insert(connection, "idea_authors", idea_id=idea_id, **author)
    await insert(connection, "idea_tallies", idea_id=idea_id, challenge_id=challenge_id)
    return idea_id
