"""Reviews against what happens at the same moment: the decision of the challenge, and the release of an idea."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from ideation.actions.decisions import decide_challenge
from ideation.actions.reviews import save_review, send_review
from ideation.database import Connection, open_connection
from ideation.entities.decisions import DecideChallenge
from ideation.entities.people import Actor
from ideation.entities.reviews import NOT_BEGUN_VERSION, SaveReview, ScoreInput
from ideation.errors import ChallengeClosed, NotFound
from ideation.queries.assignments import release
from tests.factories import NOW, make_idea
from tests.panel_world import PanelWorld, ask_for_review, make_panel_world, make_reviewer


@pytest.fixture
async def connections(database_url: str) -> AsyncIterator[tuple[Connection, Connection]]:
    """Two people's connections to the same database."""
    first, second = await open_connection(database_url), await open_connection(database_url)
    yield first, second
    await first.close()
    await second.close()


async def drafted(connection: Connection) -> tuple[PanelWorld, Actor, UUID, UUID]:
    """A complete review that waits to be sent."""
    world = await make_panel_world(connection)
    reviewer = await make_reviewer(connection, world.challenge_id)
    idea_id = await make_idea(connection, world.challenge_id)
    assignment_id = await ask_for_review(connection, world, idea_id, reviewer)
    scores = [ScoreInput(criterion_id=criterion, score=3) for criterion in world.criteria.values()]
    await save_review(connection, reviewer, assignment_id, SaveReview(scores=scores), NOT_BEGUN_VERSION, NOW)
    return world, reviewer, assignment_id, idea_id


async def waits(connection: Connection) -> None:
    """Until somebody waits for a lock of another connection."""
    while not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
        await connection.execute("SELECT pg_sleep(0.005)")


async def sent(connection: Connection) -> bool:
    found: bool = await connection.fetchval("SELECT bool_and(sent_at IS NOT NULL) FROM reviews")
    return found


async def test_a_review_that_meets_the_decision_of_the_challenge_is_refused(
    connections: tuple[Connection, Connection],
) -> None:
    owning, reviewing = connections
    world, reviewer, assignment_id, _ = await drafted(owning)
    async with owning.transaction():
        await decide_challenge(owning, world.owner, world.challenge_id, DecideChallenge(answers_owed=1), 1, NOW)
        sending = asyncio.create_task(in_transaction(reviewing, reviewer, assignment_id))
        await waits(owning)
    with pytest.raises(ChallengeClosed):
        await sending
    assert not await sent(owning)


async def test_a_decision_waits_for_the_review_that_was_first(connections: tuple[Connection, Connection]) -> None:
    owning, reviewing = connections
    world, reviewer, assignment_id, _ = await drafted(owning)

    async def decide() -> None:
        async with owning.transaction():
            await decide_challenge(owning, world.owner, world.challenge_id, DecideChallenge(answers_owed=1), 1, NOW)

    async with reviewing.transaction():
        await send_review(reviewing, reviewer, assignment_id, 2, NOW)
        deciding = asyncio.create_task(decide())
        await waits(reviewing)
    await deciding
    assert await sent(owning)


async def test_an_idea_that_is_being_released_can_no_longer_be_sent(
    connections: tuple[Connection, Connection],
) -> None:
    owning, reviewing = connections
    world, reviewer, assignment_id, idea_id = await drafted(owning)
    async with owning.transaction():
        released_at = NOW + timedelta(minutes=1)
        assert await release(owning, world.challenge_id, idea_id, reviewer.person_id, released_at)
        sending = asyncio.create_task(in_transaction(reviewing, reviewer, assignment_id))
        await waits(owning)
    with pytest.raises(NotFound):
        await sending
    assert not await sent(owning)


async def in_transaction(connection: Connection, reviewer: Actor, assignment_id: UUID) -> None:
    """Send the review as a request does."""
    async with connection.transaction():
        await send_review(connection, reviewer, assignment_id, 2, NOW)
