"""Challenges where people spread tokens, or lemons against the worst ideas."""

import asyncio
from uuid import UUID

import httpx
import pytest

from ideation.actions.rankings_making import gather, pack, recompute, store
from ideation.queries.challenges import find_challenge
from ideation.rules.crowd_scores import compute
from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person


async def dealt(api: Api, challenge_id: UUID) -> tuple[httpx.AsyncClient, dict[UUID, str]]:
    """A new voter, and the path of the card of each idea."""
    voter = await api.client_for(await make_person(api.connection))
    cards = (await voter.post(f"/v1/challenges/{challenge_id}/feed", json={"limit": 10})).json()["cards"]
    return voter, {UUID(card["idea_id"]): f"/v1/cards/{card['id']}/answer" for card in cards}


async def answer(voter: httpx.AsyncClient, path: str, tokens: object) -> int:
    return (await voter.put(path, json={"answer": tokens})).status_code


async def token_challenge(api: Api, method: str, ideas: int, **given: object) -> tuple[UUID, list[UUID]]:
    challenge_id = await make_challenge(api.connection, voting_method=method, shortlist_size=1, **given)
    return challenge_id, [await make_idea(api.connection, challenge_id) for _ in range(ideas)]


async def test_nobody_spends_more_than_the_budget_but_may_move_it(api: Api) -> None:
    challenge_id, (first, second, third) = await token_challenge(api, "budget", 3, token_budget=10)
    voter, cards = await dealt(api, challenge_id)
    assert await answer(voter, cards[first], 7) == 200
    assert await answer(voter, cards[second], 4) == 422
    assert await answer(voter, cards[first], 6) == 200
    assert await answer(voter, cards[second], 4) == 200
    assert await answer(voter, cards[third], "skip") == 200
    assert await answer(voter, cards[third], "yes") == 422
    assert await answer(voter, cards[third], 101) == 400
    assert (await voter.put(cards[second], json={"answer": 3})).json()["answer"] == 3


async def test_simultaneous_answers_together_stay_within_the_budget(api: Api) -> None:
    challenge_id, ideas = await token_challenge(api, "budget", 5, token_budget=10)
    voter, cards = await dealt(api, challenge_id)
    codes = await asyncio.gather(*(answer(voter, cards[idea], 4) for idea in ideas))
    assert sorted(codes) == [200, 200, 422, 422, 422]
    spent = await api.connection.fetchval("SELECT sum(value) FROM votes WHERE challenge_id = $1", challenge_id)
    assert spent == 8


@pytest.mark.parametrize(("method", "best_first"), [("budget", [0, 1, 2]), ("lemons", [2, 1, 0])])
async def test_tokens_rank_up_lemons_rank_down_and_the_snapshot_recomputes(
    api: Api, method: str, best_first: list[int]
) -> None:
    challenge_id, ideas = await token_challenge(api, method, 3, token_budget=10)
    for _ in range(4):
        voter, cards = await dealt(api, challenge_id)
        for idea, tokens in zip(ideas, (7, 3, 0), strict=True):
            assert await answer(voter, cards[idea], tokens) == 200
    challenge = await find_challenge(api.connection, challenge_id, NOW)
    assert challenge is not None
    inputs = await gather(api.connection, challenge)
    computed = compute(inputs)
    assert [ideas.index(entry.idea_id) for entry in computed.entries] == best_first
    said = {ideas.index(entry.idea_id): entry.contributions["reasons"][0] for entry in computed.entries}
    kind = "tokens" if method == "budget" else "lemons"
    assert said[0] == f"4 of 4 people it was dealt to gave it 28 {kind}."
    ranking_id = await store(api.connection, inputs, *pack(inputs), computed, NOW)
    assert ranking_id is not None
    assert await recompute(api.connection, ranking_id)
