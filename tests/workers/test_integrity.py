"""Odd voting patterns are found in what ranks, said with their effect, and never dropped."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from ideation.database import Connection, open_connection
from ideation.ids import new_id
from ideation.settings import Settings
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from workers.context import JobContext
from workers.jobs.integrity import check_integrity
from workers.jobs.rankings import rank_challenge

SETTINGS = Settings(database_url="postgresql://x", redis_url="redis://x", secret_key="x" * 32)


@pytest.fixture
async def committing(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


def context(connection: Connection, challenge_id: UUID) -> JobContext:
    return JobContext(connection=connection, settings=SETTINGS, subject=str(challenge_id), arguments={}, now=NOW)


async def answer(
    connection: Connection, challenge_id: UUID, idea_id: UUID, person_id: UUID, value: int, minute: int
) -> None:
    card_id, at = new_id(), NOW + timedelta(minutes=minute)
    ids = {"challenge_id": challenge_id, "idea_id": idea_id, "person_id": person_id}
    card = {"sitting_id": new_id(), "position": 1 + minute % 5, "dealt_by": "feed", "own_department": False}
    await insert(connection, "impressions", id=card_id, **ids, **card, dealt_at=at)
    await insert(connection, "votes", **ids, value=value, impression_id=card_id, created_at=at, updated_at=at)


async def ring_world(connection: Connection) -> tuple[UUID, list[UUID], list[UUID]]:
    """Three of a ring vote for the same twelve of sixteen ideas within minutes; eight others seldom say yes."""
    challenge_id = await make_challenge(connection, shortlist_size=4)
    ideas = sorted([await make_idea(connection, challenge_id) for _ in range(16)])
    ring = sorted([await make_person(connection) for _ in range(3)])
    for member, person_id in enumerate(ring):
        for place, idea_id in enumerate(ideas):
            await answer(connection, challenge_id, idea_id, person_id, int(place < 12), 10 * place + member)
    for number in range(8):
        person_id = await make_person(connection)
        for place, idea_id in enumerate(ideas):
            value = int((number + place) % 4 == 0 or place >= 12)
            await answer(connection, challenge_id, idea_id, person_id, value, 3000 + 997 * number + 61 * place)
    return challenge_id, ideas, ring


async def test_ring_is_flagged_once_with_its_effect_and_its_votes_stay(committing: Connection) -> None:
    challenge_id, ideas, ring = await ring_world(committing)
    await rank_challenge(context(committing, challenge_id))
    jobs = await committing.fetch("SELECT job, queue FROM staged_jobs WHERE subject = $1", str(challenge_id))
    assert [tuple(row) for row in jobs] == [("check_integrity", "analysis")]
    for _ in range(2):
        await check_integrity(context(committing, challenge_id))
    rows = await committing.fetch("SELECT * FROM integrity_flags WHERE kind = 'ring'")
    assert [(row["people"], row["votes"], row["reason"]) for row in rows] == [
        (ring, 36, "3 people vote for the same ideas within minutes of each other.")
    ]
    effects = {UUID(one["idea_id"]): one for one in rows[0]["effects"]}
    assert set(effects) == set(ideas[:12])
    assert all(1 <= one["rank_with"] <= 16 and 1 <= one["rank_without"] <= 16 for one in effects.values())
    assert await committing.fetchval("SELECT count(*) FROM votes") == 11 * 16
    runs = await committing.fetch("SELECT error, details FROM analysis_runs WHERE kind = 'integrity'")
    assert [row["error"] for row in runs] == [None, None]


async def test_votes_given_in_return_are_flagged_with_the_rank_they_bring(committing: Connection) -> None:
    challenge_id = await make_challenge(committing, shortlist_size=2)
    first, second = [await make_person(committing) for _ in range(2)]
    others = [await make_idea(committing, challenge_id) for _ in range(10)]
    own = {person: [await make_idea(committing, challenge_id, person) for _ in range(10)] for person in (first, second)}
    for voter, author in ((first, second), (second, first)):
        for place, idea_id in enumerate([*own[author], *others]):
            await answer(committing, challenge_id, idea_id, voter, int(place < 10), 600 * place)
    for number in range(4):
        person_id = await make_person(committing)
        for place, idea_id in enumerate([*own[first], *own[second], *others]):
            await answer(committing, challenge_id, idea_id, person_id, int(place % 11 == number), 9000 + 613 * place)
    await check_integrity(context(committing, challenge_id))
    (row,) = await committing.fetch("SELECT people, votes, effects FROM integrity_flags WHERE kind = 'reciprocal'")
    assert (row["people"], row["votes"]) == (sorted([first, second]), 20)
    assert {UUID(one["idea_id"]) for one in row["effects"]} == {*own[first], *own[second]}
    assert any(one["rank_with"] < one["rank_without"] for one in row["effects"])


@pytest.mark.parametrize("method", ["yes_no", "stars", "budget", "lemons", "pairwise"])
async def test_without_votes_or_with_one_voter_nothing_is_flagged(committing: Connection, method: str) -> None:
    challenge_id = await make_challenge(committing, voting_method=method)
    await check_integrity(context(committing, challenge_id))
    idea_id, other_id = [await make_idea(committing, challenge_id) for _ in range(2)]
    person_id = await make_person(committing)
    await answer(committing, challenge_id, idea_id, person_id, 1, 0)
    await answer(committing, challenge_id, other_id, person_id, 0, 1)
    await check_integrity(context(committing, challenge_id))
    await check_integrity(context(committing, new_id()))
    assert await committing.fetchval("SELECT count(*) FROM integrity_flags") == 0
