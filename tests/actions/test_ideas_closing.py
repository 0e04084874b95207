"""Submissions racing the close: each is in before the freeze or refused after it, never neither or both."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from ideation.actions import ideas
from ideation.actions.challenges_stages import reopen_challenge
from ideation.actions.closing import freeze
from ideation.database import Connection, Pool, open_pool
from ideation.entities.challenges_forms import NewClosing
from ideation.entities.ideas_forms import IdeaEdit, NewDraft, NewIdea
from ideation.entities.people import Actor, Role
from ideation.errors import ChallengeClosed
from tests.factories import NOW, make_actor, make_challenge

CLOSE = NOW + timedelta(days=10)
JUST_BEFORE = CLOSE - timedelta(microseconds=1)

Writing = Callable[[Connection, Actor, UUID], Awaitable[object]]


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    opened = await open_pool(database_url, size=6)
    yield opened
    await opened.close()


async def submit(connection: Connection, actor: Actor, challenge_id: UUID) -> UUID:
    return (await ideas.submit_idea(connection, actor, challenge_id, NewIdea(title="In time?"), JUST_BEFORE)).id


async def submit_draft(connection: Connection, actor: Actor, challenge_id: UUID) -> None:
    draft = await ideas.create_draft(connection, actor, challenge_id, NewDraft(title="In time?"), JUST_BEFORE)
    await ideas.submit_draft(connection, actor, draft.id, draft.version, JUST_BEFORE)


async def standing(connection: Connection, challenge_id: UUID) -> list[UUID]:
    rows = await connection.fetch(
        "SELECT id FROM ideas WHERE challenge_id = $1 AND state = 'submitted' ORDER BY id", challenge_id
    )
    return [row["id"] for row in rows]


async def test_many_submissions_around_the_close_are_in_or_refused(pool: Pool) -> None:
    async with pool.acquire() as connection:
        challenge_id = await make_challenge(connection)
        actors = [await make_actor(connection) for _ in range(40)]
    enough, frozen = asyncio.Event(), asyncio.Event()
    accepted: list[UUID] = []
    refused: list[UUID] = []

    async def take_part(actor: Actor, number: int) -> None:
        if number >= 30:
            await frozen.wait()
        async with pool.acquire() as connection:
            try:
                async with connection.transaction():
                    idea_id = await submit(connection, actor, challenge_id)
                accepted.append(idea_id)
            except ChallengeClosed:
                refused.append(actor.person_id)
        if len(accepted) >= 5:
            enough.set()

    async def close() -> list[UUID]:
        await enough.wait()
        async with pool.acquire() as connection, connection.transaction():
            assert await freeze(connection, challenge_id, CLOSE)
            seen = await standing(connection, challenge_id)
        frozen.set()
        return seen

    results = await asyncio.gather(close(), *(take_part(actor, number) for number, actor in enumerate(actors)))

    assert results[0] == sorted(accepted)
    async with pool.acquire() as connection:
        assert await standing(connection, challenge_id) == sorted(accepted)
        jobs = await connection.fetchval("SELECT count(*) FROM staged_jobs WHERE job = 'find_duplicates'")
    assert (len(accepted) + len(refused), jobs) == (40, len(accepted))
    assert len(accepted) >= 5
    assert len(refused) >= 10


async def test_freeze_waits_for_a_submission_under_way_and_sees_it(pool: Pool) -> None:
    async with pool.acquire() as writer, pool.acquire() as closer:
        challenge_id, actor = await make_challenge(writer), await make_actor(writer)
        submission = writer.transaction()
        await submission.start()
        idea_id = await submit(writer, actor, challenge_id)
        async with closer.transaction():
            freezing = asyncio.create_task(freeze(closer, challenge_id, CLOSE))
            await until_waiting(writer, closer)
            await submission.commit()
            assert await freezing
            assert await standing(closer, challenge_id) == [idea_id]


@pytest.mark.parametrize("write", [submit, submit_draft])
async def test_submission_that_waited_for_the_freeze_is_refused(pool: Pool, write: Writing) -> None:
    async with pool.acquire() as writer, pool.acquire() as closer:
        challenge_id, actor = await make_challenge(writer), await make_actor(writer)
        freezing = closer.transaction()
        await freezing.start()
        assert await freeze(closer, challenge_id, CLOSE)
        submission = asyncio.create_task(in_transaction(writer, write, actor, challenge_id))
        await until_waiting(closer, writer)
        await freezing.commit()
        with pytest.raises(ChallengeClosed):
            await submission
        assert await standing(writer, challenge_id) == []


async def test_edit_and_restoring_that_waited_for_the_freeze_are_refused(pool: Pool) -> None:
    async with pool.acquire() as writer, pool.acquire() as closer:
        challenge_id, actor = await make_challenge(writer), await make_actor(writer)
        kept, taken_back = [
            await ideas.submit_idea(writer, actor, challenge_id, NewIdea(title="Before"), NOW) for _ in range(2)
        ]
        withdrawn = await ideas.withdraw_idea(writer, actor, taken_back.id, taken_back.version, NOW)

        async def edit(connection: Connection, actor: Actor, _: UUID) -> None:
            await ideas.edit_idea(connection, actor, kept.id, IdeaEdit(title="After"), kept.version, JUST_BEFORE)

        async def restore(connection: Connection, actor: Actor, _: UUID) -> None:
            await ideas.restore_idea(connection, actor, withdrawn.id, withdrawn.version, JUST_BEFORE)

        freezing = closer.transaction()
        await freezing.start()
        assert await freeze(closer, challenge_id, CLOSE)
        async with pool.acquire() as second:
            tasks = [
                asyncio.create_task(in_transaction(writer, edit, actor, challenge_id)),
                asyncio.create_task(in_transaction(second, restore, actor, challenge_id)),
            ]
            await until_waiting(closer, writer)
            await until_waiting(closer, second)
            await freezing.commit()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ChallengeClosed, ChallengeClosed]
        assert [tuple(row) for row in await writer.fetch("SELECT title, state FROM ideas ORDER BY state")] == [
            ("Before", "submitted"),
            ("Before", "withdrawn"),
        ]


async def test_reopened_challenge_takes_ideas_again(pool: Pool) -> None:
    async with pool.acquire() as connection:
        owner = await make_actor(connection, roles=frozenset({Role.CHALLENGE_OWNER}))
        challenge_id = await make_challenge(connection, owner_id=owner.person_id)
        actor = await make_actor(connection)
        async with connection.transaction():
            assert await freeze(connection, challenge_id, CLOSE)
        with pytest.raises(ChallengeClosed):
            await submit(connection, actor, challenge_id)
        later = CLOSE + timedelta(days=5)
        closing = NewClosing(submit_closes_at=later, vote_closes_at=later, reason="More time")
        async with connection.transaction():
            await reopen_challenge(connection, owner, challenge_id, closing, 1, CLOSE)
        idea_id = await submit(connection, actor, challenge_id)
        assert await standing(connection, challenge_id) == [idea_id]


async def in_transaction(connection: Connection, write: Writing, actor: Actor, challenge_id: UUID) -> None:
    async with connection.transaction():
        await write(connection, actor, challenge_id)


async def until_waiting(observer: Connection, waiting: Connection) -> None:
    """Return once the other connection waits for a lock."""
    pid = waiting.get_server_pid()
    for _ in range(500):
        if await observer.fetchval("SELECT cardinality(pg_blocking_pids($1)) > 0", pid):
            return
        await asyncio.sleep(0.01)
    raise asyncpg.InterfaceError("the other connection never had to wait")
