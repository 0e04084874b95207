"""Ideas that are submitted at once are written in one group, and none fails for the sake of another."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ideation.database import Connection
from ideation.entities.vectors import SubmittedIdea
from ideation.queries import ideas as queries
from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_person

UNKNOWN = UUID("00000000-0000-7000-8000-000000000000")


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that were written, groups of one by the actions included."""
    sizes: list[int] = []
    write = queries.submit_ideas

    async def counting(connection: Connection, encoder: str, some: Sequence[SubmittedIdea]) -> set[UUID]:
        sizes.append(len(some))
        return await write(connection, encoder, some)

    monkeypatch.setattr(queries, "submit_ideas", counting)
    return sizes


async def submit(client: httpx.AsyncClient, challenge_id: UUID, key: str | None = None, **idea: Any) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"/v1/challenges/{challenge_id}/ideas", json=idea, headers=headers)


async def stored(api: Api, challenge_id: UUID) -> list[tuple[object, ...]]:
    """What a submission leaves behind, by title: text, tags, author, counters, vector, comparison."""
    rows = await api.connection.fetch(
        """
        SELECT title, body, tags, state, submitted_at, idea_authors.person_id, idea_tallies.trend IS NOT NULL,
            idea_vectors.indexed,
            (SELECT count(*) FROM staged_jobs WHERE job = 'find_duplicates' AND subject = ideas.id::text)
        FROM ideas JOIN idea_authors ON idea_authors.idea_id = ideas.id
        JOIN idea_tallies ON idea_tallies.idea_id = ideas.id
        LEFT JOIN idea_vectors ON idea_vectors.idea_id = ideas.id
        WHERE ideas.challenge_id = $1 ORDER BY title
        """,
        challenge_id,
    )
    return [tuple(row) for row in rows]


async def test_ideas_submitted_at_once_share_a_group(api: Api, groups: list[int]) -> None:
    challenge_id = await make_challenge(api.connection)
    people = [await make_person(api.connection) for _ in range(8)]
    clients = [await api.client_for(person_id) for person_id in people]
    answers = await asyncio.gather(
        *(
            submit(client, challenge_id, title=f"Share van {place}", body=f"Van {place}.", tags=["vans", f"no {place}"])
            for place, client in enumerate(clients)
        )
    )
    assert [one.status_code for one in answers] == [201] * 8
    assert [one.json()["authors"][0]["person_id"] for one in answers] == [str(one) for one in people]
    assert await stored(api, challenge_id) == [
        (f"Share van {n}", f"Van {n}.", ["vans", f"no {n}"], "submitted", NOW, people[n], True, False, 1)
        for n in range(8)
    ]
    assert sum(groups) == 8
    assert len(groups) < 8


async def test_answer_is_what_reading_the_idea_says(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    clients = [await api.client_for(await make_person(api.connection)) for _ in range(3)]
    answers = await asyncio.gather(*(submit(client, challenge_id, title="A *new* van") for client in clients))
    read = [await client.get(f"/v1/ideas/{one.json()['id']}") for client, one in zip(clients, answers, strict=True)]
    assert [one.json() for one in answers] == [one.json() for one in read]
    assert [one.headers["etag"] for one in answers] == [one.headers["etag"] for one in read]


async def test_refusals_in_a_group_leave_the_others_alone(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    shut = await make_challenge(api.connection, audience_departments=["Sales"])
    closed = await make_challenge(api.connection, submit_closes_at=NOW)
    client = await api.client_for(await make_person(api.connection))
    panel_only = await api.client_for(await make_person(api.connection, roles=["moderator"]))
    answers = await asyncio.gather(
        submit(client, challenge_id, title="Good"),
        submit(client, shut, title="Not mine"),
        submit(panel_only, shut, title="Seen, not asked"),
        submit(client, closed, title="Late"),
        submit(client, UNKNOWN, title="Nowhere"),
        submit(client, challenge_id, title=""),
        submit(client, challenge_id, title="No known word: 😀", body="😀"),
        submit(client, challenge_id, title="Also good"),
    )
    assert [one.status_code for one in answers] == [201, 404, 403, 409, 404, 400, 201, 201]
    titles = [row[0] for row in await stored(api, challenge_id)]
    assert titles == ["Also good", "Good", "No known word: 😀"]
    assert (
        await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = ANY ($1)", [shut, closed]) == 0
    )


async def test_same_key_twice_within_a_group_makes_one_idea(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    client = await api.client_for(await make_person(api.connection))
    answers = await asyncio.gather(*(submit(client, challenge_id, key="one", title="Once") for _ in range(4)))
    assert {one.status_code for one in answers} <= {201, 409}
    again = await submit(client, challenge_id, key="one", title="Once")
    assert (again.status_code, len(await stored(api, challenge_id))) == (201, 1)


async def test_group_that_cannot_be_written_goes_one_by_one(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    challenge_id = await make_challenge(api.connection)
    gone, stays = await make_person(api.connection), await make_person(api.connection)
    clients = [await api.client_for(gone), await api.client_for(stays)]
    write = queries.submit_ideas
    groups: list[int] = []

    async def failing(connection: Connection, encoder: str, some: Sequence[SubmittedIdea]) -> set[UUID]:
        groups.append(len(some))
        if any(one.idea.author_id == gone for one in some):
            # What a group meets when one of its rows breaks a rule of the database.
            await connection.execute("INSERT INTO idea_authors (idea_id, person_id) VALUES ($1, $1)", UNKNOWN)
        return await write(connection, encoder, some)

    monkeypatch.setattr(queries, "submit_ideas", failing)
    answers = await asyncio.gather(*(submit(one, challenge_id, title="Van") for one in clients), return_exceptions=True)
    assert groups == [2, 1, 1]
    assert isinstance(answers[1], httpx.Response)
    assert answers[1].status_code == 201
    assert [row[5] for row in await stored(api, challenge_id)] == [stays]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    wanted=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40),
            st.lists(st.text(st.characters(codec="utf-8", categories=["L"]), min_size=1, max_size=8), max_size=4),
            st.booleans(),
        ),
        min_size=1,
        max_size=12,
    )
)
async def test_whatever_is_acknowledged_is_there_once_and_nothing_else(
    api: Api, wanted: list[tuple[str, list[str], bool]]
) -> None:
    opened = await make_challenge(api.connection)
    closed = await make_challenge(api.connection, submit_closes_at=NOW - timedelta(seconds=1))
    client = await api.client_for(await make_person(api.connection))
    answers = await asyncio.gather(
        *(submit(client, opened if takes else closed, title=title, tags=tags) for title, tags, takes in wanted)
    )
    told = sorted(
        (one.json()["id"], one.json()["title"], one.json()["tags"]) for one in answers if one.status_code == 201
    )
    rows = await api.connection.fetch(
        "SELECT id, title, tags FROM ideas WHERE challenge_id = ANY ($1)", [opened, closed]
    )
    assert sorted((str(row["id"]), row["title"], row["tags"]) for row in rows) == told
    assert {one.status_code for one in answers} <= {201, 400, 409}
