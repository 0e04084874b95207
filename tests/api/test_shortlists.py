"""The shortlist over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, make_idea, make_person
from tests.panel_world import REVIEW_CLOSES_AT, PanelWorld, make_ideas, make_panel_world, make_ranking, make_reviewer


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A ranked challenge and its owner at work on the shortlist."""

    world: PanelWorld
    owner: httpx.AsyncClient
    ideas: list[UUID]
    ranking_id: UUID

    @property
    def address(self) -> str:
        return f"/v1/challenges/{self.world.challenge_id}/shortlist"

    async def change(self, version: int, **body: object) -> httpx.Response:
        tag = {"If-Match": f'"{version}"'}
        return await self.owner.post(f"{self.address}/changes", json={"reason": "Because."} | body, headers=tag)

    def entries(self, answer: httpx.Response) -> list[int]:
        """Which of the ideas are on the list, best first, by their number."""
        assert [entry["position"] for entry in answer.json()["entries"]] == list(
            range(1, len(answer.json()["entries"]) + 1)
        )
        return [self.ideas.index(UUID(entry["idea_id"])) for entry in answer.json()["entries"]]


async def lay_table(api: Api, **given: object) -> Table:
    world = await make_panel_world(api.connection, **given)
    ideas = await make_ideas(api.connection, world.challenge_id, 5, title="Turn it off")
    ranking_id = await make_ranking(api.connection, world.challenge_id, ideas)
    owner = await api.client_for(world.owner.person_id)
    return Table(world=world, owner=owner, ideas=ideas, ranking_id=ranking_id)


async def test_a_shortlist_is_made_from_the_latest_ranking_and_read(api: Api) -> None:
    table = await lay_table(api)
    assert (await table.owner.get(table.address)).status_code == 404
    made = await table.owner.post(table.address, json={})
    assert (made.status_code, made.headers["etag"], table.entries(made)) == (201, '"1"', [0, 1])
    assert (await table.owner.get(table.address)).json() == made.json()
    assert made.json() | {"id": None, "entries": made.json()["entries"][:1]} == {
        "id": None,
        "challenge_id": str(table.world.challenge_id),
        "ranking_id": str(table.ranking_id),
        "ranking_kind": "closing",
        "size": 2,
        "price": {
            "cost_share": 0.0,
            "themes": 0,
            "themes_by_score_alone": 0,
            "over_cap": [],
            "folded": {},
            "text": "Diversity changes nothing: these are the best ideas by score alone.",
            "budget": None,
        },
        "cost": 0.0,
        "entries": [
            {
                "idea_id": str(table.ideas[0]),
                "title": "Turn it off",
                "position": 1,
                "theme": None,
                "state": "submitted",
                "rank": 1,
                "score": 1.0,
                "probability_top": 1.0,
                "cost": None,
                "changed_by": None,
                "changed_by_name": None,
                "reason": "",
            }
        ],
        "changes": [],
        "created_at": "2026-03-02T09:00:00Z",
        "version": 1,
    }
    by_panel = await make_ranking(api.connection, table.world.challenge_id, table.ideas[::-1], kind="panel")
    remade = await table.owner.post(table.address, json={"size": 3})
    assert (table.entries(remade), remade.json()["ranking_id"]) == ([4, 3, 2], str(by_panel))


async def test_ideas_are_added_moved_and_removed_by_hand_with_a_reason(api: Api) -> None:
    table = await lay_table(api)
    await table.owner.post(table.address, json={"size": 3})
    added = await table.change(1, change="add", idea_id=str(table.ideas[4]), position=1, reason="The board asked.")
    assert (added.status_code, added.headers["etag"], table.entries(added)) == (200, '"2"', [4, 0, 1, 2])
    entry = added.json()["entries"][0]
    assert (entry["changed_by"], entry["reason"]) == (str(table.world.owner.person_id), "The board asked.")
    moved = await table.change(2, change="move", idea_id=str(table.ideas[2]), position=2)
    removed = await table.change(3, change="remove", idea_id=str(table.ideas[0]), reason="Has begun already.")
    assert (table.entries(moved), table.entries(removed)) == ([4, 2, 0, 1], [4, 2, 1])
    changes = [(one["change"], one["idea_id"], one["reason"]) for one in removed.json()["changes"]]
    assert changes == [
        ("add", str(table.ideas[4]), "The board asked."),
        ("move", str(table.ideas[2]), "Because."),
        ("remove", str(table.ideas[0]), "Has begun already."),
    ]


async def test_changes_that_do_not_fit_are_refused_and_leave_the_list_alone(api: Api) -> None:
    table = await lay_table(api)
    assert (await table.change(1, change="add", idea_id=str(table.ideas[4]))).status_code == 404
    made = await table.owner.post(table.address, json={})
    challenge_id, on, off = table.world.challenge_id, str(table.ideas[0]), str(table.ideas[4])
    elsewhere = await make_idea(api.connection, (await make_panel_world(api.connection)).challenge_id)
    refused: dict[int, list[dict[str, Any]]] = {
        409: [
            {"change": "add", "idea_id": on},
            {"change": "add", "idea_id": str(await make_idea(api.connection, challenge_id, state="withdrawn"))},
            {"change": "add", "idea_id": str(await make_idea(api.connection, challenge_id, hidden_at=NOW))},
            {"change": "add", "idea_id": str(await make_idea(api.connection, challenge_id, canonical_id=elsewhere))},
        ],
        404: [
            {"change": "remove", "idea_id": off},
            {"change": "move", "idea_id": off, "position": 1},
            {"change": "add", "idea_id": str(elsewhere)},
            {"change": "add", "idea_id": str(new_id())},
            {"change": "add", "idea_id": str(await make_idea(api.connection, challenge_id, state="draft"))},
        ],
        400: [
            {"change": "add", "idea_id": off, "reason": " "},
            {"change": "add", "idea_id": off, "position": 0},
            {"change": "move", "idea_id": on},
            {"change": "praise", "idea_id": on},
            {"idea_id": on},
            {"change": "remove", "idea_id": on, "position": 1},
        ],
    }
    for status, bodies in refused.items():
        for body in bodies:
            assert (body, (await table.change(1, **body)).status_code) == (body, status)
    fine = {"change": "add", "idea_id": off}
    stale = await table.change(7, **fine)
    assert (stale.status_code, stale.json()["current_version"]) == (412, 1)
    missing = await table.owner.post(f"{table.address}/changes", json=fine | {"reason": "Because."})
    assert missing.status_code == 428
    assert (await table.owner.get(table.address)).json() == made.json()


async def test_the_panel_reads_the_shortlist_and_others_do_not(api: Api) -> None:
    table = await lay_table(api)
    made = await table.owner.post(table.address, json={})
    member = await api.client_for((await make_reviewer(api.connection, table.world.challenge_id)).person_id)
    author = await api.client_for(await make_person(api.connection))
    assert (await member.get(table.address)).status_code == 404
    api.clock.set(REVIEW_CLOSES_AT)
    assert (await member.get(table.address)).json() == made.json()
    api.clock.set(NOW)
    assert (await author.get(table.address)).status_code == 404
    assert (await api.anonymous.get(table.address)).status_code == 401
    tag = {"If-Match": '"1"'}
    body = {"change": "remove", "idea_id": str(table.ideas[0]), "reason": "Mine is better."}
    for client, status in ((member, 403), (author, 403), (api.anonymous, 401)):
        assert (await client.post(f"{table.address}/changes", json=body, headers=tag)).status_code == status


@pytest.mark.parametrize("body", [{"size": 0}, {"size": 501}, {"k": 3}])
async def test_a_malformed_size_is_refused(api: Api, body: dict[str, int]) -> None:
    table = await lay_table(api)
    assert (await table.owner.post(table.address, json=body)).status_code == 400


async def test_without_a_ranking_or_an_open_idea_there_is_nothing_to_choose_from(api: Api) -> None:
    world = await make_panel_world(api.connection)
    owner = await api.client_for(world.owner.person_id)
    address = f"/v1/challenges/{world.challenge_id}/shortlist"
    assert (await owner.post(address, json={})).status_code == 409
    declined = await make_idea(api.connection, world.challenge_id, state="declined")
    await make_ranking(api.connection, world.challenge_id, [declined])
    assert (await owner.post(address, json={})).status_code == 409
