"""Costs of ideas, and a shortlist under a budget, over HTTP."""

import zlib
from uuid import UUID

import msgspec
import numpy as np

from ideation.entities.challenges import VotingMethod
from ideation.entities.rankings import CrowdInputs, RankingKind
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.api.test_shortlists import Table, lay_table
from tests.factories import NOW, make_idea, make_person
from tests.panel_world import make_ranking


async def set_costs(table: Table, costs: dict[UUID, float | None]) -> None:
    body = {"costs": [{"idea_id": str(idea), "cost": cost} for idea, cost in costs.items()]}
    answer = await table.owner.put(f"/v1/challenges/{table.world.challenge_id}/costs", json=body)
    assert answer.status_code == 200


async def store_votes(api: Api, table: Table, yes: list[list[int]], method: VotingMethod) -> None:
    """A later ranking by these answers: one row a voter, one column an idea."""
    person, idea = np.indices(np.shape(yes))
    flat = np.zeros(person.size, dtype="<i4").tobytes()
    inputs = CrowdInputs(
        challenge_id=table.world.challenge_id,
        kind=RankingKind.CLOSING,
        frozen_at=None,
        voting_method=method,
        token_budget=10,
        shortlist_size=2,
        seed=1,
        draws=10,
        ideas=table.ideas,
        supporters=[0] * len(table.ideas),
        novelty=[None] * len(table.ideas),
        person_count=len(yes),
        department_count=1,
        idea=idea.astype("<i4").tobytes(),
        person=person.astype("<i4").tobytes(),
        value=np.array(yes, dtype="<i1").tobytes(),
        department=flat,
        position=flat,
        shown_count=flat,
        own_department=flat,
        against=b"",
    )
    packed = zlib.compress(msgspec.msgpack.encode(inputs))
    await make_ranking(api.connection, table.world.challenge_id, table.ideas, created_at=NOW, inputs=packed)


async def test_owner_estimates_costs_and_takes_one_back(api: Api) -> None:
    table = await lay_table(api)
    address = f"/v1/challenges/{table.world.challenge_id}/costs"
    await set_costs(table, {table.ideas[0]: 500.0, table.ideas[1]: 900.0})
    await set_costs(table, {table.ideas[0]: None, table.ideas[1]: 800.0})
    (kept,) = (await table.owner.get(address)).json()
    owner = str(table.world.owner.person_id)
    assert (kept["idea_id"], kept["cost"], kept["given_by"]) == (str(table.ideas[1]), 800.0, owner)
    events = await api.connection.fetch("SELECT details FROM audit_events WHERE action = 'costs.set' ORDER BY id")
    assert events[1]["details"] == {"costs": {str(table.ideas[0]): None, str(table.ideas[1]): 800.0}}


async def test_costs_that_make_no_sense_are_refused_whole(api: Api) -> None:
    table = await lay_table(api)
    address = f"/v1/challenges/{table.world.challenge_id}/costs"
    good = {"idea_id": str(table.ideas[0]), "cost": 5.0}
    elsewhere = {"idea_id": str(new_id()), "cost": 5.0}
    draft = {"idea_id": str(await make_idea(api.connection, table.world.challenge_id, state="draft")), "cost": 1.0}
    for status, costs in {
        400: [[], [good | {"cost": 0}], [good | {"cost": -1}], [good | {"cost": "much"}]],
        422: [[good, good]],
        404: [[good, elsewhere], [good, draft]],
    }.items():
        for body in costs:
            assert (await table.owner.put(address, json={"costs": body})).status_code == status, body
    member = await api.client_for(await make_person(api.connection))
    assert (await member.put(address, json={"costs": [good]})).status_code == 403
    assert (await member.get(address)).status_code == 403
    assert (await table.owner.get(address)).json() == []


async def test_a_sponsors_budget_buys_the_most_expected_winners(api: Api) -> None:
    """Chances fall from 1 to 0.2: the second and third idea together are worth more than the first alone."""
    table = await lay_table(api)
    await set_costs(table, dict(zip(table.ideas[:4], [100.0, 50.0, 50.0, 60.0], strict=True)))
    made = await table.owner.post(table.address, json={"method": "knapsack", "budget": 100})
    assert (made.status_code, table.entries(made), made.json()["cost"]) == (201, [1, 2], 100.0)
    assert made.json()["price"]["budget"] == {
        "method": "knapsack",
        "budget": 100.0,
        "spent": 100.0,
        "without_cost": 1,
        "voters": 0,
        "completed": [],
        "bought": 2,
        "of_the_best": 1,
    }
    assert made.json()["price"]["text"] == (
        "2 ideas for 100 of 100; 1 of them would be on the list without a budget. 1 idea is left out because nobody "
        "has estimated their cost."
    )
    assert [entry["cost"] for entry in made.json()["entries"]] == [50.0, 50.0]
    added = await table.change(1, change="add", idea_id=str(table.ideas[0]), reason="The board adds money.")
    assert added.json()["cost"] == 200.0


async def test_a_crowds_budget_is_shared_equally(api: Api) -> None:
    """Three of four voters like the two best ideas; the share of the fourth still pays for the fourth idea."""
    table = await lay_table(api)
    await set_costs(table, dict(zip(table.ideas[:4], [75.0, 75.0, 60.0, 25.0], strict=True)))
    likes = [[1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0], [0, 0, 0, 1, 1]]
    await store_votes(api, table, likes, VotingMethod.YES_NO)
    made = await table.owner.post(table.address, json={"method": "equal_shares", "budget": 100})
    assert (made.status_code, table.entries(made)) == (201, [0, 3])
    budget = made.json()["price"]["budget"]
    assert (budget["method"], budget["spent"], budget["voters"], budget["completed"]) == ("equal_shares", 100.0, 4, [])


async def test_a_budget_without_what_it_needs_is_refused_in_words(api: Api) -> None:
    table = await lay_table(api)
    for body, status in (
        ({"budget": 100}, 422),
        ({"method": "knapsack"}, 422),
        ({"method": "knapsack", "budget": 0}, 400),
        ({"method": "equal_shares"}, 422),
        ({"method": "luck", "budget": 5}, 400),
        ({"method": "knapsack", "budget": 100}, 409),
    ):
        assert (await table.owner.post(table.address, json=body)).status_code == status, body
    await set_costs(table, {table.ideas[0]: 50.0})
    await store_votes(api, table, [[1, 0, 0, 0, 0]], VotingMethod.LEMONS)
    refused = await table.owner.post(table.address, json={"method": "equal_shares", "budget": 100})
    assert refused.status_code == 409
    too_dear = await table.owner.post(table.address, json={"method": "knapsack", "budget": 49})
    assert (too_dear.status_code, too_dear.json()["entries"], too_dear.json()["cost"]) == (201, [], 0)


async def test_near_duplicates_are_not_paid_twice(api: Api) -> None:
    table = await lay_table(api)
    for idea_id in table.ideas[:2]:
        same = {"idea_id": idea_id, "challenge_id": table.world.challenge_id, "vector": [1.0] + [0.0] * 255}
        await api.connection.execute(
            "INSERT INTO idea_vectors (idea_id, challenge_id, encoder, vector) VALUES ($1, $2, 'test', $3)",
            *same.values(),
        )
    await set_costs(table, dict(zip(table.ideas[:3], [10.0, 10.0, 10.0], strict=True)))
    made = await table.owner.post(table.address, json={"method": "knapsack", "budget": 1000})
    assert table.entries(made) == [0, 2]
    assert made.json()["price"]["folded"] == {str(table.ideas[1]): str(table.ideas[0])}
