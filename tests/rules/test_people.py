"""What people may know of each other, and name searches."""

import random
import re
import sys
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideation.database import Connection
from ideation.entities.people import ALL_SCOPES, Actor, Person, Role
from ideation.errors import Conflict
from ideation.ids import new_id
from ideation.rules.people import name_search, require_another_administrator, show_person
from tests.factories import NOW

roles = st.frozensets(st.sampled_from(Role))


def make_actor(held: frozenset[Role]) -> Actor:
    return Actor(
        person_id=new_id(),
        name="Viewer",
        department="Research",
        site="Oslo",
        roles=held,
        scopes=ALL_SCOPES,
        policy_accepted=True,
    )


def make_person(person_id: UUID) -> Person:
    return Person(
        id=person_id,
        name="Ada",
        email="ada@example.org",
        department="Engines",
        site="London",
        manager_id=new_id(),
        roles=[Role.REVIEWER],
        active=True,
        erased_at=None,
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )


@given(held=roles, oneself=st.booleans())
def test_address_manager_and_roles_are_for_administrators_and_oneself(held: frozenset[Role], oneself: bool) -> None:
    actor = make_actor(held)
    person = make_person(actor.person_id if oneself else new_id())
    shown = show_person(actor, person)
    private = (shown.email, shown.manager_id, shown.roles)
    if oneself or Role.ADMINISTRATOR in held:
        assert private == (person.email, person.manager_id, person.roles)
    else:
        assert private == (None, None, None)


@given(others=st.frozensets(st.uuids(), max_size=3))
def test_an_administrator_may_leave_when_another_remains(others: frozenset[UUID]) -> None:
    leaving = new_id()
    if others:
        require_another_administrator(others | {leaving}, leaving)
    else:
        with pytest.raises(Conflict):
            require_another_administrator({leaving}, leaving)


@given(st.text())
def test_a_name_search_holds_nothing_but_words(query: str) -> None:
    assert re.fullmatch(r"([^\W_]+:\*( & [^\W_]+:\*)*)?", name_search(query))


async def test_postgres_understands_every_name_search(connection: Connection) -> None:
    chance = random.Random(1)
    letters = [chr(code) for code in range(1, sys.maxunicode) if not 0xD800 <= code <= 0xDFFF]
    searches = [name_search("".join(chance.choices(letters, k=chance.randint(0, 12)))) for _ in range(2000)]
    searches += [name_search("".join(chance.choices("ab1_' &|!:*()<->\\\"", k=12))) for _ in range(2000)]
    understood = await connection.fetchval(
        "SELECT count(to_tsquery('simple', search)) FROM unnest($1::text[]) AS search", searches
    )
    assert understood == 4000
