"""Comparing ideas in pairs over HTTP, and the ranking that comes of it."""

from datetime import timedelta
from uuid import UUID

from ideation.actions.rankings_making import gather, pack, recompute, store
from ideation.ids import new_id
from ideation.queries.challenges import find_challenge
from ideation.rules.crowd_scores import compute
from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person


async def pairwise_challenge(api: Api, ideas: int, **given: object) -> tuple[UUID, list[UUID]]:
    challenge_id = await make_challenge(api.connection, voting_method="pairwise", shortlist_size=1, **given)
    return challenge_id, sorted([await make_idea(api.connection, challenge_id) for _ in range(ideas)])


async def test_pairs_are_dealt_once_counted_once_and_a_reload_shows_them_again(api: Api) -> None:
    challenge_id, ideas = await pairwise_challenge(api, 4)
    voter_id = await make_person(api.connection)
    own = await make_idea(api.connection, challenge_id, voter_id)
    voter = await api.client_for(voter_id)
    path = f"/v1/challenges/{challenge_id}/pairs"
    first = (await voter.post(path, json={"limit": 3})).json()["pairs"]
    assert (await voter.post(path, json={"limit": 3})).json()["pairs"] == first
    assert len(first) == 3
    shown = [(pair["left"]["idea_id"], pair["right"]["idea_id"]) for pair in first]
    assert str(own) not in {idea for pair in shown for idea in pair}
    views = await api.connection.fetchval("SELECT sum(views) FROM idea_tallies WHERE challenge_id = $1", challenge_id)
    assert views == 6
    met = {frozenset(pair) for pair in shown}
    while pairs := (await voter.post(path, json={"limit": 3})).json()["pairs"]:
        for pair in pairs:
            met.add(frozenset((pair["left"]["idea_id"], pair["right"]["idea_id"])))
            assert (await voter.put(f"/v1/pairs/{pair['id']}/answer", json={"answer": "skip"})).status_code == 200
    assert len(met) == len(ideas) * (len(ideas) - 1) // 2
    assert await api.connection.fetchval("SELECT count(*) FROM pairs WHERE challenge_id = $1", challenge_id) == 6


async def test_whoever_becomes_an_author_no_longer_compares_the_own_idea(api: Api) -> None:
    challenge_id, ideas = await pairwise_challenge(api, 2)
    voter_id = await make_person(api.connection)
    voter = await api.client_for(voter_id)
    (pair,) = (await voter.post(f"/v1/challenges/{challenge_id}/pairs", json={})).json()["pairs"]
    merged = await make_idea(api.connection, challenge_id, voter_id, canonical_id=ideas[0])
    refused = await voter.put(f"/v1/pairs/{pair['id']}/answer", json={"answer": "left"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/own-idea")
    assert (await voter.post(f"/v1/challenges/{challenge_id}/pairs", json={})).json()["pairs"] == []
    await api.connection.execute("UPDATE ideas SET canonical_id = NULL WHERE id = $1", merged)
    assert (await voter.put(f"/v1/pairs/{pair['id']}/answer", json={"answer": "left"})).status_code == 200


async def test_answers_are_changed_while_voting_is_open_and_only_by_whom_they_were_asked(api: Api) -> None:
    challenge_id, _ = await pairwise_challenge(api, 2, vote_closes_at=NOW + timedelta(days=1))
    voter = await api.client_for(await make_person(api.connection))
    other = await api.client_for(await make_person(api.connection))
    (pair,) = (await voter.post(f"/v1/challenges/{challenge_id}/pairs", json={})).json()["pairs"]
    path = f"/v1/pairs/{pair['id']}/answer"
    for answer in ("left", "left", "right"):
        assert (await voter.put(path, json={"answer": answer})).json()["answer"] == answer
    assert (await other.put(path, json={"answer": "left"})).status_code == 404
    assert (await voter.put(f"/v1/pairs/{new_id()}/answer", json={"answer": "left"})).status_code == 404
    assert (await voter.put(path, json={"answer": "both"})).status_code == 400
    assert (await api.anonymous.put(path, json={"answer": "left"})).status_code == 401
    api.clock.set(NOW + timedelta(days=2))
    try:
        assert (await voter.put(path, json={"answer": "left"})).status_code == 409
        assert (await voter.post(f"/v1/challenges/{challenge_id}/pairs", json={})).status_code == 409
    finally:
        api.clock.set(NOW)


async def test_cards_and_pairs_belong_to_different_challenges(api: Api) -> None:
    challenge_id, _ = await pairwise_challenge(api, 2)
    plain = await make_challenge(api.connection)
    closed = await make_challenge(api.connection, voting_method="pairwise", audience_departments=["Elsewhere"])
    voter = await api.client_for(await make_person(api.connection))
    assert (await voter.post(f"/v1/challenges/{challenge_id}/feed", json={})).status_code == 409
    assert (await voter.post(f"/v1/challenges/{plain}/pairs", json={})).status_code == 409
    assert (await voter.post(f"/v1/challenges/{closed}/pairs", json={})).status_code == 404


async def test_preferred_idea_ranks_first_with_reasons_and_the_snapshot_recomputes(api: Api) -> None:
    challenge_id, ideas = await pairwise_challenge(api, 3)
    for _ in range(6):
        voter = await api.client_for(await make_person(api.connection))
        for pair in (await voter.post(f"/v1/challenges/{challenge_id}/pairs", json={"limit": 9})).json()["pairs"]:
            better = "left" if pair["left"]["idea_id"] > pair["right"]["idea_id"] else "right"
            await voter.put(f"/v1/pairs/{pair['id']}/answer", json={"answer": better})
    challenge = await find_challenge(api.connection, challenge_id, NOW)
    assert challenge is not None
    inputs = await gather(api.connection, challenge)
    computed = compute(inputs)
    assert [entry.idea_id for entry in computed.entries] == ideas[::-1]
    first = computed.entries[0]
    assert first.contributions["reasons"][0].startswith("It was preferred in ")
    assert first.contributions["what_would_change"].endswith("in a row would take it off the shortlist.")
    assert 0.5 < first.score_low < first.score < first.score_high < 1
    ranking_id = await store(api.connection, inputs, *pack(inputs), computed, NOW)
    assert ranking_id is not None
    assert await recompute(api.connection, ranking_id)
