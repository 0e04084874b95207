"""Challenges over HTTP: from a draft to the archive, and who may do what."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from ideation.entities.people import Scope
from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person

UNKNOWN = UUID("00000000-0000-7000-8000-000000000000")


def dates(**days: float) -> dict[str, str]:
    return {f"{name}_at": (NOW + timedelta(days=count)).isoformat() for name, count in days.items()}


WINDOWS = dates(submit_opens=1, submit_closes=8, vote_opens=2, vote_closes=10)
REVIEW = dates(review_opens=10, review_closes=20) | {"answer_by": (NOW + timedelta(days=30)).isoformat()}
CRITERIA = [{"key": "impact", "label": "Impact", "weight": 0.7}, {"key": "cost", "label": "Cost", "weight": 0.3}]


async def owner(api: Api, **given: Any) -> tuple[UUID, httpx.AsyncClient]:
    person_id = await make_person(api.connection, roles=["challenge_owner"], **given)
    return person_id, await api.client_for(person_id)


async def draft(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    body = {"question": "How could we waste less?", **WINDOWS, **REVIEW, "criteria": CRITERIA, **given}
    answer = await client.post("/v1/challenges", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def step(client: httpx.AsyncClient, challenge: dict[str, Any], name: str, **body: Any) -> httpx.Response:
    return await client.post(
        f"/v1/challenges/{challenge['id']}/{name}",
        json=body or None,
        headers={"If-Match": f'"{challenge["version"]}"'},
    )


async def published(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    answer = await step(client, await draft(client, **given), "publish")
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def audit_of(api: Api, challenge_id: str) -> list[str]:
    rows = await api.connection.fetch(
        "SELECT action FROM audit_events WHERE challenge_id = $1 ORDER BY id", challenge_id
    )
    return [row["action"] for row in rows]


async def test_challenge_is_drafted_by_an_owner_and_seen_by_nobody_else(api: Api) -> None:
    person_id, client = await owner(api)
    made = await draft(client, brief="**Why** <script>alert(1)</script>")

    assert made["state"] == "draft"
    assert made["owner_id"] == made["sponsor_id"] == str(person_id)
    assert made["brief_html"] == "<p><strong>Why</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert [criterion["key"] for criterion in made["criteria"]] == ["impact", "cost"]
    assert (made["may_run"], made["takes_ideas"], made["always_on"]) == (True, False, False)
    colleague = await api.client_for(await make_person(api.connection))
    seen = await colleague.get(f"/v1/challenges/{made['id']}")
    assert (seen.status_code, seen.json()["type"]) == (404, "/problems/not-found")
    unknown = await colleague.get(f"/v1/challenges/{UNKNOWN}")
    assert unknown.json()["detail"] == seen.json()["detail"]


async def test_challenge_needs_the_role_and_the_scope_to_be_drafted(api: Api) -> None:
    employee = await api.client_for(await make_person(api.connection))
    refused = await employee.post("/v1/challenges", json={"question": "Why?"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    person_id = await make_person(api.connection, roles=["challenge_owner"])
    reader = await api.client_for(person_id, scopes=[Scope.READ])
    refused = await reader.post("/v1/challenges", json={"question": "Why?"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/missing-scope")
    assert (await api.anonymous.post("/v1/challenges", json={"question": "Why?"})).status_code == 401


def anchored(*anchors: tuple[int, str]) -> dict[str, Any]:
    """The first criterion with these meanings of its scores."""
    return {**CRITERIA[0], "anchors": [{"score": score, "text": text} for score, text in anchors]}


async def test_what_scores_stand_for_is_kept_with_the_criterion(api: Api) -> None:
    _, client = await owner(api)
    made = await draft(client, criteria=[anchored((1, "Nobody gains"), (5, "All gain")) | {"weight": 1}])
    assert made["criteria"][0]["anchors"] == [{"score": 1, "text": "Nobody gains"}, {"score": 5, "text": "All gain"}]
    read = await client.get(f"/v1/challenges/{made['id']}")
    assert read.json()["criteria"] == made["criteria"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"question": "   "}, 400),
        ({"question": "x" * 501}, 400),
        ({"question": "nul \x00"}, 400),
        ({"question": "Why?", "colour": "red"}, 400),
        ({"question": "Why?", "submit_opens_at": "2026-03-02T09:00:00"}, 400),
        ({"question": "Why?", "shortlist_size": 0}, 400),
        ({"question": "Why?", "owner_id": str(UNKNOWN)}, 422),
        ({"question": "Why?", **dates(submit_opens=2, submit_closes=1)}, 422),
        ({"question": "Why?", "criteria": [CRITERIA[0], CRITERIA[0]]}, 422),
        ({"question": "Why?", "criteria": [{**CRITERIA[0], "scale_min": 5, "scale_max": 1}]}, 422),
        ({"question": "Why?", "criteria": [anchored((1, "No"), (6, "Yes"))]}, 422),
        ({"question": "Why?", "criteria": [anchored((2, "No"), (2, "Yes"))]}, 422),
        ({"question": "Why?", "criteria": [anchored((5, "No"), (1, "Yes"))]}, 422),
        ({"question": "Why?", "criteria": [anchored((1, " "))]}, 400),
    ],
)
async def test_challenge_that_makes_no_sense_is_refused(api: Api, body: dict[str, Any], status: int) -> None:
    _, client = await owner(api)
    assert (await client.post("/v1/challenges", json=body)).status_code == status


async def test_publishing_makes_it_visible_and_stages_its_dates(api: Api) -> None:
    _, client = await owner(api)
    made = await published(client)

    assert made["state"] == "scheduled"
    jobs = await api.connection.fetch(
        "SELECT job, not_before FROM staged_jobs WHERE subject = $1 ORDER BY job DESC", made["id"]
    )
    assert [tuple(job) for job in jobs] == [
        ("open_challenge", NOW + timedelta(days=1)),
        ("close_challenge", NOW + timedelta(days=10)),
    ]
    assert await audit_of(api, made["id"]) == ["challenge.created", "challenge.published"]
    colleague = await api.client_for(await make_person(api.connection))
    states = []
    for day in (0, 1, 9, 10):
        api.clock.set(NOW + timedelta(days=day))
        states.append((await colleague.get(f"/v1/challenges/{made['id']}")).json()["state"])
    assert states == ["scheduled", "running", "running", "in_review"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"submit_opens_at": None}, "submit_opens_at"),
        ({"vote_opens_at": None, "vote_closes_at": None}, "vote_opens_at"),
        ({"vote_closes_at": None}, "vote_closes_at"),
        (dates(vote_opens=0.5), "vote_opens_at"),
        (dates(vote_closes=7), "vote_closes_at"),
        (dates(review_opens=5, review_closes=10), "review_closes_at"),
        ({"answer_by": (NOW + timedelta(days=15)).isoformat()}, "answer_by"),
        ({"criteria": CRITERIA[:1]}, "criteria"),
        (dates(submit_opens=-9, submit_closes=-2, vote_opens=-8, vote_closes=-1), "vote_closes_at"),
    ],
)
async def test_publishing_is_refused_while_something_is_unsound(api: Api, given: dict[str, Any], field: str) -> None:
    _, client = await owner(api)
    answer = await step(client, await draft(client, **given), "publish")
    assert (answer.status_code, answer.json()["type"], answer.json()["field"]) == (422, "/problems/invalid", field)


async def test_times_are_answered_and_recorded_in_utc_whatever_zone_they_were_sent_in(api: Api) -> None:
    _, client = await owner(api)
    sent = {"question": "When?", "submit_opens_at": "2026-12-01T10:00:00+05:30"}
    made = (await client.post("/v1/challenges", json=sent)).json()
    assert made["submit_opens_at"] == "2026-12-01T04:30:00Z"
    edited = await client.patch(
        f"/v1/challenges/{made['id']}", json={"answer_by": "2026-12-31T20:00:00-08:00"}, headers={"If-Match": '"1"'}
    )
    assert edited.json()["answer_by"] == "2027-01-01T04:00:00Z"
    trail = "SELECT details FROM audit_events WHERE action = 'challenge.edited' AND subject_id = $1"
    details = await api.connection.fetchval(trail, made["id"])
    assert details["changed"]["answer_by"] == [None, "2027-01-01T04:00:00Z"]


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-11:00", "9999-06-01T00:00:00Z", "0001-01-01T00:00:00+11:00", "1899-12-31T23:59:59Z"]
)
async def test_times_beyond_the_calendar_are_refused(api: Api, moment: str) -> None:
    _, client = await owner(api)
    made = await draft(client)
    answers = [
        await client.post("/v1/challenges", json={"question": "When?", "answer_by": moment}),
        await client.patch(f"/v1/challenges/{made['id']}", json={"answer_by": moment}, headers={"If-Match": '"1"'}),
    ]
    assert [(one.status_code, one.json().get("reason"), one.json().get("field")) for one in answers] == [
        (422, "time-too-far", "answer_by")
    ] * 2


async def test_challenge_without_an_end_is_always_on(api: Api) -> None:
    _, client = await owner(api)
    made = await published(
        client, submit_closes_at=None, vote_closes_at=None, review_opens_at=None, review_closes_at=None, answer_by=None
    )
    api.clock.set(NOW + timedelta(days=2000))
    later = (await client.get(f"/v1/challenges/{made['id']}")).json()
    assert (later["always_on"], later["state"], later["takes_ideas"], later["takes_votes"]) == (
        True,
        "running",
        True,
        True,
    )
    ended = await step(client, later, "extend", **dates(submit_closes=2001, vote_closes=2002), reason="Enough")
    assert (ended.status_code, ended.json()["reason"]) == (422, "extend-no-end")


async def test_edit_needs_the_current_version(api: Api) -> None:
    _, client = await owner(api)
    made = await draft(client)
    url = f"/v1/challenges/{made['id']}"
    assert (await client.patch(url, json={"brief": "x"})).status_code == 428
    assert (await client.patch(url, json={"brief": "x"}, headers={"If-Match": "*"})).status_code == 400
    done = await client.patch(url, json={"brief": "New", "criteria": CRITERIA[:1]}, headers={"If-Match": '"1"'})
    assert (done.status_code, done.headers["etag"], done.json()["brief"]) == (200, '"2"', "New")
    assert [criterion["id"] for criterion in done.json()["criteria"]] == [made["criteria"][0]["id"]]
    stale = await client.patch(url, json={"brief": "y"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)


async def test_owner_and_sponsor_are_active_people_when_they_are_named(api: Api) -> None:
    _, client = await owner(api)
    gone_id = await make_person(api.connection, active=False)
    refused = await client.post("/v1/challenges", json={"question": "Why?", "sponsor_id": str(gone_id)})
    assert (refused.status_code, refused.json()["field"]) == (422, "sponsor_id")
    sponsor_id = await make_person(api.connection)
    made = await draft(client, sponsor_id=str(sponsor_id))
    await api.connection.execute("UPDATE people SET active = false WHERE id = $1", sponsor_id)
    url, headers = f"/v1/challenges/{made['id']}", {"If-Match": '"1"'}
    refused = await client.patch(url, json={"owner_id": str(gone_id)}, headers=headers)
    assert (refused.status_code, refused.json()["field"]) == (422, "owner_id")
    done = await client.patch(url, json={"brief": "Still editable"}, headers=headers)
    assert (done.status_code, done.json()["sponsor_id"]) == (200, str(sponsor_id))


async def test_edit_is_for_those_who_run_it(api: Api) -> None:
    _, client = await owner(api)
    made = await published(client)
    url, headers = f"/v1/challenges/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    _, other_owner = await owner(api)
    assert (await other_owner.patch(url, json={"brief": "Mine"}, headers=headers)).status_code == 403
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    done = await administrator.patch(url, json={"brief": "Helped"}, headers=headers)
    assert (done.status_code, done.json()["brief"]) == (200, "Helped")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"brief": "Clearer"}, 200),
        ({"shortlist_size": 5}, 200),
        ({"audience_sites": ["Oslo", "Bergen"]}, 200),
        ({"audience_departments": [], "audience_sites": []}, 200),
        ({"audience_sites": ["Bergen"]}, 409),
        ({"authorship": "hidden"}, 409),
        ({"voting_method": "stars"}, 409),
        (dates(vote_closes=11), 409),
        (dates(submit_opens=2), 409),
        ({"criteria": CRITERIA[:1]}, 422),
    ],
)
async def test_edit_of_a_running_challenge_keeps_its_promises(api: Api, change: dict[str, Any], status: int) -> None:
    _, client = await owner(api)
    made = await published(client, audience_sites=["Oslo"])
    api.clock.set(NOW + timedelta(days=3))
    answer = await client.patch(
        f"/v1/challenges/{made['id']}", json=change, headers={"If-Match": f'"{made["version"]}"'}
    )
    assert answer.status_code == status, answer.text


async def test_extend_moves_the_end_and_never_forward(api: Api) -> None:
    _, client = await owner(api)
    made = await published(client)
    api.clock.set(NOW + timedelta(days=3))
    later = dates(submit_closes=9, vote_closes=12) | {"reason": "Holidays"}
    done = await step(client, made, "extend", **later)
    assert (done.status_code, done.json()["vote_closes_at"]) == (200, "2026-03-14T09:00:00Z")
    earlier = dates(submit_closes=8, vote_closes=12) | {"reason": "Oops"}
    assert (await step(client, done.json(), "extend", **earlier)).status_code == 422
    assert (await step(client, done.json(), "extend", **dates(submit_closes=9, vote_closes=13))).status_code == 400
    assert (await audit_of(api, made["id"]))[-1] == "challenge.extended"
    api.clock.set(NOW + timedelta(days=13))
    closed = await step(client, done.json(), "extend", **later)
    assert (closed.status_code, closed.json()["type"]) == (409, "/problems/wrong-state")


async def test_closing_early_then_reopening_and_archiving(api: Api) -> None:
    _, client = await owner(api)
    made = await published(client)
    api.clock.set(NOW + timedelta(days=1, hours=1))
    too_early = await step(client, made, "close", reason="Enough")
    assert too_early.status_code == 409
    api.clock.set(NOW + timedelta(days=3))
    closed = (await step(client, made, "close", reason="Enough")).json()
    assert (closed["state"], closed["takes_ideas"], closed["takes_votes"]) == ("in_review", False, False)
    await api.connection.execute("UPDATE challenges SET frozen_at = $2 WHERE id = $1", closed["id"], api.clock.now)
    api.clock.set(NOW + timedelta(days=4))
    reopened = (await step(client, closed, "reopen", **dates(submit_closes=8, vote_closes=9), reason="More")).json()
    assert (reopened["state"], reopened["takes_ideas"], reopened["takes_votes"]) == ("running", True, True)
    assert await api.connection.fetchval("SELECT frozen_at FROM challenges WHERE id = $1", closed["id"]) is None
    assert (await step(client, reopened, "archive")).status_code == 409
    api.clock.set(NOW + timedelta(days=9))
    archived = (await step(client, reopened, "archive")).json()
    assert archived["state"] == "archived"
    assert (
        await step(client, archived, "reopen", **dates(submit_closes=20, vote_closes=20), reason="x")
    ).status_code == 409
    assert (await audit_of(api, made["id"]))[2:] == [
        "challenge.closed_early",
        "challenge.reopened",
        "challenge.closed",
        "challenge.archived",
    ]


async def test_delete_takes_drafts_only(api: Api) -> None:
    _, client = await owner(api)
    made = await draft(client)
    assert (await client.delete(f"/v1/challenges/{made['id']}")).status_code == 204
    assert (await client.get(f"/v1/challenges/{made['id']}")).status_code == 404
    made = await published(client)
    assert (await client.delete(f"/v1/challenges/{made['id']}")).status_code == 409


async def test_list_shows_each_person_what_is_open_to_them(api: Api) -> None:
    owner_id, client = await owner(api, department="Only here")
    given = {"owner_id": owner_id, "audience_departments": ["Only here"]}
    made = [
        str(await make_challenge(api.connection, **given, created_at=NOW - timedelta(days=days), updated_at=NOW))
        for days in (3, 2, 1)
    ]
    hidden = await draft(client)
    colleague = await api.client_for(await make_person(api.connection, department="Only here"))
    stranger = await api.client_for(await make_person(api.connection))
    panelist_id = await make_person(api.connection, roles=["reviewer"])
    await api.connection.execute(
        "INSERT INTO panel_members (challenge_id, person_id, added_by, added_at) VALUES ($1, $2, $3, $4)",
        made[0],
        panelist_id,
        owner_id,
        NOW,
    )

    async def ids(client: httpx.AsyncClient, **params: Any) -> list[str]:
        items = (await client.get("/v1/challenges", params=params)).json()["items"]
        return [item["id"] for item in items if item["id"] in [*made, hidden["id"]]]

    assert await ids(client, mine=True) == [hidden["id"], *reversed(made)]
    assert await ids(colleague) == list(reversed(made))
    assert await ids(colleague, state="running") == list(reversed(made))
    assert await ids(colleague, state="decided") == []
    assert await ids(stranger) == []
    assert await ids(await api.client_for(panelist_id)) == made[:1]
    first = (await colleague.get("/v1/challenges", params={"limit": 1, "state": "running"})).json()
    assert [item["id"] for item in first["items"]] == [made[2]]
    params = {"limit": 1, "state": "running", "cursor": first["next_cursor"]}
    assert [item["id"] for item in (await colleague.get("/v1/challenges", params=params)).json()["items"]] == [made[1]]
    assert (await colleague.get("/v1/challenges", params={"state": "sleeping"})).status_code == 400


async def test_participation_counts_people_and_answers(api: Api) -> None:
    owner_id, client = await owner(api)
    challenge_id = await make_challenge(
        api.connection, owner_id=owner_id, answer_by=NOW - timedelta(hours=1), vote_closes_at=NOW - timedelta(hours=3)
    )
    url = f"/v1/challenges/{challenge_id}/participation"
    empty = (await client.get(url)).json()
    assert (empty["ideas"], empty["answer_rate"], empty["median_answer_hours"]) == (0, None, None)
    ideas = [
        await make_idea(api.connection, challenge_id, submitted_at=NOW - timedelta(hours=hours))
        for hours in (4, 8, 9, 9)
    ]
    await api.connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", ideas[1], ideas[0])
    for idea_id, outcome in ((ideas[0], "selected"), (ideas[2], "under_review")):
        await api.connection.execute(
            "INSERT INTO decisions (id, challenge_id, idea_id, outcome, decided_by, decided_at)"
            " VALUES (gen_random_uuid(), $1, $2, $3, $4, $5)",
            challenge_id,
            idea_id,
            outcome,
            owner_id,
            NOW,
        )
    assert (await client.get(url)).json() == {
        "ideas": 4,
        "authors": 4,
        "voters": 0,
        "answers": 0,
        "comments": 0,
        "answered_ideas": 2,
        "answer_rate": 0.5,
        "median_answer_hours": 6.0,
        "overdue_ideas": 2,
    }
