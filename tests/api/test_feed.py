"""The feed and votes over HTTP."""

from datetime import timedelta
from uuid import UUID

from ideation.entities.people import Scope
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person


async def make_feed(api: Api, ideas: int = 1) -> tuple[UUID, list[UUID]]:
    challenge_id = await make_challenge(api.connection)
    return challenge_id, [await make_idea(api.connection, challenge_id) for _ in range(ideas)]


async def test_feed_deals_without_a_body(api: Api) -> None:
    challenge_id, ideas = await make_feed(api)
    client = await api.client_for(await make_person(api.connection))
    response = await client.post(f"/v1/challenges/{challenge_id}/feed")
    assert response.status_code == 200
    hand = response.json()
    assert hand["voting_method"] == "yes_no"
    assert [(card["idea_id"], card["position"]) for card in hand["cards"]] == [(str(ideas[0]), 1)]
    assert set(hand["cards"][0]) == {"id", "idea_id", "position", "title", "body", "tags", "dealt_at"}


async def test_feed_takes_a_limit_and_refuses_a_bad_one(api: Api) -> None:
    challenge_id, _ = await make_feed(api, ideas=4)
    client = await api.client_for(await make_person(api.connection))
    path = f"/v1/challenges/{challenge_id}/feed"
    assert (await client.post(path, json={"limit": 51})).status_code == 400
    assert (await client.post(path, json={"count": 3})).status_code == 400
    assert len((await client.post(path, json={"limit": 3})).json()["cards"]) == 3


async def test_answer_is_idempotent_and_shows_counts(api: Api) -> None:
    challenge_id, ideas = await make_feed(api)
    client = await api.client_for(await make_person(api.connection))
    card = (await client.post(f"/v1/challenges/{challenge_id}/feed")).json()["cards"][0]
    assert (await client.get(f"/v1/ideas/{ideas[0]}/votes")).status_code == 403
    first = await client.put(f"/v1/cards/{card['id']}/answer", json={"answer": "yes"})
    again = await client.put(f"/v1/cards/{card['id']}/answer", json={"answer": "yes"})
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    counts = (await client.get(f"/v1/ideas/{ideas[0]}/votes")).json()
    assert (counts["yes"], counts["views"], counts["own_answer"]) == (1, 1, "yes")


async def test_answer_refuses_nonsense(api: Api) -> None:
    challenge_id, _ = await make_feed(api)
    client = await api.client_for(await make_person(api.connection))
    card = (await client.post(f"/v1/challenges/{challenge_id}/feed")).json()["cards"][0]
    path = f"/v1/cards/{card['id']}/answer"
    for body in ({"answer": "maybe"}, {"answer": -1}, {"answer": 101}, {"answer": None}, {}, {"answer": "yes", "x": 1}):
        assert (await client.put(path, json=body)).status_code == 400, body
    refused = await client.put(path, json={"answer": 3})
    assert (refused.status_code, refused.json()["voting_method"]) == (422, "yes_no")


async def test_card_of_somebody_else_is_not_found(api: Api) -> None:
    challenge_id, _ = await make_feed(api)
    client = await api.client_for(await make_person(api.connection))
    other = await api.client_for(await make_person(api.connection))
    card = (await client.post(f"/v1/challenges/{challenge_id}/feed")).json()["cards"][0]
    for card_id in (card["id"], str(new_id())):
        assert (await other.put(f"/v1/cards/{card_id}/answer", json={"answer": "no"})).status_code == 404


async def test_voting_after_the_close_is_a_conflict(api: Api) -> None:
    challenge_id, ideas = await make_feed(api)
    client = await api.client_for(await make_person(api.connection))
    card = (await client.post(f"/v1/challenges/{challenge_id}/feed")).json()["cards"][0]
    api.clock.set(NOW + timedelta(days=10))
    answered = await client.put(f"/v1/cards/{card['id']}/answer", json={"answer": "no"})
    assert (answered.status_code, answered.json()["type"]) == (409, "/problems/challenge-closed")
    assert (await client.put(f"/v1/ideas/{ideas[0]}/vote", json={"answer": "yes"})).status_code == 409
    assert (await client.delete(f"/v1/ideas/{ideas[0]}/vote")).status_code == 409
    assert (await client.post(f"/v1/challenges/{challenge_id}/feed")).status_code == 409


async def test_support_and_take_back(api: Api) -> None:
    _, ideas = await make_feed(api)
    client = await api.client_for(await make_person(api.connection))
    path = f"/v1/ideas/{ideas[0]}/vote"
    given = await client.put(path, json={"answer": "yes"})
    assert (given.status_code, given.json()["ranks"]) == (200, False)
    assert [(await client.delete(path)).status_code for _ in range(2)] == [204, 204]
    assert (await client.put(path, json={"answer": "no"})).status_code == 422


async def test_own_idea_is_a_conflict(api: Api) -> None:
    person_id = await make_person(api.connection)
    idea_id = await make_idea(api.connection, await make_challenge(api.connection), person_id)
    client = await api.client_for(person_id)
    refused = await client.put(f"/v1/ideas/{idea_id}/vote", json={"answer": "yes"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/own-idea")


async def test_strangers_and_read_only_tokens_do_not_vote(api: Api) -> None:
    challenge_id, ideas = await make_feed(api)
    reader = await api.client_for(await make_person(api.connection), scopes=[Scope.READ])
    for client, status in ((api.anonymous, 401), (reader, 403)):
        assert (await client.post(f"/v1/challenges/{challenge_id}/feed")).status_code == status
        assert (await client.put(f"/v1/ideas/{ideas[0]}/vote", json={"answer": "yes"})).status_code == status
        assert (await client.delete(f"/v1/ideas/{ideas[0]}/vote")).status_code == status


async def test_challenge_outside_the_audience_is_not_found(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, audience_departments=["Sales"])
    idea_id = await make_idea(api.connection, challenge_id)
    client = await api.client_for(await make_person(api.connection))
    assert (await client.post(f"/v1/challenges/{challenge_id}/feed")).status_code == 404
    assert (await client.put(f"/v1/ideas/{idea_id}/vote", json={"answer": "yes"})).status_code == 404
    assert (await client.get(f"/v1/ideas/{idea_id}/votes")).status_code == 404
