"""Merging and separating: what is chosen, what follows, and that everything comes back."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import hypothesis
import pytest
from hypothesis import strategies as st

from ideation.actions.merges import list_merges, merge_ideas, unmerge_ideas
from ideation.database import Connection, open_connection
from ideation.entities.merges import NewMerge, Unmerging
from ideation.entities.people import Actor, Role
from ideation.errors import Forbidden, Invalid, NotFound, WrongState
from ideation.ids import new_id
from ideation.queries.votes import count_votes
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person
from tests.harness import TestServers, cloned_database


async def moderator(connection: Connection) -> Actor:
    return await make_actor(connection, roles=frozenset({Role.MODERATOR}))


async def support(connection: Connection, idea_id: UUID, challenge_id: UUID, *people: UUID) -> None:
    for person_id in people:
        at = {"created_at": NOW, "updated_at": NOW}
        await insert(
            connection, "votes", idea_id=idea_id, person_id=person_id, challenge_id=challenge_id, value=1, **at
        )


async def canonical(connection: Connection, *ids: UUID) -> list[UUID | None]:
    rows = await connection.fetch("SELECT id, canonical_id FROM ideas WHERE id = ANY ($1::uuid[])", ids)
    found = {row["id"]: row["canonical_id"] for row in rows}
    return [found[idea_id] for idea_id in ids]


async def merge(connection: Connection, actor: Actor, challenge_id: UUID, *ids: UUID, **given: Any) -> UUID:
    return (await merge_ideas(connection, actor, challenge_id, NewMerge(idea_ids=list(ids), **given), NOW)).survivor_id


async def unmerge(connection: Connection, actor: Actor, challenge_id: UUID, *ids: UUID) -> None:
    await unmerge_ideas(connection, actor, challenge_id, Unmerging(idea_ids=list(ids)), NOW)


async def test_the_idea_with_more_distinct_voters_stays_and_counts_people_once(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    one, two = [await make_idea(connection, challenge_id) for _ in range(2)]
    ada, ben, cem = [await make_person(connection) for _ in range(3)]
    await support(connection, one, challenge_id, ada)
    await support(connection, two, challenge_id, ada, ben, cem)
    assert await merge(connection, await moderator(connection), challenge_id, one, two) == two
    assert await canonical(connection, one, two) == [two, None]
    assert (await count_votes(connection, [two]))[two].supporters == 3


async def test_among_equals_the_older_idea_stays_unless_another_is_named(connection: Connection) -> None:
    actor, challenge_id = await moderator(connection), await make_challenge(connection)
    young = await make_idea(connection, challenge_id, submitted_at=NOW)
    old = await make_idea(connection, challenge_id, submitted_at=NOW - timedelta(hours=1))
    assert await merge(connection, actor, challenge_id, young, old) == old
    await unmerge(connection, actor, challenge_id, young)
    assert await merge(connection, actor, challenge_id, young, old, survivor_id=young) == young


async def test_no_chain_arises_and_separating_brings_each_level_back(connection: Connection) -> None:
    actor, challenge_id = await moderator(connection), await make_challenge(connection)
    a, b, c, d = [await make_idea(connection, challenge_id) for _ in range(4)]
    await merge(connection, actor, challenge_id, a, b, survivor_id=b)
    await merge(connection, actor, challenge_id, b, c, survivor_id=c)
    assert await canonical(connection, a, b, c) == [c, c, None]
    assert await merge(connection, actor, challenge_id, d, a, survivor_id=a) == c
    await unmerge(connection, actor, challenge_id, b)
    assert await canonical(connection, a, b, c, d) == [b, None, None, c]
    await unmerge(connection, actor, challenge_id, a, d)
    assert await canonical(connection, a, b, c, d) == [None, None, None, None]


async def test_both_authors_are_told_each_time_and_the_audit_trail_keeps_both(connection: Connection) -> None:
    actor, challenge_id = await moderator(connection), await make_challenge(connection)
    authors = [await make_person(connection) for _ in range(2)]
    ideas = [
        await make_idea(connection, challenge_id, author, title=title)
        for author, title in zip(authors, ("Vans", "Bikes"), strict=True)
    ]
    await merge(connection, actor, challenge_id, *ideas, survivor_id=ideas[1], reason="The same.")
    await unmerge(connection, actor, challenge_id, ideas[0])
    for author in authors:
        rows = await connection.fetch("SELECT message FROM notifications WHERE person_id = $1 ORDER BY id", author)
        assert [row["message"] for row in rows] == [
            "“Vans” and “Bikes” say the same and are now shown as one idea; both keep their authors.",
            "“Vans” stands on its own again, with its own votes and comments.",
        ]
    audit = await connection.fetch("SELECT action, actor_id FROM audit_events WHERE subject_id = $1", str(ideas[0]))
    assert [tuple(row) for row in audit] == [
        ("idea.merged", actor.person_id),
        ("idea.unmerged", actor.person_id),
    ]
    page = await list_merges(connection, actor, challenge_id, standing_only=False, now=NOW, limit=10, after=None)
    assert [(row.idea_title, row.canonical_title, row.reason, row.unmerged_at) for row in page.items] == [
        ("Vans", "Bikes", "The same.", NOW)
    ]


async def test_only_those_who_moderate_merge_and_not_in_a_case_of_their_own(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    actor = await moderator(connection)
    ideas = [await make_idea(connection, challenge_id) for _ in range(2)]
    own = await make_idea(connection, challenge_id, actor.person_id)
    with pytest.raises(Forbidden):
        await merge(connection, await make_actor(connection), challenge_id, *ideas)
    with pytest.raises(Forbidden):
        await merge(connection, actor, challenge_id, ideas[0], own)
    with pytest.raises(Forbidden):
        await unmerge(connection, await make_actor(connection), challenge_id, ideas[0])


async def test_archived_challenge_keeps_its_merges_as_they_are(connection: Connection) -> None:
    actor, challenge_id = await moderator(connection), await make_challenge(connection)
    a, b, c = [await make_idea(connection, challenge_id) for _ in range(3)]
    await merge(connection, actor, challenge_id, a, b, survivor_id=b)
    await connection.execute(
        "UPDATE challenges SET stage = 'archived', frozen_at = $2 WHERE id = $1", challenge_id, NOW
    )
    with pytest.raises(WrongState):
        await merge(connection, actor, challenge_id, b, c)
    with pytest.raises(WrongState):
        await unmerge(connection, actor, challenge_id, a)
    assert await canonical(connection, a, b, c) == [b, None, None]


async def test_what_cannot_be_merged_is_refused(connection: Connection) -> None:
    actor, challenge_id = await moderator(connection), await make_challenge(connection)
    idea = await make_idea(connection, challenge_id)
    elsewhere = await make_idea(connection, await make_challenge(connection))
    hidden = await make_idea(connection, challenge_id, hidden_at=NOW)
    withdrawn = await make_idea(connection, challenge_id, state="withdrawn")
    draft = await make_idea(connection, challenge_id, state="draft")
    for other in (elsewhere, draft, new_id()):
        with pytest.raises(NotFound):
            await merge(connection, actor, challenge_id, idea, other)
    for other in (hidden, withdrawn, idea):
        with pytest.raises(WrongState):
            await merge(connection, actor, challenge_id, idea, other)
    with pytest.raises(Invalid):
        await merge(
            connection,
            actor,
            challenge_id,
            idea,
            await make_idea(connection, challenge_id),
            survivor_id=elsewhere,
        )
    with pytest.raises(WrongState):
        await unmerge(connection, actor, challenge_id, idea)


async def _picture(connection: Connection, challenge_id: UUID) -> list[list[tuple[Any, ...]]]:
    """Everything people wrote or said, and how it is shown; the version only counts changes."""
    statements = (
        "SELECT id, title, body, state, canonical_id, updated_at FROM ideas WHERE challenge_id = $1 ORDER BY id",
        "SELECT * FROM votes WHERE challenge_id = $1 ORDER BY idea_id, person_id",
        "SELECT idea_tallies.* FROM idea_tallies WHERE challenge_id = $1 ORDER BY idea_id",
        "SELECT idea_authors.* FROM idea_authors JOIN ideas ON id = idea_id WHERE challenge_id = $1 ORDER BY 1, 2",
        "SELECT idea_a, idea_b, state FROM duplicate_pairs WHERE challenge_id = $1 ORDER BY 1, 2",
    )
    return [[tuple(row) for row in await connection.fetch(sql, challenge_id)] for sql in statements]


async def _merge_some_and_separate(connection: Connection, pairs: list[tuple[int, int]], votes: list[int]) -> None:
    actor, challenge_id = await moderator(connection), await make_challenge(connection)
    ideas = [await make_idea(connection, challenge_id) for _ in range(5)]
    people = [await make_person(connection) for _ in range(3)]
    for place, vote in enumerate(votes):
        await support(connection, ideas[vote], challenge_id, people[place])
    before = await _picture(connection, challenge_id)
    merged: list[UUID] = []
    for one, other in pairs:
        links = await canonical(connection, ideas[one], ideas[other])
        roots = [link or ideas[place] for place, link in zip((one, other), links, strict=True)]
        if roots[0] != roots[1]:
            survivor = await merge(connection, actor, challenge_id, ideas[one], ideas[other])
            merged.append(next(root for root in roots if root != survivor))
            shown = {root for root in await canonical(connection, *ideas) if root is not None}
            assert set(await canonical(connection, *shown)) <= {None}
    for idea_id in reversed(merged):
        await unmerge(connection, actor, challenge_id, idea_id)
    assert await _picture(connection, challenge_id) == before


@pytest.fixture(scope="module")
def database_url_of_module(servers: TestServers) -> Iterator[str]:
    with cloned_database(servers) as url:
        yield url


@hypothesis.settings(max_examples=15)
@hypothesis.given(
    pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6),
    votes=st.lists(st.integers(0, 4), max_size=3),
)
def test_merging_and_separating_leaves_everything_as_it_was(
    database_url_of_module: str, pairs: list[tuple[int, int]], votes: list[int]
) -> None:
    async def run() -> None:
        connection = await open_connection(database_url_of_module)
        try:
            await _merge_some_and_separate(connection, pairs, votes)
        finally:
            await connection.close()

    asyncio.run(run())


async def test_opposite_merges_at_once_leave_one_survivor(database_url: str) -> None:
    connections = [await open_connection(database_url) for _ in range(2)]
    actor, challenge_id = await moderator(connections[0]), await make_challenge(connections[0])
    ideas = [await make_idea(connections[0], challenge_id) for _ in range(2)]

    async def attempt(connection: Connection, survivor_id: UUID) -> None:
        async with connection.transaction():
            await merge(connection, actor, challenge_id, *ideas, survivor_id=survivor_id)

    results = await asyncio.gather(
        *(attempt(connection, idea) for connection, idea in zip(connections, ideas, strict=True)),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result is not None] == [WrongState]
    links = await canonical(connections[0], *ideas)
    assert sorted(link is None for link in links) == [False, True]
    for connection in connections:
        await connection.close()
