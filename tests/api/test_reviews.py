"""A reviewer's queue, form, draft and sent review over HTTP."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from ideation.entities.people import Actor, Scope
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.panel_world import (
    CLOSED_AT,
    REVIEW_CLOSES_AT,
    PanelWorld,
    add_sent_review,
    ask_for_review,
    make_panel_world,
    make_ranking,
    make_reviewer,
)

FIRST = {"If-Match": '"1"'}


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A reviewer with one idea to review."""

    world: PanelWorld
    reviewer: Actor
    client: httpx.AsyncClient
    idea_id: UUID
    assignment_id: UUID

    @property
    def address(self) -> str:
        return f"/v1/assignments/{self.assignment_id}"

    def scores(self, value: int = 4, effort: int = 2) -> list[dict[str, object]]:
        given = {"value": value, "effort": effort}
        return [{"criterion_id": str(self.world.criteria[key]), "score": score} for key, score in given.items()]


async def make_desk(api: Api, **given: object) -> Desk:
    world = await make_panel_world(api.connection, **given)
    return await another_desk(api, world, await make_idea(api.connection, world.challenge_id, title="Turn it off"))


async def another_desk(api: Api, world: PanelWorld, idea_id: UUID, reviewer: Actor | None = None) -> Desk:
    reviewer = reviewer or await make_reviewer(api.connection, world.challenge_id, name="Rita")
    return Desk(
        world=world,
        reviewer=reviewer,
        client=await api.client_for(reviewer.person_id),
        idea_id=idea_id,
        assignment_id=await ask_for_review(api.connection, world, idea_id, reviewer),
    )


async def test_a_review_is_read_saved_sent_and_then_stands(api: Api) -> None:
    desk = await make_desk(api)
    await api.connection.execute("UPDATE criteria SET anchors = $1", [{"score": 3, "text": "So so"}])
    form = await desk.client.get(desk.address)
    assert (form.status_code, form.headers["etag"]) == (200, '"1"')
    criteria = [
        {"id": str(desk.world.criteria[key]), "key": key, "label": key.capitalize(), "description": ""}
        | {"weight": weight, "scale_min": 1, "scale_max": 5, "anchors": [{"score": 3, "text": "So so"}]}
        for key, weight in (("value", 0.6), ("effort", 0.4))
    ]
    idea = await api.connection.fetchrow("SELECT body FROM ideas WHERE id = $1", desk.idea_id)
    assert idea is not None
    assert form.json() == {
        "assignment_id": str(desk.assignment_id),
        "challenge_id": str(desk.world.challenge_id),
        "question": "How could we waste less?",
        "idea": {
            "id": str(desk.idea_id),
            "title": "Turn it off",
            "body": idea["body"],
            "tags": [],
            "authors": None,
        },
        "criteria": criteria,
        "due_at": "2026-03-09T09:00:00Z",
        "takes_reviews": True,
        "wildcard_left": True,
        "review": None,
        "version": 1,
    }
    draft = {"scores": desk.scores()[:1], "comment": "Promising.", "wildcard": True}
    saved = await desk.client.put(f"{desk.address}/review", json=draft, headers=FIRST)
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"')
    assert saved.json() == {
        "comment": "Promising.",
        "wildcard": True,
        "scores": [{"criterion_id": criteria[0]["id"], "key": "value", "score": 4, "comment": ""}],
        "version": 2,
        "updated_at": "2026-03-02T09:00:00Z",
        "sent_at": None,
    }
    assert (await desk.client.get(desk.address)).json()["review"] == saved.json()
    incomplete = await desk.client.post(f"{desk.address}/review/send", headers={"If-Match": '"2"'})
    assert (incomplete.status_code, incomplete.json()["missing"]) == (422, ["effort"])

    whole = await desk.client.put(
        f"{desk.address}/review", json=draft | {"scores": desk.scores()}, headers={"If-Match": '"2"'}
    )
    sent = await desk.client.post(f"{desk.address}/review/send", headers={"If-Match": whole.headers["etag"]})
    assert sent.status_code == 200
    assert sent.json() == whole.json() | {"version": 4, "sent_at": "2026-03-02T09:00:00Z"}
    for version in (1, 3, 4):
        tag = {"If-Match": f'"{version}"'}
        assert (await desk.client.put(f"{desk.address}/review", json={}, headers=tag)).status_code == 409
        assert (await desk.client.post(f"{desk.address}/review/send", headers=tag)).status_code == 409
    handed_back = await desk.client.post(f"{desk.address}/conflict", json={"reason": "Too late."})
    assert handed_back.status_code == 409
    staged = "SELECT count(*) FROM staged_jobs WHERE job = 'rank_panel' AND subject = $1"
    assert await api.connection.fetchval(staged, str(desk.world.challenge_id)) == 1


async def test_stale_and_missing_versions_are_refused(api: Api) -> None:
    desk = await make_desk(api)
    review = f"{desk.address}/review"
    assert (await desk.client.put(review, json={})).status_code == 428
    assert (await desk.client.put(review, json={}, headers={"If-Match": "2"})).status_code == 400
    assert (await desk.client.put(review, json={}, headers={"If-Match": '"2"'})).status_code == 412
    assert (await desk.client.put(review, json={}, headers=FIRST)).status_code == 200
    again = await desk.client.put(review, json={}, headers=FIRST)
    assert (again.status_code, again.json()["current_version"]) == (412, 2)
    assert (await desk.client.post(f"{review}/send")).status_code == 428


async def test_wrong_scores_are_refused_and_nothing_is_kept(api: Api) -> None:
    desk = await make_desk(api)
    review = f"{desk.address}/review"
    twice = [desk.scores()[0], desk.scores()[0]]
    strange = [{"criterion_id": str(new_id()), "score": 3}]
    for scores in (twice, strange, desk.scores(value=0), desk.scores(effort=6)):
        assert (await desk.client.put(review, json={"scores": scores}, headers=FIRST)).status_code == 422
    malformed: list[object] = [
        {"scores": [{"criterion_id": "x", "score": 3}]},
        {"scores": [desk.scores()[0] | {"score": 3.5}]},
        {"scores": [desk.scores()[0] | {"rank": 1}]},
        {"comment": "x" * 10_001},
        {"comment": "a\x00b"},
        {"author": "me"},
        [],
    ]
    for body in malformed:
        assert (await desk.client.put(review, json=body, headers=FIRST)).status_code == 400
    assert (await desk.client.get(desk.address)).json()["review"] is None


async def test_other_peoples_assignments_are_not_there(api: Api) -> None:
    desk = await make_desk(api)
    others = [
        await api.client_for((await make_reviewer(api.connection, desk.world.challenge_id)).person_id),
        await api.client_for(desk.world.owner.person_id),
        await api.client_for(await make_person(api.connection, roles=["administrator"])),
    ]
    for client in others:
        answers = [
            await client.get(desk.address),
            await client.put(f"{desk.address}/review", json={}, headers=FIRST),
            await client.post(f"{desk.address}/review/send", headers=FIRST),
            await client.post(f"{desk.address}/conflict", json={"reason": "Mine."}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
    assert (await api.anonymous.get(desk.address)).status_code == 401
    scope = await api.client_for(desk.reviewer.person_id, scopes=[Scope.READ, Scope.TAKE_PART])
    assert (await scope.get(desk.address)).status_code == 403
    assert (await desk.client.get(f"/v1/assignments/{new_id()}")).status_code == 404


async def test_reviews_are_taken_in_the_review_window_only(api: Api) -> None:
    desk = await make_desk(api)
    review = f"{desk.address}/review"
    for now in (CLOSED_AT - timedelta(seconds=1), REVIEW_CLOSES_AT):
        api.clock.set(now)
        assert (await desk.client.put(review, json={}, headers=FIRST)).status_code == 409
        assert (await desk.client.post(f"{review}/send", headers=FIRST)).status_code == 409
        assert (await desk.client.get(desk.address)).json()["takes_reviews"] is False
    api.clock.set(REVIEW_CLOSES_AT - timedelta(seconds=1))
    assert (await desk.client.put(review, json={}, headers=FIRST)).status_code == 200
    api.clock.set(NOW)


async def test_who_became_a_co_author_meanwhile_can_no_longer_review(api: Api) -> None:
    desk = await make_desk(api)
    saved = await desk.client.put(f"{desk.address}/review", json={"scores": desk.scores()}, headers=FIRST)
    person = desk.reviewer.person_id
    await insert(
        api.connection, "idea_authors", idea_id=desk.idea_id, person_id=person, invited_by=person, invited_at=NOW
    )
    sending = await desk.client.post(f"{desk.address}/review/send", headers={"If-Match": saved.headers["etag"]})
    assert (sending.status_code, sending.json()["type"]) == (403, "/problems/conflict-of-interest")
    assert "conflict" not in sending.json()
    assert (await desk.client.get(desk.address)).status_code == 403


async def test_a_declared_conflict_hands_the_idea_back_for_good(api: Api) -> None:
    desk = await make_desk(api)
    await desk.client.put(f"{desk.address}/review", json={"wildcard": True}, headers=FIRST)
    for wrong in ({}, {"reason": " "}, {"reason": "x" * 2001}):
        assert (await desk.client.post(f"{desk.address}/conflict", json=wrong)).status_code == 400
    declared = await desk.client.post(f"{desk.address}/conflict", json={"reason": "We are married."})
    assert (declared.status_code, declared.content) == (204, b"")
    assert (await desk.client.get(desk.address)).status_code == 404
    owner = await api.client_for(desk.world.owner.person_id)
    by_hand = f"/v1/challenges/{desk.world.challenge_id}/assignments/{desk.idea_id}/{desk.reviewer.person_id}"
    assert (await owner.put(by_hand)).status_code == 403
    trail = "SELECT details FROM audit_events WHERE action = 'conflict.declare' AND subject_id = $1"
    assert await api.connection.fetchval(trail, str(desk.idea_id)) == {"reason": "We are married."}
    assert await api.connection.fetchval("SELECT wildcard FROM reviews WHERE idea_id = $1", desk.idea_id) is False


async def test_a_reviewer_has_one_wildcard_in_a_challenge(api: Api) -> None:
    desk = await make_desk(api)
    idea = await make_idea(api.connection, desk.world.challenge_id)
    other = await another_desk(api, desk.world, idea, desk.reviewer)
    await desk.client.put(f"{desk.address}/review", json={"wildcard": True}, headers=FIRST)
    assert (await desk.client.get(other.address)).json()["wildcard_left"] is False
    second = await desk.client.put(f"{other.address}/review", json={"wildcard": True}, headers=FIRST)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/already-exists")
    await desk.client.put(f"{desk.address}/review", json={"wildcard": False}, headers={"If-Match": '"2"'})
    again = await desk.client.put(f"{other.address}/review", json={"wildcard": True}, headers=FIRST)
    assert again.status_code == 200


async def test_two_wildcards_at_once_leave_one(api: Api) -> None:
    desk = await make_desk(api)
    idea = await make_idea(api.connection, desk.world.challenge_id)
    other = await another_desk(api, desk.world, idea, desk.reviewer)
    answers = await asyncio.gather(
        *(desk.client.put(f"{one.address}/review", json={"wildcard": True}, headers=FIRST) for one in (desk, other))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_saving_in_two_windows_at_once_keeps_one(api: Api) -> None:
    desk = await make_desk(api)
    body = {"scores": desk.scores()}
    answers = await asyncio.gather(
        *(desk.client.put(f"{desk.address}/review", json=body, headers=FIRST) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


async def test_authors_are_shown_only_where_review_is_not_blind_and_authorship_shown(api: Api) -> None:
    for blind, authorship, shown in ((True, "shown", False), (False, "hidden", False), (False, "shown", True)):
        desk = await make_desk(api, blind_review=blind, authorship=authorship)
        sql = "SELECT name FROM people JOIN ideas ON ideas.author_id = people.id WHERE ideas.id = $1"
        author = await api.connection.fetchval(sql, desk.idea_id)
        form = (await desk.client.get(desk.address)).json()
        assert form["idea"]["authors"] == ([author] if shown else None)


async def test_a_reviewer_never_gets_the_crowds_rank_before_sending(api: Api) -> None:
    desk = await make_desk(api)
    await make_ranking(api.connection, desk.world.challenge_id, [desk.idea_id])
    queue = (await desk.client.get("/v1/me/assignments")).json()["items"]
    assert queue == [
        {
            "assignment_id": str(desk.assignment_id),
            "challenge_id": str(desk.world.challenge_id),
            "question": "How could we waste less?",
            "idea_id": str(desk.idea_id),
            "title": "Turn it off",
            "position": 1,
            "due_at": "2026-03-09T09:00:00Z",
            "draft_saved": False,
            "sent_at": None,
        }
    ]
    shortlist = await desk.client.get(f"/v1/challenges/{desk.world.challenge_id}/shortlist")
    assert (shortlist.status_code, shortlist.json()["open_reviews"]) == (403, 1)


async def test_the_queue_is_ones_own_in_pages_without_what_cannot_be_reviewed(api: Api) -> None:
    desk = await make_desk(api)
    idea = desk.idea_id
    for given in ({"hidden_at": NOW}, {"state": "withdrawn"}, {"canonical_id": idea}):
        gone = await make_idea(api.connection, desk.world.challenge_id, None, **given)
        await another_desk(api, desk.world, gone, desk.reviewer)
    done = await make_idea(api.connection, desk.world.challenge_id)
    await add_sent_review(api.connection, desk.world, done, desk.reviewer, {"value": 1, "effort": 1})
    await another_desk(api, desk.world, await make_idea(api.connection, desk.world.challenge_id))

    async def ideas(query: str) -> list[str]:
        return [item["idea_id"] for item in (await desk.client.get(f"/v1/me/assignments{query}")).json()["items"]]

    assert sorted(await ideas("")) == sorted([str(idea), str(done)])
    assert (await ideas("?sent=true"), await ideas("?sent=false")) == ([str(done)], [str(idea)])
    assert await ideas(f"?challenge={await make_challenge(api.connection)}") == []
    page = (await desk.client.get("/v1/me/assignments?limit=1")).json()
    rest = (await desk.client.get(f"/v1/me/assignments?limit=1&cursor={page['next_cursor']}")).json()
    found = {item["idea_id"] for item in page["items"] + rest["items"]}
    assert (found, rest["next_cursor"]) == ({str(idea), str(done)}, None)


async def test_sent_reviews_are_read_by_fellow_reviewers_after_sending_and_by_those_who_run_it(api: Api) -> None:
    desk = await make_desk(api)
    fellow = await make_reviewer(api.connection, desk.world.challenge_id, name="Carl")
    scores = {"value": 5, "effort": 1}
    review_id = await add_sent_review(api.connection, desk.world, desk.idea_id, fellow, scores, wildcard=True)
    address = f"/v1/ideas/{desk.idea_id}/reviews"
    assert (await desk.client.get(address)).status_code == 403
    expected = [
        {
            "id": str(review_id),
            "reviewer_id": str(fellow.person_id),
            "reviewer_name": "Carl",
            "comment": "",
            "wildcard": True,
            "scores": [
                {"criterion_id": str(desk.world.criteria[key]), "key": key, "score": scores[key], "comment": ""}
                for key in ("value", "effort")
            ],
            "sent_at": "2026-03-02T09:00:00Z",
        }
    ]
    owner = await api.client_for(desk.world.owner.person_id)
    assert (await owner.get(address)).json() == expected
    author = await api.connection.fetchval("SELECT author_id FROM ideas WHERE id = $1", desk.idea_id)
    assert (await (await api.client_for(author)).get(address)).status_code == 403
    await desk.client.put(f"{desk.address}/review", json={"scores": desk.scores()}, headers=FIRST)
    await desk.client.post(f"{desk.address}/review/send", headers={"If-Match": '"2"'})
    mine = (await desk.client.get(address)).json()
    assert (len(mine), mine[0]) == (2, expected[0])
    await ask_for_review(api.connection, desk.world, desk.idea_id, desk.world.owner)
    assert (await owner.get(address)).status_code == 403
    assert (await owner.get(f"/v1/ideas/{new_id()}/reviews")).status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"review_opens_at": None}, 200),
        ({"review_opens_at": None, "review_closes_at": None}, 200),
        ({"review_opens_at": None, "review_closes_at": None, "submit_closes_at": None, "frozen_at": None}, 200),
        (
            {"review_opens_at": None, "frozen_at": None}
            | {"submit_closes_at": NOW + timedelta(days=1), "vote_closes_at": NOW + timedelta(days=1)},
            409,
        ),
        ({"stage": "decided"}, 409),
    ],
)
async def test_without_a_review_window_reviews_are_taken_from_the_close_on(
    api: Api, given: dict[str, object], status: int
) -> None:
    desk = await make_desk(api, **given)
    assert (await desk.client.put(f"{desk.address}/review", json={}, headers=FIRST)).status_code == status
