"""Hands that are asked for at once are dealt in one group, and none fails for the sake of another."""

import asyncio
from uuid import UUID

import pytest

from ideation.database import Connection
from ideation.queries import feed as queries
from tests.api.conftest import Api
from tests.factories import make_challenge, make_idea, make_person


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the groups that were asked for."""
    sizes: list[int] = []
    hold = queries.hold_feeds

    async def counting(connection: Connection, asked: list[object]) -> None:
        sizes.append(len(asked))
        await hold(connection, asked)  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "hold_feeds", counting)
    return sizes


async def make_ideas(api: Api, challenge_id: UUID, count: int) -> None:
    author_id = await make_person(api.connection)
    for _ in range(count):
        await make_idea(api.connection, challenge_id, author_id)


async def count_cards(api: Api, challenge_id: UUID) -> tuple[int, int]:
    """Cards logged, and views counted."""
    cards = await api.connection.fetchval("SELECT count(*) FROM impressions WHERE challenge_id = $1", challenge_id)
    views = await api.connection.fetchval("SELECT sum(views) FROM idea_tallies WHERE challenge_id = $1", challenge_id)
    return cards, views


async def test_hands_asked_for_at_once_share_a_group(api: Api, groups: list[int]) -> None:
    challenge_id = await make_challenge(api.connection)
    await make_ideas(api, challenge_id, 40)
    clients = [await api.client_for(await make_person(api.connection)) for _ in range(8)]
    answers = await asyncio.gather(*(client.post(f"/v1/challenges/{challenge_id}/feed") for client in clients))
    assert [[card["position"] for card in one.json()["cards"]] for one in answers] == [list(range(1, 11))] * 8
    assert len({card["id"] for one in answers for card in one.json()["cards"]}) == 80
    assert await count_cards(api, challenge_id) == (80, 80)
    assert len(groups) < 8


async def test_one_person_asking_often_at_once_has_one_hand(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    await make_ideas(api, challenge_id, 25)
    client = await api.client_for(await make_person(api.connection))
    keys = [{}, {}, {"Idempotency-Key": "a"}, {"Idempotency-Key": "b"}, {}]
    answers = await asyncio.gather(*(client.post(f"/v1/challenges/{challenge_id}/feed", headers=key) for key in keys))
    assert [one.status_code for one in answers] == [200] * 5
    assert [one.json() for one in answers] == [answers[0].json()] * 5
    assert await count_cards(api, challenge_id) == (10, 10)


async def test_refusals_in_a_group_leave_the_others_alone(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    shut = await make_challenge(api.connection, audience_departments=["Sales"])
    pairwise = await make_challenge(api.connection, voting_method="pairwise")
    few = await make_challenge(api.connection)
    await make_ideas(api, challenge_id, 15)
    await make_ideas(api, few, 3)
    client = await api.client_for(await make_person(api.connection))
    answers = await asyncio.gather(
        *(client.post(f"/v1/challenges/{one}/feed") for one in (challenge_id, shut, pairwise, few))
    )
    assert [one.status_code for one in answers] == [200, 404, 409, 200]
    assert [len(answers[number].json()["cards"]) for number in (0, 3)] == [10, 3]
    assert await count_cards(api, challenge_id) == (10, 10)
    assert await count_cards(api, few) == (3, 3)
