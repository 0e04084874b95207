"""Panels and requests for reviews over HTTP."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from ideation.entities.people import Scope
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_idea, make_person
from tests.panel_world import (
    PanelWorld,
    add_sent_review,
    ask_for_review,
    make_ideas,
    make_panel_world,
    make_ranking,
    make_reviewer,
)


async def owner_of(api: Api, world: PanelWorld) -> httpx.AsyncClient:
    return await api.client_for(world.owner.person_id)


async def reviewer_person(api: Api) -> UUID:
    return await make_person(api.connection, roles=["reviewer"], department="Panel", name="Rita")


async def audited(api: Api, world: PanelWorld) -> list[str]:
    sql = "SELECT action FROM audit_events WHERE challenge_id = $1 ORDER BY id"
    return [row["action"] for row in await api.connection.fetch(sql, world.challenge_id)]


async def test_a_member_is_added_changed_listed_and_removed(api: Api) -> None:
    world = await make_panel_world(api.connection)
    owner, person = await owner_of(api, world), await reviewer_person(api)
    address = f"/v1/challenges/{world.challenge_id}/panel"
    added = await owner.put(f"{address}/{person}", json={"max_reviews": 3})
    assert added.status_code == 200
    assert added.json() == {
        "person_id": str(person),
        "name": "Rita",
        "department": "Panel",
        "active": True,
        "max_reviews": 3,
        "assigned": 0,
        "sent": 0,
        "added_at": "2026-03-02T09:00:00Z",
    }
    changed = await owner.put(f"{address}/{person}", json={"max_reviews": 4})
    assert (await owner.get(address)).json() == [added.json() | {"max_reviews": 4}] == [changed.json()]
    assert (await owner.delete(f"{address}/{person}")).status_code == 204
    assert (await owner.get(address)).json() == []
    assert (await owner.delete(f"{address}/{person}")).status_code == 404
    assert await audited(api, world) == ["panel.set_member", "panel.set_member", "panel.remove_member"]


async def test_only_active_people_with_the_role_sit_on_a_panel(api: Api) -> None:
    world = await make_panel_world(api.connection)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}/panel"
    employee = await make_person(api.connection)
    gone = await make_person(api.connection, roles=["reviewer"], active=False)
    assert (await owner.put(f"{address}/{employee}", json={})).status_code == 422
    assert (await owner.put(f"{address}/{gone}", json={})).status_code == 404
    assert (await owner.put(f"{address}/{new_id()}", json={})).status_code == 404
    malformed: list[object] = [{"max_reviews": 0}, {"max_reviews": 501}, {"max_reviews": "3"}, {"boss": True}, []]
    for wrong in malformed:
        assert (await owner.put(f"{address}/{employee}", json=wrong)).status_code == 400
    assert (await owner.put(f"{address}/nobody", json={})).status_code == 404


async def test_whoever_leaves_the_panel_keeps_what_they_sent_and_loses_the_rest(api: Api) -> None:
    world = await make_panel_world(api.connection)
    sent, open_ = await make_ideas(api.connection, world.challenge_id, 2)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    await add_sent_review(api.connection, world, sent, reviewer, {"value": 3, "effort": 3})
    await ask_for_review(api.connection, world, open_, reviewer)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}"
    assert (await owner.delete(f"{address}/panel/{reviewer.person_id}")).status_code == 204
    listed = (await owner.get(f"{address}/assignments")).json()["items"]
    assert [item["idea_id"] for item in listed] == [str(sent)]


def requests_of(world: PanelWorld, person: UUID, idea: UUID) -> list[tuple[str, str, object]]:
    """Everything that only those who run the challenge may ask for."""
    address = f"/v1/challenges/{world.challenge_id}"
    return [
        ("GET", f"{address}/panel", None),
        ("PUT", f"{address}/panel/{person}", {}),
        ("DELETE", f"{address}/panel/{person}", None),
        ("GET", f"{address}/panel/progress", None),
        ("GET", f"{address}/panel/progress/ideas", None),
        ("GET", f"{address}/panel/ranking", None),
        ("POST", f"{address}/panel/ranking", None),
        ("GET", f"{address}/panel/severity", None),
        ("GET", f"{address}/panel/plan", None),
        ("PUT", f"{address}/panel/plan", {"target_wrong_calls": 2, "review_budget": 50}),
        ("DELETE", f"{address}/panel/plan", None),
        ("GET", f"{address}/costs", None),
        ("PUT", f"{address}/costs", {"costs": [{"idea_id": str(idea), "cost": 5}]}),
        ("POST", f"{address}/assignments", {}),
        ("POST", f"{address}/assignments/directed", {}),
        ("GET", f"{address}/assignments", None),
        ("PUT", f"{address}/assignments/{idea}/{person}", None),
        ("DELETE", f"{address}/assignments/{idea}/{person}", None),
        ("POST", f"{address}/shortlist", {}),
        ("POST", f"{address}/decisions", {"idea_ids": [str(idea)], "outcome": "selected"}),
        ("GET", f"{address}/answers/owed", None),
        ("GET", f"{address}/backtest", None),
    ]


async def test_only_those_who_run_the_challenge_run_its_panel(api: Api) -> None:
    world = await make_panel_world(api.connection)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    idea = await make_idea(api.connection, world.challenge_id)
    seeing = await api.client_for(reviewer.person_id)
    another_owner = await api.client_for(await make_person(api.connection, roles=["challenge_owner"]))
    reading = await api.client_for(world.owner.person_id, scopes=[Scope.READ])
    await api.connection.execute(
        "UPDATE challenges SET audience_departments = '{Panel}' WHERE id = $1", world.challenge_id
    )
    for method, address, body in requests_of(world, reviewer.person_id, idea):
        codes = [
            (await client.request(method, address, json=body)).status_code
            for client in (api.anonymous, another_owner, seeing, reading)
        ]
        assert (method, address, codes) == (method, address, [401, 404, 403, 403])


async def test_the_wrong_stage_is_refused(api: Api) -> None:
    world = await make_panel_world(api.connection, stage="decided")
    owner, person = await owner_of(api, world), await reviewer_person(api)
    address = f"/v1/challenges/{world.challenge_id}"
    member = {"person_id": person, "added_by": person, "added_at": NOW}
    await insert(api.connection, "panel_members", challenge_id=world.challenge_id, **member)
    idea = await make_idea(api.connection, world.challenge_id)
    answers = [
        await owner.put(f"{address}/panel/{person}", json={}),
        await owner.delete(f"{address}/panel/{person}"),
        await owner.post(f"{address}/assignments", json={}),
        await owner.post(f"{address}/assignments/directed", json={}),
        await owner.post(f"{address}/panel/ranking"),
        await owner.put(f"{address}/panel/plan", json={"target_wrong_calls": 2, "review_budget": 50}),
        await owner.put(f"{address}/assignments/{idea}/{person}"),
        await owner.post(f"{address}/shortlist", json={}),
    ]
    assert [answer.status_code for answer in answers] == [409] * 8


async def test_work_for_the_panel_is_accepted_as_a_job(api: Api) -> None:
    world = await make_panel_world(api.connection)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}/assignments"
    assert (await owner.post(address, json={})).status_code == 409
    await make_reviewer(api.connection, world.challenge_id)
    dealt = await owner.post(address, json={"reviews_per_idea": 3})
    directed = await owner.post(f"{address}/directed", json={"batch_size": 10, "target_wrong_calls": 1.5})
    assert (dealt.status_code, dealt.json()["job"]) == (202, "assign_reviews")
    assert (directed.status_code, directed.json()["job"]) == (202, "direct_reviews")
    ranked = await owner.post(f"/v1/challenges/{world.challenge_id}/panel/ranking")
    assert (ranked.status_code, ranked.json()["job"]) == (202, "rank_panel")
    for wrong in ({"reviews_per_idea": 0}, {"reviews_per_idea": 21}, {"who": 1}):
        assert (await owner.post(address, json=wrong)).status_code == 400
    for wrong in ({"batch_size": 0}, {"target_wrong_calls": -1}):
        assert (await owner.post(f"{address}/directed", json=wrong)).status_code == 400


async def test_a_review_is_asked_for_and_taken_back_by_hand(api: Api) -> None:
    world = await make_panel_world(api.connection)
    reviewer = await make_reviewer(api.connection, world.challenge_id, name="Rita", max_reviews=1)
    first, second = await make_ideas(api.connection, world.challenge_id, 2, title="Turn it off")
    await ask_for_review(api.connection, world, first, reviewer)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}/assignments/{second}/{reviewer.person_id}"
    asked = await owner.put(address)
    assert asked.status_code == 200
    assert asked.json() | {"id": None} == {
        "id": None,
        "idea_id": str(second),
        "title": "Turn it off",
        "reviewer_id": str(reviewer.person_id),
        "reviewer_name": "Rita",
        "by_hand": True,
        "due_at": "2026-03-09T09:00:00Z",
        "assigned_at": "2026-03-02T09:00:00Z",
        "sent_at": None,
    }
    assert (await owner.put(address)).json() == asked.json()
    assert (await owner.delete(address)).status_code == 204
    assert (await owner.delete(address)).status_code == 404
    assert (await owner.put(address)).json() == asked.json()


async def test_no_review_is_asked_for_by_hand_in_conflict_or_of_an_idea_that_cannot_have_one(api: Api) -> None:
    world = await make_panel_world(api.connection)
    other_world = await make_panel_world(api.connection)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}/assignments"
    own = await make_idea(api.connection, world.challenge_id, reviewer.person_id)
    fine = await make_idea(api.connection, world.challenge_id)
    expected = {
        own: 403,
        await make_idea(api.connection, other_world.challenge_id): 404,
        await make_idea(api.connection, world.challenge_id, state="draft"): 404,
        await make_idea(api.connection, world.challenge_id, state="withdrawn"): 409,
        await make_idea(api.connection, world.challenge_id, hidden_at=NOW): 409,
        await make_idea(api.connection, world.challenge_id, canonical_id=fine): 409,
        new_id(): 404,
    }
    for idea, status in expected.items():
        assert (await owner.put(f"{address}/{idea}/{reviewer.person_id}")).status_code == status
    refused = (await owner.put(f"{address}/{own}/{reviewer.person_id}")).json()
    assert (refused["type"], refused["conflict"]) == ("/problems/conflict-of-interest", "author")
    assert (await owner.put(f"{address}/{fine}/{new_id()}")).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [("active = false", 409, "reviewer-inactive"), ("roles = '{}'", 422, "not-a-reviewer")],
)
async def test_no_review_is_asked_for_by_hand_of_a_member_who_may_not_review(
    api: Api, change: str, status: int, reason: str
) -> None:
    world = await make_panel_world(api.connection)
    reviewer = await make_reviewer(api.connection, world.challenge_id, name="Rita")
    idea = await make_idea(api.connection, world.challenge_id)
    await api.connection.execute(f"UPDATE people SET {change} WHERE id = $1", reviewer.person_id)
    owner = await owner_of(api, world)
    refused = await owner.put(f"/v1/challenges/{world.challenge_id}/assignments/{idea}/{reviewer.person_id}")
    assert (refused.status_code, refused.json()["reason"], refused.json()["name"]) == (status, reason, "Rita")
    assert (await owner.get(f"/v1/challenges/{world.challenge_id}/assignments")).json()["items"] == []


async def test_who_is_in_conflict_does_not_tell_a_sealed_author(api: Api) -> None:
    world = await make_panel_world(api.connection, authorship="sealed")
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    own = await make_idea(api.connection, world.challenge_id, reviewer.person_id)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}/assignments/{own}/{reviewer.person_id}"
    refused = await owner.put(address)
    assert (refused.status_code, refused.json().get("conflict")) == (403, None)


async def test_progress_counts_reviews_by_idea_and_overall(api: Api) -> None:
    world = await make_panel_world(api.connection)
    first, second = await make_ideas(api.connection, world.challenge_id, 2)
    done, late = [await make_reviewer(api.connection, world.challenge_id) for _ in range(2)]
    await add_sent_review(api.connection, world, first, done, {"value": 3, "effort": 3})
    await add_sent_review(api.connection, world, second, done, {"value": 3, "effort": 3})
    await ask_for_review(api.connection, world, first, late)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}/panel/progress"
    assert (await owner.get(address)).json() == {
        "assigned": 3,
        "sent": 2,
        "overdue": 0,
        "ideas": 2,
        "ideas_reviewed_by_all": 1,
        "reviewers": 2,
        "reviewers_finished": 1,
        "curve": [],
    }
    page = (await owner.get(f"{address}/ideas?limit=1")).json()
    rest = (await owner.get(f"{address}/ideas?limit=1&cursor={page['next_cursor']}")).json()
    found = [(item["idea_id"], item["sent"], item["assigned"]) for item in page["items"] + rest["items"]]
    assert (found, rest["next_cursor"]) == ([(str(first), 1, 2), (str(second), 1, 1)], None)
    api.clock.set(NOW + timedelta(days=8))
    assert (await owner.get(address)).json()["overdue"] == 1
    api.clock.set(NOW)


async def test_severity_is_for_administrators_only(api: Api) -> None:
    world = await make_panel_world(api.connection)
    owner = await owner_of(api, world)
    admin = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    address = f"/v1/challenges/{world.challenge_id}/panel/severity"
    assert ((await owner.get(address)).status_code, (await admin.get(address)).json()) == (403, [])


async def test_whoever_owes_a_review_does_not_see_the_panels_ranking_even_as_its_owner(api: Api) -> None:
    world = await make_panel_world(api.connection)
    (idea,) = await make_ideas(api.connection, world.challenge_id, 1)
    summary = {"review_count": 1, "reviewed_ideas": 1, "expected_wrong_calls": 0.5, "grey_zone": 1, "agreement": None}
    rest = {"unconnected_groups": 1, "anchor_ideas": [], "always_see": []}
    await make_ranking(api.connection, world.challenge_id, [idea], kind="panel", summary=summary | rest)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}"
    assert (await owner.get(f"{address}/panel/ranking")).json()["expected_wrong_calls"] == 0.5
    await ask_for_review(api.connection, world, idea, world.owner)
    for hidden in ("panel/ranking", "shortlist", "backtest"):
        assert (await owner.get(f"{address}/{hidden}")).status_code == 403
    api.clock.set(NOW + timedelta(days=8))
    assert (await owner.get(f"{address}/panel/ranking")).status_code == 200
    api.clock.set(NOW)


@pytest.mark.parametrize("query", ["limit=0", "cursor=abc", "reviewer=me"])
async def test_malformed_lists_are_refused(api: Api, query: str) -> None:
    world = await make_panel_world(api.connection)
    owner = await owner_of(api, world)
    answer = await owner.get(f"/v1/challenges/{world.challenge_id}/assignments?{query}")
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_plan_of_reviews_is_set_read_and_ended(api: Api) -> None:
    world = await make_panel_world(api.connection)
    owner = await owner_of(api, world)
    address = f"/v1/challenges/{world.challenge_id}/panel/plan"
    assert [(await owner.get(address)).status_code, (await owner.delete(address)).status_code] == [404, 404]
    made = await owner.put(address, json={"target_wrong_calls": 4, "review_budget": 300})
    assert made.status_code == 200
    assert made.json() | {"set_by_name": ""} == {
        "target_wrong_calls": 4.0,
        "review_budget": 300,
        "batch_size": 24,
        "set_by": str(world.owner.person_id),
        "set_by_name": "",
        "set_at": "2026-03-02T09:00:00Z",
        "asked": 0,
        "open": 0,
        "expected_wrong_calls": None,
        "stopped": False,
        "reason": "going_on",
        "why": "Nothing can be said before the first review is sent; the target is 4. 0 of 300 reviews were asked for, "
        "and it goes on.",
    }
    changed = await owner.put(address, json={"target_wrong_calls": 2.5, "review_budget": 200, "batch_size": 10})
    assert (await owner.get(address)).json() == changed.json()
    idea = await make_idea(api.connection, world.challenge_id)
    await make_ranking(api.connection, world.challenge_id, [idea], kind="panel", summary={"expected_wrong_calls": 2.4})
    reached = (await owner.get(address)).json()
    assert (reached["stopped"], reached["reason"], reached["why"]) == (
        True,
        "target_reached",
        "2.4 wrong calls are to be expected; the target is 2.5, so no further review is asked for.",
    )
    wrong = [{}, {"target_wrong_calls": -1, "review_budget": 5}, {"target_wrong_calls": 1, "review_budget": 0}]
    assert [(await owner.put(address, json=body)).status_code for body in wrong] == [400] * 3
    assert (await owner.delete(address)).status_code == 204
    assert (await owner.get(address)).status_code == 404
    events = await api.connection.fetch("SELECT action FROM audit_events WHERE action LIKE '%plan' ORDER BY id")
    assert [row["action"] for row in events] == ["panel.set_plan", "panel.set_plan", "panel.remove_plan"]
