"""Decisions, answers, results and back-tests over HTTP."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from ideation.database import Connection
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_idea, make_person
from tests.panel_world import CLOSED_AT, PanelWorld, make_ideas, make_panel_world, make_ranking, make_reviewer


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A closed challenge whose owner decides."""

    world: PanelWorld
    owner: httpx.AsyncClient
    ideas: list[UUID]

    @property
    def address(self) -> str:
        return f"/v1/challenges/{self.world.challenge_id}"

    async def decide(self, *ideas: UUID, outcome: str = "selected", **given: object) -> httpx.Response:
        body = {"idea_ids": [str(idea) for idea in ideas], "outcome": outcome} | given
        return await self.owner.post(f"{self.address}/decisions", json=body)


async def seat_board(api: Api, count: int = 3, **given: object) -> Board:
    world = await make_panel_world(api.connection, **given)
    ideas = await make_ideas(
        api.connection, world.challenge_id, count, title="Turn it off", submitted_at=CLOSED_AT - timedelta(hours=10)
    )
    return Board(world=world, owner=await api.client_for(world.owner.person_id), ideas=ideas)


async def states(api: Api, board: Board) -> list[str]:
    rows = await api.connection.fetch("SELECT state FROM ideas WHERE id = ANY ($1) ORDER BY id", board.ideas)
    return [row["state"] for row in rows]


async def messages(api: Api, person: UUID) -> list[str]:
    rows = await api.connection.fetch("SELECT message FROM notifications WHERE person_id = $1 ORDER BY id", person)
    return [row["message"] for row in rows]


async def author_of(api: Api, idea: UUID) -> UUID:
    author: UUID = await api.connection.fetchval("SELECT author_id FROM ideas WHERE id = $1", idea)
    return author


async def co_author(api: Api, idea: UUID, *, person_id: UUID | None = None, **given: object) -> UUID:
    person = person_id or await make_person(api.connection)
    values: dict[str, object] = {"invited_by": person, "invited_at": NOW}
    await insert(api.connection, "idea_authors", idea_id=idea, person_id=person, **(values | given))
    return person


async def test_a_decision_sets_the_state_and_answers_every_author(api: Api) -> None:
    board = await seat_board(api, 1)
    (idea,) = board.ideas
    agreed, invited = await co_author(api, idea, agreed_at=NOW), await co_author(api, idea)
    twin_author = await make_person(api.connection)
    await make_idea(api.connection, board.world.challenge_id, twin_author, canonical_id=idea)
    decided = await board.decide(idea, outcome="declined", reason="Too dear.", lesson="Ask the supplier first.")
    assert decided.status_code == 201
    name = await api.connection.fetchval("SELECT name FROM people WHERE id = $1", board.world.owner.person_id)
    assert decided.json() == [
        {
            "id": decided.json()[0]["id"],
            "idea_id": str(idea),
            "outcome": "declined",
            "reason": "Too dear.",
            "lesson": "Ask the supplier first.",
            "decided_by": str(board.world.owner.person_id),
            "decided_by_name": name,
            "decided_at": "2026-03-02T09:00:00Z",
        }
    ]
    assert await states(api, board) == ["declined"]
    told = "Your idea “Turn it off” will not be taken further. Why: Too dear. What we learned: Ask the supplier first."
    for person in (await author_of(api, idea), agreed, twin_author):
        assert await messages(api, person) == [told]
    assert await messages(api, invited) == []
    trail = "SELECT details FROM audit_events WHERE action = 'idea.decide' AND subject_id = $1"
    details = await api.connection.fetchval(trail, str(idea))
    assert details == {"outcome": "declined", "reason": "Too dear.", "decision_id": decided.json()[0]["id"]}


@pytest.mark.parametrize("hand", ["wrote", "co_wrote", "merged", "co_wrote_merged"])
async def test_nobody_decides_an_idea_they_had_a_hand_in(api: Api, hand: str) -> None:
    board = await seat_board(api, 2)
    owner_id, (other, _) = board.world.owner.person_id, board.ideas
    own = await make_idea(
        api.connection, board.world.challenge_id, owner_id if hand == "wrote" else None, title="My own"
    )
    twin = await make_idea(
        api.connection, board.world.challenge_id, owner_id if hand == "merged" else None, canonical_id=own
    )
    if hand.startswith("co_wrote"):
        written = twin if hand == "co_wrote_merged" else own
        await co_author(api, written, agreed_at=NOW, person_id=owner_id)
    for ideas in ([own], [other, own]):
        refused = (await board.decide(*ideas)).json()
        kept = {name: refused[name] for name in ("type", "status", "reason", "ideas", "detail")}
        assert kept == {
            "type": "/problems/conflict-of-interest",
            "status": 403,
            "reason": "decide-own",
            "ideas": [str(own)],
            "detail": "You had a hand in “My own”; somebody else who runs the challenge decides.",
        }
    assert await states(api, board) == ["submitted", "submitted"]
    assert (await board.decide(other)).status_code == 201
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    body = {"idea_ids": [str(own)], "outcome": "selected"}
    assert (await administrator.post(f"{board.address}/decisions", json=body)).status_code == 201
    assert await messages(api, owner_id) == ["Your idea “My own” was selected."]


async def test_who_did_not_agree_to_be_a_co_author_decides_and_so_does_the_sponsor(api: Api) -> None:
    sponsor_id = await make_person(api.connection)
    board = await seat_board(api, 1, sponsor_id=sponsor_id)
    owner_id = board.world.owner.person_id
    own = await make_idea(api.connection, board.world.challenge_id, owner_id)
    await co_author(api, board.ideas[0], person_id=owner_id)
    assert (await board.decide(board.ideas[0])).status_code == 201
    body = {"idea_ids": [str(own)], "outcome": "selected"}
    sponsor = await api.client_for(sponsor_id)
    assert (await sponsor.post(f"{board.address}/decisions", json=body)).status_code == 201


async def test_a_group_is_decided_with_one_reason_all_or_none(api: Api) -> None:
    board = await seat_board(api)
    first, second, third = board.ideas
    together = await board.decide(third, first, outcome="already_exists", reason="Since 2019.")
    assert [one["idea_id"] for one in together.json()] == [str(third), str(first)]
    assert await states(api, board) == ["already_exists", "submitted", "already_exists"]
    implemented = await board.decide(second, first, outcome="implemented")
    assert (implemented.status_code, implemented.json()["ideas"]) == (409, [str(first), str(second)])
    assert await states(api, board) == ["already_exists", "submitted", "already_exists"]


async def test_decisions_that_make_no_sense_are_refused(api: Api) -> None:
    board = await seat_board(api, 1)
    (idea,) = board.ideas
    challenge_id = board.world.challenge_id
    elsewhere = await make_idea(api.connection, (await make_panel_world(api.connection)).challenge_id)
    for outcome in ("declined", "already_exists"):
        for reason in ("", " "):
            assert (await board.decide(idea, outcome=outcome, reason=reason)).status_code == 422
    assert (await board.decide(idea, idea)).status_code == 422
    for missing in (new_id(), elsewhere, await make_idea(api.connection, challenge_id, state="draft")):
        refused = await board.decide(idea, missing)
        assert (refused.status_code, refused.json()["ideas"]) == (404, [str(missing)])
    for wrong in ({"state": "withdrawn"}, {"canonical_id": idea}):
        assert (await board.decide(await make_idea(api.connection, challenge_id, None, **wrong))).status_code == 409
    malformed: list[dict[str, Any]] = [
        {"outcome": "praised"},
        {"reason": "x" * 5001},
        {"reason": "\x00"},
        {"idea_ids": []},
        {"boss": 1},
    ]
    for body in malformed:
        assert (await board.decide(idea, **({"outcome": "selected"} | body))).status_code == 400
    assert await states(api, board) == ["submitted"]


@pytest.mark.parametrize(
    ("path", "possible"),
    [
        (["under_review", "selected", "planned", "implemented"], True),
        (["selected", "implemented"], True),
        (["declined", "selected"], True),
        (["planned", "declined"], True),
        (["under_review", "under_review"], True),
        (["implemented"], False),
        (["selected", "implemented", "declined"], False),
        (["declined", "implemented"], False),
        (["selected", "under_review"], False),
    ],
)
async def test_outcomes_follow_each_other_as_in_life(api: Api, path: list[str], possible: bool) -> None:
    board = await seat_board(api, 1)
    answers = [await board.decide(*board.ideas, outcome=outcome, reason="So it is.") for outcome in path]
    assert [answer.status_code for answer in answers] == [201] * (len(path) - 1) + [201 if possible else 409]


async def test_ideas_are_decided_after_the_close_and_at_any_time_without_an_end(api: Api) -> None:
    later = NOW + timedelta(days=1)
    running = await seat_board(api, 1, frozen_at=None, submit_closes_at=later, vote_closes_at=later)
    endless = await seat_board(api, 1, frozen_at=None, submit_closes_at=None, vote_closes_at=None)
    archived = await seat_board(api, 1, stage="archived")
    decided = await seat_board(api, 1, stage="decided")
    codes = [(await board.decide(*board.ideas)).status_code for board in (running, endless, archived, decided)]
    assert codes == [409, 201, 409, 201]


async def test_answers_are_counted_from_submission_and_from_the_close(api: Api) -> None:
    board = await seat_board(api, 4, answer_by=NOW - timedelta(hours=1))
    empty = await seat_board(api, 0)
    employee = await api.client_for(await make_person(api.connection))
    assert (await employee.get(f"{empty.address}/answers")).json() == {
        "ideas": 0,
        "answered": 0,
        "owed": 0,
        "answer_rate": None,
        "median_hours_from_submission": None,
        "median_hours_from_close": None,
        "oldest_owed_hours": None,
        "overdue": 0,
    }
    first, second, third, fourth = board.ideas
    await api.connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", second, first)
    await board.decide(first)
    await board.decide(third, outcome="under_review")
    api.clock.set(NOW + timedelta(hours=5))
    await board.decide(first, outcome="planned")
    assert (await employee.get(f"{board.address}/answers")).json() == {
        "ideas": 4,
        "answered": 2,
        "owed": 2,
        "answer_rate": 0.5,
        "median_hours_from_submission": 34.0,
        "median_hours_from_close": 24.0,
        "oldest_owed_hours": 29.0,
        "overdue": 2,
    }
    page = (await board.owner.get(f"{board.address}/answers/owed?limit=1")).json()
    rest = (await board.owner.get(f"{board.address}/answers/owed?limit=1&cursor={page['next_cursor']}")).json()
    assert rest["next_cursor"] is None
    owed = {
        "title": "Turn it off",
        "canonical_id": None,
        "theme": None,
        "owed_since": "2026-03-01T09:00:00Z",
        "age_hours": 29.0,
    }
    assert [item.pop("submitted_at") < item["owed_since"] for item in page["items"] + rest["items"]] == [True, True]
    assert page["items"] + rest["items"] == [
        {"idea_id": str(third), "state": "under_review"} | owed,
        {"idea_id": str(fourth), "state": "submitted"} | owed,
    ]
    api.clock.set(NOW)


async def test_a_challenge_is_decided_once_with_every_answer_given_or_named(api: Api) -> None:
    board = await seat_board(api)
    await board.decide(board.ideas[0])
    address, tag = f"{board.address}/decide", {"If-Match": '"1"'}
    owing = await board.owner.post(address, json={}, headers=tag)
    assert (owing.status_code, owing.json()["answers_owed"]) == (409, 2)
    assert (await board.owner.post(address, json={"answers_owed": 1}, headers=tag)).status_code == 409
    assert (await board.owner.post(address, json={"answers_owed": 2})).status_code == 428
    assert (await board.owner.post(address, json={"answers_owed": 2}, headers={"If-Match": '"9"'})).status_code == 412
    assert (await board.owner.post(address, json={"answers_owed": -1}, headers=tag)).status_code == 400
    employee = await api.client_for(await make_person(api.connection))
    assert (await employee.post(address, json={}, headers=tag)).status_code == 403
    assert (await employee.get(f"{board.address}/results")).status_code == 404

    answers = await asyncio.gather(
        *(board.owner.post(address, json={"answers_owed": 2}, headers=tag) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (decided,) = [answer for answer in answers if answer.status_code == 200]
    assert (decided.json()["state"], decided.json()["version"], decided.headers["etag"]) == ("decided", 2, '"2"')
    stage = await api.connection.fetchval("SELECT stage FROM challenges WHERE id = $1", board.world.challenge_id)
    staged = "SELECT count(*) FROM staged_jobs WHERE job = 'publish_results' AND subject = $1"
    assert (stage, await api.connection.fetchval(staged, str(board.world.challenge_id))) == ("decided", 1)

    results = (await employee.get(f"{board.address}/results")).json()
    assert results == {
        "items": [
            {
                "idea_id": str(board.ideas[0]),
                "title": "Turn it off",
                "outcome": "selected",
                "reason": "",
                "lesson": "",
                "decided_at": "2026-03-02T09:00:00Z",
            }
        ],
        "next_cursor": None,
    }
    assert (await employee.get(f"{board.address}/results?outcome=declined")).json()["items"] == []
    assert (await employee.get(f"{board.address}/results?outcome=praised")).status_code == 400


async def test_what_was_decided_is_for_the_authors_first_and_for_all_later(api: Api) -> None:
    board = await seat_board(api, 2)
    idea, merged = board.ideas
    await api.connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", merged, idea)
    await board.decide(idea, outcome="under_review")
    await board.decide(idea, outcome="declined", reason="Too dear.")
    employee = await api.client_for(await make_person(api.connection))

    async def outcomes(client: httpx.AsyncClient, wanted: UUID) -> list[str]:
        return [one["outcome"] for one in (await client.get(f"/v1/ideas/{wanted}/decisions")).json()]

    both = ["declined", "under_review"]
    assert sorted(await outcomes(await api.client_for(await author_of(api, idea)), idea)) == both
    assert sorted(await outcomes(await api.client_for(await author_of(api, merged)), merged)) == both
    assert await outcomes(employee, idea) == []
    await api.connection.execute("UPDATE challenges SET stage = 'decided' WHERE id = $1", board.world.challenge_id)
    assert sorted(await outcomes(employee, idea)) == both
    assert (await employee.get(f"/v1/ideas/{new_id()}/decisions")).status_code == 404
    assert (await api.anonymous.get(f"/v1/ideas/{idea}/decisions")).status_code == 401


LISTS = ("ideas", "landscape/ideas")


async def place_on_the_map(api: Api, board: Board) -> None:
    for idea in board.ideas:
        at = {"x": 0.5, "y": 0.5, "typicality": 0.5, "novelty": 0.5, "placed_at": NOW}
        await insert(
            api.connection, "idea_placements", idea_id=idea, challenge_id=board.world.challenge_id, theme_id=None, **at
        )


async def states_seen(board: Board, client: httpx.AsyncClient) -> list[list[str]]:
    """The states of the ideas on their pages, in the list, in the table of the map and on the map."""
    pages = [(await client.get(f"/v1/ideas/{idea}")).json()["state"] for idea in board.ideas]
    shown = [pages]
    for items in (
        *[(await client.get(f"{board.address}/{name}")).json()["items"] for name in LISTS],
        (await client.get(f"{board.address}/landscape")).json()["points"],
    ):
        by_idea = {item.get("id") or item["idea_id"]: item["state"] for item in items}
        shown.append([by_idea[str(idea)] for idea in board.ideas])
    return shown


async def test_until_the_results_are_out_others_see_what_was_decided_as_under_review(api: Api) -> None:
    board = await seat_board(api, 4)
    await place_on_the_map(api, board)
    selected, declined, looked_at, _ = board.ideas
    await board.decide(selected)
    await board.decide(declined, outcome="declined", reason="Too dear.")
    await board.decide(looked_at, outcome="under_review")
    decided = ["selected", "declined", "under_review", "submitted"]
    veiled = ["under_review", "under_review", "under_review", "submitted"]
    administrator = await api.client_for(await make_person(api.connection, roles=["administrator"]))
    panelist = await api.client_for((await make_reviewer(api.connection, board.world.challenge_id)).person_id)
    employee = await api.client_for(await make_person(api.connection))
    moderator = await api.client_for(await make_person(api.connection, roles=["moderator"]))
    for client in (board.owner, administrator, panelist):
        assert await states_seen(board, client) == [decided] * 4
    for client in (employee, moderator):
        assert await states_seen(board, client) == [veiled] * 4
    author = await api.client_for(await author_of(api, selected))
    # The map is drawn alike for many readers.
    own = ["selected", *veiled[1:]]
    assert await states_seen(board, author) == [own, own, veiled, veiled]
    await api.connection.execute("UPDATE challenges SET stage = 'decided' WHERE id = $1", board.world.challenge_id)
    for client in (employee, moderator, author):
        assert await states_seen(board, client) == [decided] * 4


async def test_until_the_results_are_out_no_filter_tells_what_was_decided(api: Api) -> None:
    board = await seat_board(api, 4)
    await place_on_the_map(api, board)
    selected, declined, looked_at, waiting = board.ideas
    await board.decide(selected)
    await board.decide(declined, outcome="declined", reason="Too dear.")
    await board.decide(looked_at, outcome="under_review")
    employee = await api.client_for(await make_person(api.connection))

    async def kept(client: httpx.AsyncClient, name: str, state: str, **more: str) -> list[str] | str:
        answer = await client.get(f"{board.address}/{name}", params={"state": state} | more)
        if answer.status_code == 403:
            return str(answer.json()["reason"])
        return sorted(item.get("id") or item["idea_id"] for item in answer.json()["items"])

    def ids(*ideas: UUID) -> list[str]:
        return sorted(str(idea) for idea in ideas)

    for name in LISTS:
        for state in ("selected", "planned", "implemented", "declined", "already_exists"):
            assert await kept(employee, name, state) == "decisions-hidden"
        assert await kept(employee, name, "under_review") == ids(selected, declined, looked_at)
        assert await kept(employee, name, "submitted") == ids(waiting)
        assert await kept(board.owner, name, "selected") == ids(selected)
        assert await kept(board.owner, name, "under_review") == ids(looked_at)
    for more in ({"sort": "random"}, {"q": "turn"}):
        assert await kept(employee, "ideas", "under_review", **more) == ids(selected, declined, looked_at)
    on_map = await employee.get(f"{board.address}/landscape", params={"state": "declined"})
    assert (on_map.status_code, on_map.json()["reason"]) == (403, "decisions-hidden")
    await api.connection.execute("UPDATE challenges SET stage = 'decided' WHERE id = $1", board.world.challenge_id)
    for name in LISTS:
        assert await kept(employee, name, "selected") == ids(selected)
        assert await kept(employee, name, "under_review") == ids(looked_at)


async def test_rankings_are_measured_against_the_decisions_made_after_them(api: Api) -> None:
    board = await seat_board(api, 4)
    empty = (await board.owner.get(f"{board.address}/backtest")).json()
    assert empty == {"challenge_id": str(board.world.challenge_id), "decided_ideas": 0, "rankings": []}
    ranking_id = await make_ranking(api.connection, board.world.challenge_id, board.ideas)
    first, second, third, fourth = board.ideas
    # One person answered ideas of both outcomes, one of one alone, one through a link, one after the ranking.
    both, one, linked, late = [await make_person(api.connection) for _ in range(4)]
    before, after = NOW - timedelta(days=2), NOW
    for person, ideas, at in (
        (both, (first, second), before),
        (one, (first, third), before),
        (late, board.ideas, after),
    ):
        for idea in ideas:
            await _answer_card(api.connection, board.world.challenge_id, idea, person, at)
    for idea in board.ideas:
        given = {"idea_id": idea, "person_id": linked, "challenge_id": board.world.challenge_id, "value": 1}
        await insert(api.connection, "votes", **given, created_at=before, updated_at=before)
    await board.decide(first, third)
    await board.decide(second, fourth, outcome="declined", reason="Too dear.")
    later = NOW + timedelta(days=1)
    await make_ranking(api.connection, board.world.challenge_id, board.ideas, kind="panel", created_at=later)
    found = (await board.owner.get(f"{board.address}/backtest")).json()
    assert found["decided_ideas"] == 4
    (measured,) = found["rankings"]
    assert measured.pop("calibration")[0] == {"low": 0.1, "high": 0.3, "count": 1, "stated": 0.25, "came_true": 0.0}
    # Chances 1, .75, .5, .25 against true, false, true, false: (0 + .5625 + .25 + .0625) / 4.
    assert measured == {
        "ranking_id": str(ranking_id),
        "kind": "closing",
        "created_at": "2026-03-01T09:00:00Z",
        "ideas": 4,
        "selected": 2,
        "judges_of_both": 1,
        "auc": 0.75,
        "brier": 0.21875,
        "base_brier": 0.25,
    }


async def _answer_card(
    connection: Connection, challenge_id: UUID, idea_id: UUID, person_id: UUID, at: datetime
) -> None:
    card = {"challenge_id": challenge_id, "idea_id": idea_id, "person_id": person_id}
    card_id = new_id()
    dealt = {"sitting_id": new_id(), "position": 1, "dealt_by": "feed", "own_department": False, "dealt_at": at}
    await insert(connection, "impressions", **card, **dealt, id=card_id)
    await insert(connection, "votes", **card, value=1, impression_id=card_id, created_at=at, updated_at=at)
