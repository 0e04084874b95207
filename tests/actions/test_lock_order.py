"""Whoever changes a challenge's reviews while ideas are merged or get further authors: nobody waits in a circle."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from ideation.actions.idea_authors import answer_invitation
from ideation.actions.merges import merge_ideas
from ideation.database import Connection, open_connection
from ideation.entities.idea_authors import InvitationAnswer
from ideation.entities.merges import NewMerge
from ideation.entities.people import Actor, Role
from ideation.queries.assignments import assign_by_hand, hold_panel
from ideation.queries.merges import merge
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person

MODERATOR = frozenset({Role.MODERATOR})
WAITS = """
    SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
                   WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)
"""


@pytest.fixture
async def two_connections(database_url: str) -> AsyncIterator[tuple[Connection, Connection]]:
    """Two sessions of one database; of the first, whoever waits for a lock is seen."""
    opened = [await open_connection(database_url) for _ in range(2)]
    try:
        yield opened[0], opened[1]
    finally:
        for connection in opened:
            await connection.close()


async def until_it_waits(holding: Connection, work: "asyncio.Task[None]") -> None:
    """Until the other session waits for an advisory lock that this one has."""
    while not await holding.fetchval(WAITS):
        assert not work.done(), work.result()
        await asyncio.sleep(0.01)


async def test_review_can_be_asked_for_while_a_merge_waits_for_the_panel(
    two_connections: tuple[Connection, Connection],
) -> None:
    dealing, merging = two_connections
    challenge_id = await make_challenge(dealing)
    ideas = [await make_idea(dealing, challenge_id) for _ in range(2)]
    moderator, owner = await make_actor(dealing, roles=MODERATOR), await make_person(dealing)

    async def merge_both() -> None:
        async with merging.transaction():
            await merge_ideas(merging, moderator, challenge_id, NewMerge(idea_ids=ideas, survivor_id=ideas[0]), NOW)

    async with dealing.transaction():
        await hold_panel(dealing, challenge_id)
        work = asyncio.create_task(merge_both())
        await until_it_waits(dealing, work)
        for idea in ideas:
            await assign_by_hand(dealing, challenge_id, idea, owner, None, owner, NOW)
    await work
    assert await dealing.fetchval("SELECT canonical_id FROM ideas WHERE id = $1", ideas[1]) == ideas[0]
    assert await dealing.fetchval("SELECT count(*) FROM review_assignments") == 2


async def test_merge_goes_on_while_a_co_author_who_voted_waits_for_the_panel(
    two_connections: tuple[Connection, Connection],
) -> None:
    merging, answering = two_connections
    challenge_id = await make_challenge(merging)
    kept, folded = [await make_idea(merging, challenge_id) for _ in range(2)]
    invited = await invited_voter(merging, challenge_id, folded)

    async def agree() -> None:
        async with answering.transaction():
            await answer_invitation(answering, invited, folded, InvitationAnswer(agree=True), NOW)

    async with merging.transaction():
        await hold_panel(merging, challenge_id)
        work = asyncio.create_task(agree())
        await until_it_waits(merging, work)
        await merge(merging, folded, kept, "The same.", invited.person_id, NOW)
    await work
    assert await merging.fetchval("SELECT canonical_id FROM ideas WHERE id = $1", folded) == kept
    assert await merging.fetchval("SELECT count(*) FROM votes") == 0


async def invited_voter(connection: Connection, challenge_id: UUID, idea_id: UUID) -> Actor:
    """Somebody who voted on the idea and is then invited to be a co-author of it."""
    actor = await make_actor(connection)
    given = {"idea_id": idea_id, "person_id": actor.person_id}
    await insert(connection, "votes", **given, challenge_id=challenge_id, value=1, created_at=NOW, updated_at=NOW)
    await insert(connection, "idea_authors", **given, invited_by=actor.person_id, invited_at=NOW)
    return actor
