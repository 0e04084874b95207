"""Closing: one freeze, and no vote that is neither in the frozen ranking nor refused."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from ideation.actions.challenges_stages import archive_challenge
from ideation.actions.closing import freeze, open_by_date
from ideation.actions.decisions import decide_challenge
from ideation.actions.feed import deal
from ideation.actions.import_lines import Numbered
from ideation.actions.imports import start_import, take_batch
from ideation.actions.rankings_making import gather
from ideation.actions.schedule import run_entry
from ideation.actions.votes import answer_card
from ideation.database import Connection, open_connection, open_pool
from ideation.entities.decisions import DecideChallenge
from ideation.entities.feed import DealInput
from ideation.entities.people import Role
from ideation.entities.rankings import RankingKind
from ideation.entities.transfer import ImportOut, PersonLine
from ideation.entities.votes import AnswerInput, Word
from ideation.errors import ChallengeClosed
from ideation.queries.challenges import find_challenge
from ideation.settings import Settings
from tests.factories import NOW, make_actor, make_challenge, make_idea

CLOSES_AT = NOW + timedelta(days=10)
YES = AnswerInput(answer=Word.YES)


async def test_challenge_freezes_once_at_its_date(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    assert not await freeze(connection, challenge_id, CLOSES_AT - timedelta(microseconds=1))
    assert await freeze(connection, challenge_id, CLOSES_AT)
    assert not await freeze(connection, challenge_id, CLOSES_AT + timedelta(hours=1))
    found = await find_challenge(connection, challenge_id, CLOSES_AT)
    assert found is not None
    assert (found.frozen_at, found.state) == (CLOSES_AT, "in_review")
    told = await connection.fetch("SELECT kind FROM notifications WHERE challenge_id = $1", challenge_id)
    staged = await connection.fetch("SELECT job, queue FROM staged_jobs WHERE subject = $1", str(challenge_id))
    audited = await connection.fetch("SELECT action FROM audit_events WHERE challenge_id = $1", challenge_id)
    assert [tuple(row) for row in told] == [("challenge_closed",)]
    assert [tuple(row) for row in staged] == [("rank_challenge", "analysis")]
    assert [tuple(row) for row in audited] == [("challenge.closed",)]


@pytest.mark.parametrize("given", [{"stage": "draft"}, {"vote_closes_at": None}, {"stage": "archived"}])
async def test_challenge_without_a_date_or_not_running_never_freezes(
    connection: Connection, given: dict[str, object]
) -> None:
    challenge_id = await make_challenge(connection, **given)
    assert not await freeze(connection, challenge_id, CLOSES_AT + timedelta(days=1000))


@pytest.mark.parametrize("closes_at", [NOW - timedelta(hours=1), None])
async def test_deciding_before_the_schedule_came_freezes_and_ranks(
    connection: Connection, closes_at: datetime | None
) -> None:
    owner, given = await make_actor(connection), {"submit_closes_at": closes_at, "vote_closes_at": closes_at}
    challenge_id = await make_challenge(connection, owner_id=owner.person_id, **given)
    await decide_challenge(connection, owner, challenge_id, DecideChallenge(answers_owed=0), 1, NOW)
    found = await find_challenge(connection, challenge_id, NOW)
    assert found is not None
    assert (found.frozen_at, found.state) == (NOW, "decided")
    assert await staged(connection, challenge_id) == ["publish_results", "rank_challenge"]


async def test_archiving_before_the_schedule_came_freezes_and_ranks(connection: Connection) -> None:
    owner, closed = await make_actor(connection), NOW - timedelta(hours=1)
    given = {"submit_closes_at": closed, "vote_closes_at": closed}
    challenge_id = await make_challenge(connection, owner_id=owner.person_id, **given)
    await archive_challenge(connection, owner, challenge_id, 1, NOW)
    found = await find_challenge(connection, challenge_id, NOW)
    assert found is not None
    assert (found.frozen_at, found.state) == (NOW, "archived")
    assert await staged(connection, challenge_id) == ["rank_challenge"]


async def staged(connection: Connection, challenge_id: UUID) -> list[str]:
    rows = await connection.fetch("SELECT job FROM staged_jobs WHERE subject = $1 ORDER BY job", str(challenge_id))
    return [row["job"] for row in rows]


async def test_reopened_challenge_freezes_again(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    await freeze(connection, challenge_id, CLOSES_AT)
    later = CLOSES_AT + timedelta(days=5)
    await connection.execute(
        "UPDATE challenges SET frozen_at = NULL, submit_closes_at = $2, vote_closes_at = $2 WHERE id = $1",
        challenge_id,
        later,
    )
    assert await freeze(connection, challenge_id, later)
    assert await connection.fetchval("SELECT count(*) FROM notifications WHERE challenge_id = $1", challenge_id) == 2


async def test_challenge_opens_once(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    assert not await open_by_date(connection, challenge_id, NOW - timedelta(days=2))
    assert await open_by_date(connection, challenge_id, NOW)
    assert not await open_by_date(connection, challenge_id, NOW)


async def test_two_schedulers_and_four_workers_close_once(database_url: str) -> None:
    arranging = await open_connection(database_url)
    challenge_id = await make_challenge(arranging)
    settings = make_settings(database_url)

    async def schedule() -> None:
        connection = await open_connection(database_url)
        await run_entry(connection, settings, "close_challenges", CLOSES_AT)
        await connection.close()

    async def close() -> bool:
        connection = await open_connection(database_url)
        async with connection.transaction():
            won = await freeze(connection, challenge_id, CLOSES_AT)
        await connection.close()
        return won

    await asyncio.gather(schedule(), schedule())
    staged = await arranging.fetch("SELECT job, subject FROM staged_jobs WHERE job = 'close_challenge'")
    assert [tuple(row) for row in staged] == [("close_challenge", str(challenge_id))]
    assert sorted(await asyncio.gather(*(close() for _ in range(4)))) == [False, False, False, True]
    audited = await arranging.fetchval("SELECT count(*) FROM audit_events WHERE action = 'challenge.closed'")
    await arranging.close()
    assert audited == 1


async def test_votes_racing_the_close_are_in_the_frozen_ranking_or_refused(database_url: str) -> None:
    """Every vote says it arrived just before the close; the freeze runs in the middle of them."""
    arranging = await open_connection(database_url)
    challenge_id = await make_challenge(arranging)
    await make_idea(arranging, challenge_id)
    voters = [await make_actor(arranging) for _ in range(40)]
    cards = [(await deal(arranging, voter, challenge_id, DealInput(), NOW)).cards[0].id for voter in voters]
    pool = await open_pool(database_url, size=12)

    first_is_in, freezing, frozen = asyncio.Event(), asyncio.Event(), asyncio.Event()
    # Some votes come before the freeze, most while it waits for the lock, some after it; all claim the same moment.
    starts = [None] * 10 + [freezing] * 25 + [frozen] * 5

    async def vote(number: int, start: asyncio.Event | None) -> UUID | None:
        if start is not None:
            await start.wait()
        async with pool.acquire() as connection:
            try:
                async with connection.transaction():
                    await answer_card(connection, voters[number], cards[number], YES, CLOSES_AT - timedelta(seconds=1))
                    await asyncio.sleep(0.005)
            except ChallengeClosed:
                return None
            first_is_in.set()
            return voters[number].person_id

    async def close() -> int:
        await first_is_in.wait()
        freezing.set()
        async with arranging.transaction():
            assert await freeze(arranging, challenge_id, CLOSES_AT)
        frozen.set()
        return await _answers(arranging, challenge_id, CLOSES_AT)

    in_ranking, *accepted = await asyncio.gather(close(), *(vote(number, start) for number, start in enumerate(starts)))
    taken = [person_id for person_id in accepted if person_id is not None]
    ranked_later = await _answers(arranging, challenge_id, CLOSES_AT + timedelta(hours=1))
    stored = await arranging.fetch("SELECT person_id FROM votes")
    await pool.close()
    await arranging.close()
    assert {row["person_id"] for row in stored} == set(taken)
    assert in_ranking == ranked_later == len(taken)
    assert 1 <= len(taken) <= 35


async def _answers(connection: Connection, challenge_id: UUID, now: datetime) -> int:
    challenge = await find_challenge(connection, challenge_id, now)
    assert challenge is not None
    inputs = await gather(connection, challenge)
    assert inputs.kind is RankingKind.CLOSING
    return len(inputs.value)


def make_settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url="redis://127.0.0.1:1",
        secret_key="a secret key for tests, 32 characters or more",
    )


async def test_import_racing_the_close_is_in_the_frozen_ranking_or_refused(database_url: str) -> None:
    """The freeze waits for a batch under way; a batch that begins while it runs is refused."""
    first, second, closing = [await open_connection(database_url) for _ in range(3)]
    administrator = await make_actor(first, roles=frozenset({Role.ADMINISTRATOR}))
    challenge_id = await make_challenge(first)
    runs = [await start_import(first, administrator, challenge_id, "jsonl", "file", NOW) for _ in range(2)]

    async def take(connection: Connection, run: ImportOut, hold: asyncio.Event) -> int:
        async with connection.transaction():
            line = PersonLine(email=f"{run.id}@example.org", name="Ada", department="Sales")
            taken = await take_batch(connection, administrator, run.id, [Numbered(1, line)], CLOSES_AT)
            under_way.set()
            await hold.wait()
            return taken.accepted

    async def close() -> bool:
        await under_way.wait()
        async with closing.transaction():
            frozen = asyncio.create_task(freeze(closing, challenge_id, CLOSES_AT))
            done, _ = await asyncio.wait([frozen], timeout=0.2)
            assert not done
            may_end.set()
            won = await frozen
            late = asyncio.create_task(take(second, runs[1], may_end))
            await asyncio.wait([late], timeout=0.2)
        with pytest.raises(ChallengeClosed):
            await late
        return won

    under_way, may_end = asyncio.Event(), asyncio.Event()
    accepted, won = await asyncio.gather(take(first, runs[0], may_end), close())
    assert (accepted, won) == (1, True)
    for connection in (first, second, closing):
        await connection.close()
