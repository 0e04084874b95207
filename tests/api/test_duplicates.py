"""The queue of possible duplicates over HTTP: who sees what, verdicts, merging by them, proposals, groups, figures."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person

EVIDENCE = {"shared_terms": ["vans"], "passages": [], "parts": [{"name": "words", "value": 0.5, "contribution": 1.0}]}


async def employee(api: Api, **given: Any) -> httpx.AsyncClient:
    return await api.client_for(await make_person(api.connection, **given))


async def moderator(api: Api) -> httpx.AsyncClient:
    return await employee(api, roles=["moderator"])


async def make_pair(api: Api, challenge_id: UUID, one: UUID, other: UUID, probability: float = 0.8) -> UUID:
    pair_id = new_id()
    first, second = sorted((one, other))
    values = {"evidence": EVIDENCE, "model_version": "1", "proposed_at": NOW, "probability": probability}
    ideas = {"idea_a": first, "idea_b": second, "challenge_id": challenge_id}
    await insert(api.connection, "duplicate_pairs", id=pair_id, **ideas, **values)
    return pair_id


async def queue(client: httpx.AsyncClient, challenge_id: UUID, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/v1/challenges/{challenge_id}/duplicates", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def decide(client: httpx.AsyncClient, challenge_id: UUID, *pairs: UUID, **body: Any) -> httpx.Response:
    sent = {"pair_ids": [str(pair) for pair in pairs], **body}
    return await client.post(f"/v1/challenges/{challenge_id}/duplicates/verdicts", json=sent)


async def test_the_queue_shows_the_likeliest_first_in_pages_with_both_texts(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [await make_idea(api.connection, challenge_id, title=f"Idea {place}") for place in range(4)]
    pairs = [
        await make_pair(api, challenge_id, ideas[0], other, probability)
        for other, probability in zip(ideas[1:], (0.3, 0.9, 0.6), strict=True)
    ]
    client = await moderator(api)
    first = await queue(client, challenge_id, limit=2)
    rest = await queue(client, challenge_id, limit=2, cursor=first["next_cursor"])
    assert [item["id"] for item in first["items"] + rest["items"]] == [str(pairs[1]), str(pairs[2]), str(pairs[0])]
    assert rest["next_cursor"] is None
    top = first["items"][0]
    assert [top["first"]["title"], top["second"]["title"]] == ["Idea 0", "Idea 2"]
    assert (top["probability"], top["evidence"], top["proposed_by_person"]) == (0.9, EVIDENCE, False)


@pytest.mark.parametrize(("authorship", "known"), [("shown", True), ("hidden", False), ("sealed", False)])
async def test_authors_stand_in_the_queue_only_where_the_moderator_may_know(
    api: Api, authorship: str, known: bool
) -> None:
    challenge_id = await make_challenge(api.connection, authorship=authorship)
    author = await make_person(api.connection)
    ideas = [await make_idea(api.connection, challenge_id, author) for _ in range(2)]
    await make_pair(api, challenge_id, ideas[0], ideas[1])
    (item,) = (await queue(await moderator(api), challenge_id))["items"]
    seen = [
        None if side["authors"] is None else side["authors"][0]["person_id"] for side in (item["first"], item["second"])
    ]
    assert seen == ([str(author)] * 2 if known else [None] * 2)


async def test_the_queue_shows_moderators_no_decision_before_the_results_are_out(api: Api) -> None:
    owner_id = await make_person(api.connection, roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    ideas = [await make_idea(api.connection, challenge_id, state=state) for state in ("declined", "submitted")]
    await make_pair(api, challenge_id, ideas[0], ideas[1])

    async def states(client: httpx.AsyncClient) -> list[str]:
        (item,) = (await queue(client, challenge_id))["items"]
        return sorted([item["first"]["state"], item["second"]["state"]])

    moderating = await moderator(api)
    assert await states(moderating) == ["submitted", "under_review"]
    assert await states(await api.client_for(owner_id)) == ["declined", "submitted"]
    await api.connection.execute("UPDATE challenges SET stage = 'decided' WHERE id = $1", challenge_id)
    assert await states(moderating) == ["declined", "submitted"]


async def test_the_queue_is_for_those_who_moderate(api: Api) -> None:
    owner_id = await make_person(api.connection, roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    path = f"/v1/challenges/{challenge_id}/duplicates"
    assert (await (await employee(api)).get(path)).status_code == 403
    assert (await (await api.client_for(owner_id)).get(path)).status_code == 200
    assert (await api.anonymous.get(path)).status_code == 401
    assert (await (await moderator(api)).get(f"/v1/challenges/{new_id()}/duplicates")).status_code == 404


async def test_pairs_with_an_idea_that_is_not_shown_are_left_out(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    shown = await make_idea(api.connection, challenge_id)
    for given in ({"hidden_at": NOW}, {"state": "withdrawn"}, {"canonical_id": shown}):
        await make_pair(api, challenge_id, shown, await make_idea(api.connection, challenge_id, **given))
    assert (await queue(await moderator(api), challenge_id))["items"] == []


async def test_a_verdict_moves_the_pair_and_is_audited_and_can_be_changed(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [await make_idea(api.connection, challenge_id) for _ in range(2)]
    pair_id, client = await make_pair(api, challenge_id, ideas[0], ideas[1]), await moderator(api)
    answer = await decide(client, challenge_id, pair_id, verdict="dismissed", reason="Different places.")
    assert (answer.status_code, answer.json()) == (200, {"decided": [str(pair_id)], "merged": 0})
    assert (await queue(client, challenge_id))["items"] == []
    (item,) = (await queue(client, challenge_id, pair_state="dismissed"))["items"]
    assert item["id"] == str(pair_id)
    assert (await decide(client, challenge_id, pair_id, verdict="confirmed")).status_code == 200
    rows = await api.connection.fetch("SELECT action FROM audit_events WHERE subject_id = $1", str(pair_id))
    assert [row["action"] for row in rows] == ["duplicate.dismissed", "duplicate.confirmed"]


async def test_confirmed_pairs_are_merged_in_bulk_into_one_idea(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [await make_idea(api.connection, challenge_id) for _ in range(3)]
    pairs = [await make_pair(api, challenge_id, ideas[a], ideas[b]) for a, b in ((0, 1), (1, 2), (0, 2))]
    answer = await decide(await moderator(api), challenge_id, *pairs, verdict="confirmed", merge=True)
    assert (answer.status_code, answer.json()["merged"]) == (200, 2)
    rows = await api.connection.fetch("SELECT canonical_id FROM ideas WHERE challenge_id = $1", challenge_id)
    assert len({row["canonical_id"] for row in rows}) == 2


async def test_verdicts_of_others_of_own_ideas_and_on_foreign_pairs_are_refused(api: Api) -> None:
    challenge_id, other = [await make_challenge(api.connection) for _ in range(2)]
    moderator_id = await make_person(api.connection, roles=["moderator"])
    own = await make_idea(api.connection, challenge_id, moderator_id)
    pair_id = await make_pair(api, challenge_id, own, await make_idea(api.connection, challenge_id))
    assert (await decide(await employee(api), challenge_id, pair_id, verdict="confirmed")).status_code == 403
    assert (
        await decide(await api.client_for(moderator_id), challenge_id, pair_id, verdict="confirmed")
    ).status_code == 403
    assert (await decide(await moderator(api), other, pair_id, verdict="confirmed")).status_code == 404
    assert (await decide(await moderator(api), challenge_id, pair_id, verdict="perhaps")).status_code == 400
    assert (await decide(await moderator(api), challenge_id, verdict="confirmed")).status_code == 400


async def test_an_employee_proposes_a_pair_once_and_a_dismissed_one_does_not_come_back(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [
        await make_idea(api.connection, challenge_id, title="Cargo bikes", body="Bikes instead of vans.")
        for _ in range(2)
    ]
    body, path = {"idea_ids": [str(idea) for idea in ideas]}, f"/v1/challenges/{challenge_id}/duplicates"
    client = await employee(api)
    proposed = await client.post(path, json=body)
    assert proposed.status_code == 201, proposed.text
    assert (await client.post(path, json=body)).json() == proposed.json()
    moderating = await moderator(api)
    (item,) = (await queue(moderating, challenge_id))["items"]
    assert (item["proposed_by_person"], item["probability"]) == (True, None)
    assert "bikes" in item["evidence"]["shared_terms"]
    await decide(moderating, challenge_id, UUID(proposed.json()["id"]), verdict="dismissed")
    again = await client.post(path, json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-exists")


async def test_what_makes_no_pair_is_refused(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    idea = await make_idea(api.connection, challenge_id)
    foreign = await make_idea(api.connection, await make_challenge(api.connection))
    hidden = await make_idea(api.connection, challenge_id, hidden_at=NOW)
    client, path = await employee(api), f"/v1/challenges/{challenge_id}/duplicates"
    for other, status in ((idea, 422), (foreign, 422), (hidden, 404), (new_id(), 404)):
        answer = await client.post(path, json={"idea_ids": [str(idea), str(other)]})
        assert answer.status_code == status, answer.text
    assert (await client.post(path, json={"idea_ids": [str(idea)]})).status_code == 400


async def test_groups_hold_what_confirmed_pairs_connect_and_no_dismissed_one_divides(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    a, b, c, d = [await make_idea(api.connection, challenge_id) for _ in range(4)]
    client = await moderator(api)
    likely, less, apart = [
        await make_pair(api, challenge_id, *ideas, probability)
        for ideas, probability in (((a, b), 0.9), ((b, c), 0.7), ((a, c), 0.5))
    ]
    await make_pair(api, challenge_id, c, d)
    await decide(client, challenge_id, likely, less, verdict="confirmed")
    await decide(client, challenge_id, apart, verdict="dismissed")
    answer = await client.get(f"/v1/challenges/{challenge_id}/duplicates/groups")
    assert [{side["id"] for side in group["ideas"]} for group in answer.json()] == [{str(a), str(b)}]


async def test_the_figures_count_verdicts_and_are_not_for_everybody(api: Api) -> None:
    assert (await (await employee(api)).get("/v1/duplicates/model")).status_code == 403
    answer = await (await moderator(api)).get("/v1/duplicates/model")
    assert answer.status_code == 200
    figures = answer.json()
    row = await api.connection.fetchrow(
        "SELECT count(*) FILTER (WHERE state = 'confirmed') AS confirmed, count(*) AS decided"
        " FROM duplicate_pairs WHERE state <> 'proposed' AND proposed_by IS NULL"
    )
    assert row is not None
    assert (figures["own"], figures["confirmed"]) == (False, row["confirmed"])
    assert figures["measured_precision"] == pytest.approx(row["confirmed"] / row["decided"])


async def test_merging_and_separating_over_http(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [str(await make_idea(api.connection, challenge_id)) for _ in range(2)]
    client, path = await moderator(api), f"/v1/challenges/{challenge_id}"
    merged = await client.post(f"{path}/merges", json={"idea_ids": ideas, "survivor_id": ideas[1]})
    assert (merged.status_code, merged.json()) == (201, {"survivor_id": ideas[1], "merged_ids": [ideas[0]]})
    assert (await client.get(f"/v1/ideas/{ideas[0]}")).json()["canonical_id"] == ideas[1]
    assert (await client.post(f"{path}/merges", json={"idea_ids": ideas})).status_code == 409
    (listed,) = (await client.get(f"{path}/merges", params={"standing_only": True})).json()["items"]
    assert (listed["idea_id"], listed["canonical_id"]) == (ideas[0], ideas[1])
    assert (await (await employee(api)).post(f"{path}/unmerges", json={"idea_ids": [ideas[0]]})).status_code == 403
    assert (await client.post(f"{path}/unmerges", json={"idea_ids": [ideas[0]]})).status_code == 204
    assert (await client.get(f"/v1/ideas/{ideas[0]}")).json()["canonical_id"] is None
    assert (await client.get(f"{path}/merges", params={"standing_only": True})).json()["items"] == []
