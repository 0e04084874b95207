"""Whoever changes a challenge's reviews while ideas are merged or get further authors: nobody waits in a circle."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from ideation.actions import assignments
from ideation.actions.idea_authors import answer_invitation
from ideation.actions.merges import merge_ideas
from ideation.actions.people import remove_role
from ideation.database import Connection, open_connection
from ideation.entities.idea_authors import InvitationAnswer
from ideation.entities.merges import NewMerge
from ideation.entities.people import Actor, Role
from ideation.errors import Invalid
from ideation.queries.assignments import assign_by_hand, hold_panel
from ideation.queries.merges import merge
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person
from tests.panel_world import PanelWorld, ask_for_review, make_panel_world, make_reviewer

MODERATOR = frozenset({Role.MODERATOR})
WAITS = """
    SELECT EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
                   WHERE datname = current_database() AND locktype = $1 AND NOT granted)
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


async def until_it_waits(holding: Connection, work: "asyncio.Task[None]", kind: str = "advisory") -> None:
    """Until the other session waits for a lock of this kind that this one has."""
    while not await holding.fetchval(WAITS, kind):
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
    assert await dealing.fetchval("SELECT count(*) FROM review_assignments WHERE challenge_id = $1", challenge_id) == 2


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
    votes = "SELECT count(*) FROM votes WHERE challenge_id = $1"
    assert await merging.fetchval(votes, challenge_id) == 0


async def test_role_is_taken_away_while_its_holder_is_asked_for_a_review(
    two_connections: tuple[Connection, Connection],
) -> None:
    removing, asking = two_connections
    world, reviewer, idea_id = await panel_of_one(removing)
    administrator = await make_actor(removing, roles=frozenset({Role.ADMINISTRATOR}))

    async def ask() -> None:
        async with asking.transaction():
            ids = (world.challenge_id, idea_id, reviewer.person_id)
            await assignments.assign_by_hand(asking, world.owner, *ids, NOW)

    async with removing.transaction():
        await remove_role(removing, administrator, reviewer.person_id, Role.REVIEWER, NOW)
        work = asyncio.create_task(ask())
        await until_it_waits(removing, work, "transactionid")
    with pytest.raises(Invalid):
        await work
    asked = "SELECT count(*) FROM review_assignments WHERE idea_id = $1"
    assert await removing.fetchval(asked, idea_id) == 0


async def test_review_dealt_while_the_role_is_taken_away_is_freed(
    two_connections: tuple[Connection, Connection],
) -> None:
    dealing, removing = two_connections
    world, reviewer, idea_id = await panel_of_one(dealing)
    administrator = await make_actor(dealing, roles=frozenset({Role.ADMINISTRATOR}))

    async def take_away() -> None:
        async with removing.transaction():
            await remove_role(removing, administrator, reviewer.person_id, Role.REVIEWER, NOW)

    async with dealing.transaction():
        await hold_panel(dealing, world.challenge_id)
        work = asyncio.create_task(take_away())
        await until_it_waits(dealing, work)
        await ask_for_review(dealing, world, idea_id, reviewer)
    await work
    assert await dealing.fetchval("SELECT released_at FROM review_assignments WHERE idea_id = $1", idea_id) == NOW


async def panel_of_one(connection: Connection) -> tuple[PanelWorld, Actor, UUID]:
    """A panel with one reviewer, and an idea to review."""
    world = await make_panel_world(connection)
    reviewer = await make_reviewer(connection, world.challenge_id)
    return world, reviewer, await make_idea(connection, world.challenge_id)


async def invited_voter(connection: Connection, challenge_id: UUID, idea_id: UUID) -> Actor:
    """Somebody who voted on the idea and is then invited to be a co-author of it."""
    actor = await make_actor(connection)
    given = {"idea_id": idea_id, "person_id": actor.person_id}
    await insert(connection, "votes", **given, challenge_id=challenge_id, value=1, created_at=NOW, updated_at=NOW)
    await insert(connection, "idea_authors", **given, invited_by=actor.person_id, invited_at=NOW)
    return actor
