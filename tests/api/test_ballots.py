"""Votes that arrive at once are written in one group, and none fails for the sake of another."""

import asyncio
from uuid import UUID

import httpx
import pytest

from ideation.queries import votes as queries
from tests.api.conftest import Api
from tests.factories import make_challenge, make_idea, make_person


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch, api: Api) -> list[int]:
    """The sizes of the groups that were written, groups of one by the actions included."""
    sizes: list[int] = []
    fetch = queries._write

    async def counting(connection: object, statement: str, given: list[object]) -> object:
        sizes.append(len(given))
        return await fetch(connection, statement, given)  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "_write", counting)
    return sizes


async def card_of(client: httpx.AsyncClient, challenge_id: UUID, idea_id: UUID) -> str:
    hand = (await client.post(f"/v1/challenges/{challenge_id}/feed")).json()
    return next(f"/v1/cards/{card['id']}/answer" for card in hand["cards"] if card["idea_id"] == str(idea_id))


async def tallies(api: Api, idea_ids: list[UUID]) -> list[tuple[int, int, int]]:
    rows = await api.connection.fetch("SELECT idea_id, yes, no, supporters FROM idea_tallies")
    found = {row["idea_id"]: (row["yes"], row["no"], row["supporters"]) for row in rows}
    return [found[idea_id] for idea_id in idea_ids]


async def test_votes_that_come_at_once_share_a_group(api: Api, groups: list[int]) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [await make_idea(api.connection, challenge_id) for _ in range(2)]
    clients = [await api.client_for(await make_person(api.connection)) for _ in range(6)]
    cards = [await card_of(client, challenge_id, ideas[number % 2]) for number, client in enumerate(clients)]
    answers = ["yes", "no", "yes", "yes", "no", "yes"]
    given = await asyncio.gather(
        *(
            client.put(card, json={"answer": answer})
            for client, card, answer in zip(clients, cards, answers, strict=True)
        )
    )
    assert [(one.status_code, one.json()["answer"], one.json()["ranks"]) for one in given] == [
        (200, answer, True) for answer in answers
    ]
    assert await tallies(api, ideas) == [(2, 1, 0), (2, 1, 0)]
    assert len(groups) < len(answers)


async def test_refusals_and_mergers_in_a_group_leave_the_others_alone(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    shut = await make_challenge(api.connection, audience_departments=["Sales"])
    author_id = await make_person(api.connection)
    survivor_id = await make_idea(api.connection, challenge_id, author_id)
    merged_id = await make_idea(api.connection, challenge_id, canonical_id=survivor_id)
    elsewhere_id = await make_idea(api.connection, shut)
    author, *others = [
        await api.client_for(person_id)
        for person_id in [author_id, *[await make_person(api.connection) for _ in range(4)]]
    ]
    wanted = [
        (author, survivor_id, "yes", 409),
        (others[0], survivor_id, "yes", 200),
        (others[1], merged_id, "yes", 200),
        (others[2], elsewhere_id, "yes", 404),
        (others[3], survivor_id, "no", 422),
    ]
    given = await asyncio.gather(
        *(client.put(f"/v1/ideas/{idea_id}/vote", json={"answer": answer}) for client, idea_id, answer, _ in wanted)
    )
    assert [one.status_code for one in given] == [status for *_, status in wanted]
    assert await tallies(api, [survivor_id, merged_id, elsewhere_id]) == [(0, 0, 2), (0, 0, 0), (0, 0, 0)]


async def test_one_person_clicking_often_at_once_votes_once(api: Api) -> None:
    idea_id = await make_idea(api.connection, await make_challenge(api.connection))
    client = await api.client_for(await make_person(api.connection))
    given = await asyncio.gather(*(client.put(f"/v1/ideas/{idea_id}/vote", json={"answer": "yes"}) for _ in range(8)))
    assert {one.status_code for one in given} == {200}
    assert await tallies(api, [idea_id]) == [(0, 0, 1)]


async def test_a_budget_holds_within_a_group_and_its_refusal_spares_the_others(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, voting_method="budget", token_budget=10)
    ideas = [await make_idea(api.connection, challenge_id) for _ in range(2)]
    spender, saver = [await api.client_for(await make_person(api.connection)) for _ in range(2)]
    wanted = [(spender, idea_id, 6) for idea_id in ideas] + [(saver, ideas[0], 10)]
    cards = [await card_of(client, challenge_id, idea_id) for client, idea_id, _ in wanted]
    given = await asyncio.gather(
        *(client.put(card, json={"answer": tokens}) for card, (client, _, tokens) in zip(cards, wanted, strict=True))
    )
    statuses = [one.status_code for one in given]
    assert (sorted(statuses[:2]), statuses[2]) == ([200, 422], 200)
    spent = await api.connection.fetchval("SELECT sum(value) FROM votes WHERE challenge_id = $1", challenge_id)
    assert spent == 16
