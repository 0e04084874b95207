"""Similar ideas over HTTP: what is found, what must not be, and how past decisions come along."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pytest

from ideation.actions.vectors import store_vector
from ideation.entities.vectors import IdeaText
from ideation.ids import new_id
from ideation.queries.challenges import find_challenge
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.panel_world import make_reviewer

VANS = ("Replace the delivery vans by cargo bikes", "Cargo bikes are cheaper than vans for parcels in the old town.")
CANTEEN = ("Serve smaller portions in the canteen", "Much of the food in the canteen is thrown away.")


async def said(api: Api, challenge_id: UUID, wording: tuple[str, str], **given: Any) -> UUID:
    idea_id = await make_idea(api.connection, challenge_id, title=wording[0], body=wording[1], **given)
    challenge = await find_challenge(api.connection, challenge_id, NOW)
    assert challenge is not None
    text = IdeaText(id=idea_id, challenge_id=challenge_id, revision=1, title=wording[0], body=wording[1])
    await store_vector(api.connection, text, challenge)
    return idea_id


async def employee(api: Api, **given: Any) -> httpx.AsyncClient:
    return await api.client_for(await make_person(api.connection, **given))


async def near(client: httpx.AsyncClient, challenge_id: UUID, title: str, body: str = "") -> list[dict[str, Any]]:
    answer = await client.post(f"/v1/challenges/{challenge_id}/similar", json={"title": title, "body": body})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()
    return items


async def test_an_idea_of_an_earlier_challenge_comes_with_what_became_of_it(api: Api) -> None:
    past = {"stage": "decided", "frozen_at": NOW, "decided_at": NOW}
    earlier = await make_challenge(api.connection, question="Cleaner town?", **past)
    now = await make_challenge(api.connection, question="Less cost?")
    idea_id = await said(api, earlier, VANS, state="declined")
    await said(api, earlier, CANTEEN)
    decider = await make_person(api.connection)
    for day, outcome, reason in ((1, "under_review", ""), (2, "declined", "The hills are too steep.")):
        values = {"challenge_id": earlier, "idea_id": idea_id, "decided_by": decider, "lesson": "Try e-bikes."}
        at = NOW + timedelta(days=day)
        await insert(api.connection, "decisions", id=new_id(), outcome=outcome, reason=reason, decided_at=at, **values)
    first, *_ = await near(await employee(api), now, "Cargo bikes instead of vans")
    assert first == {
        "idea_id": str(idea_id),
        "challenge_id": str(earlier),
        "question": "Cleaner town?",
        "same_challenge": False,
        "title": VANS[0],
        "state": "declined",
        "submitted_at": first["submitted_at"],
        "similarity": first["similarity"],
        "shared_terms": first["shared_terms"],
        "matching_passage": VANS[1],
        "outcome": "declined",
        "reason": "The hills are too steep.",
        "lesson": "Try e-bikes.",
        "decided_at": "2026-03-04T09:00:00Z",
    }
    assert {"cargo", "bikes", "vans"} == set(first["shared_terms"])
    assert 0.5 < first["similarity"] <= 1.0


async def test_what_became_of_an_idea_is_not_told_before_the_challenge_is_decided(api: Api) -> None:
    owner, author = await make_person(api.connection), await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner)
    idea_id = await said(api, challenge_id, VANS, state="declined", author_id=author)
    values = {"challenge_id": challenge_id, "idea_id": idea_id, "decided_by": owner, "decided_at": NOW}
    await insert(api.connection, "decisions", id=new_id(), outcome="declined", reason="Too steep.", **values)
    administrator = await make_person(api.connection, roles=["administrator"])
    moderator = await make_person(api.connection, roles=["moderator"])

    async def told(person_id: UUID) -> tuple[object, object, object]:
        found = await near(await api.client_for(person_id), challenge_id, "Cargo bikes instead of vans")
        return next(
            (item["state"], item["outcome"], item["reason"]) for item in found if item["idea_id"] == str(idea_id)
        )

    panelist = (await make_reviewer(api.connection, challenge_id)).person_id
    employee = await make_person(api.connection)
    everybody = [await told(one) for one in (owner, author, administrator, panelist, moderator, employee)]
    assert everybody == [
        *[("declined", "declined", "Too steep.")] * 3,
        ("declined", None, None),
        *[("under_review", None, None)] * 2,
    ]


@pytest.mark.parametrize("given", [{"hidden_at": NOW}, {"state": "withdrawn"}, {"state": "draft"}])
async def test_what_is_not_shown_is_not_found(api: Api, given: dict[str, Any]) -> None:
    challenge_id = await make_challenge(api.connection, audience_sites=["Bergen"])
    await said(api, challenge_id, VANS, **given)
    client = await employee(api, site="Bergen")
    assert str(challenge_id) not in {idea["challenge_id"] for idea in await near(client, challenge_id, *VANS)}


async def test_a_challenge_of_another_audience_is_neither_searched_nor_asked(api: Api) -> None:
    theirs = await make_challenge(api.connection, audience_sites=["Tromsø"])
    idea_id = await said(api, theirs, VANS)
    open_to_all = await make_challenge(api.connection)
    outsider, insider = await employee(api, site="Oslo"), await employee(api, site="Tromsø")
    assert str(idea_id) not in {idea["idea_id"] for idea in await near(outsider, open_to_all, *VANS)}
    assert str(idea_id) in {idea["idea_id"] for idea in await near(insider, open_to_all, *VANS)}
    answer = await outsider.post(f"/v1/challenges/{theirs}/similar", json={"title": "Vans"})
    assert answer.status_code == 404


async def test_a_merged_idea_is_found_as_the_one_shown_for_it(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, audience_sites=["Molde"])
    survivor = await said(api, challenge_id, ("Fewer trips", "Plan the trips together."))
    merged = await said(api, challenge_id, VANS)
    await api.connection.execute("UPDATE ideas SET canonical_id = $1 WHERE id = $2", survivor, merged)
    client = await employee(api, site="Molde")
    found = [idea["idea_id"] for idea in await near(client, challenge_id, *VANS) if idea["same_challenge"]]
    assert found == [str(survivor)]


async def test_an_idea_is_not_similar_to_itself_nor_to_what_is_merged_into_it(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, audience_sites=["Hamar"])
    idea_id, merged, twin = [await said(api, challenge_id, VANS) for _ in range(3)]
    await api.connection.execute("UPDATE ideas SET canonical_id = $1 WHERE id = $2", idea_id, merged)
    client = await employee(api, site="Hamar")
    answer = await client.get(f"/v1/ideas/{idea_id}/similar")
    assert [idea["idea_id"] for idea in answer.json() if idea["same_challenge"]] == [str(twin)]
    assert (await client.get(f"/v1/ideas/{new_id()}/similar")).status_code == 404


async def refine(api: Api, idea_id: UUID, *first_numbers: float) -> None:
    vector = np.zeros(256, dtype=np.float32)
    vector[: len(first_numbers)] = first_numbers
    await insert(api.connection, "refined_vectors", idea_id=idea_id, revision=1, encoder="finer", vector=vector)


async def test_refined_vectors_order_what_is_similar_to_an_idea_once_most_have_one(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, audience_sites=["Alta"])
    asked = await said(api, challenge_id, VANS)
    near_by_words = await said(api, challenge_id, (VANS[0], "Vans are cheaper than cargo bikes."))
    near_by_meaning = await said(api, challenge_id, ("Parcels by bicycle", "Deliver parcels in town without any van."))
    client = await employee(api, site="Alta")

    async def found() -> list[tuple[str, Any]]:
        answer = await client.get(f"/v1/ideas/{asked}/similar")
        return [(idea["idea_id"], idea["similarity"]) for idea in answer.json() if idea["same_challenge"]]

    assert [idea for idea, _ in await found()] == [str(near_by_words), str(near_by_meaning)]
    await refine(api, asked, 1.0)
    await refine(api, near_by_words, 0.3, 0.954)
    await refine(api, near_by_meaning, 0.98, 0.199)
    assert await found() == [
        (str(near_by_meaning), pytest.approx(0.98, abs=1e-3)),
        (str(near_by_words), pytest.approx(0.3, abs=1e-3)),
    ]
    await api.connection.execute("UPDATE ideas SET revision = 2 WHERE id = $1", asked)
    assert [idea for idea, _ in await found()] == [str(near_by_words), str(near_by_meaning)]


async def test_the_form_of_a_challenge_does_not_make_ideas_alike(api: Api) -> None:
    template = "What is the problem that you see in your daily work?\nWhat would it cost, roughly?"
    challenge_id = await make_challenge(api.connection, audience_sites=["Narvik"], idea_template=template)
    await said(api, challenge_id, (CANTEEN[0], f"{template}\n{CANTEEN[1]}"))
    client = await employee(api, site="Narvik")
    bare = [idea for idea in await near(client, challenge_id, "Solar panels", template) if idea["same_challenge"]]
    assert [idea for idea in bare if idea["similarity"] > 0.4] == []


@pytest.mark.parametrize(
    "text", ["", "🦊🦊🦊", "x" * 20_000, "<script>alert(1)</script>", "' | & ! \\ ':*", "私は猫です"]
)
async def test_odd_texts_get_an_answer(api: Api, text: str) -> None:
    challenge_id = await make_challenge(api.connection)
    assert isinstance(await near(await employee(api), challenge_id, "", text), list)


@pytest.mark.parametrize(
    "body", [{"titel": "x"}, {"title": "x" * 201}, {"title": "a\x00"}, {"limit": 0}, {"limit": 21}]
)
async def test_a_malformed_request_is_refused(api: Api, body: dict[str, Any]) -> None:
    challenge_id = await make_challenge(api.connection)
    answer = await (await employee(api)).post(f"/v1/challenges/{challenge_id}/similar", json=body)
    assert answer.status_code == 400


async def test_a_stranger_is_asked_to_sign_in(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    assert (await api.anonymous.post(f"/v1/challenges/{challenge_id}/similar", json={})).status_code == 401
