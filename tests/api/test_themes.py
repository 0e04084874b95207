"""Themes and the map over HTTP: what people see, and what they decide."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from ideation.actions import landscape
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.panel_world import make_ranking


async def employee(api: Api, **given: Any) -> httpx.AsyncClient:
    return await api.client_for(await make_person(api.connection, **given))


async def moderator(api: Api) -> httpx.AsyncClient:
    return await employee(api, roles=["moderator"])


async def make_theme(api: Api, challenge_id: UUID, label: str, **given: Any) -> UUID:
    theme_id = new_id()
    values = {"terms": [label], "created_at": NOW, "updated_at": NOW} | given
    await insert(api.connection, "themes", id=theme_id, challenge_id=challenge_id, label=label, **values)
    return theme_id


async def place(api: Api, challenge_id: UUID, theme_id: UUID | None, *, typicality: float = 0.5, **given: Any) -> UUID:
    novelty = given.pop("novelty", 0.25)
    idea_id = await make_idea(api.connection, challenge_id, **given)
    where = {"x": 0.5, "y": -0.5, "typicality": typicality, "novelty": novelty, "placed_at": NOW}
    await insert(
        api.connection, "idea_placements", idea_id=idea_id, challenge_id=challenge_id, theme_id=theme_id, **where
    )
    return idea_id


async def themes(client: httpx.AsyncClient, challenge_id: UUID) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/challenges/{challenge_id}/themes")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def theme_of(api: Api, idea_id: UUID) -> UUID | None:
    found: UUID | None = await api.connection.fetchval(
        "SELECT theme_id FROM idea_placements WHERE idea_id = $1", idea_id
    )
    return found


async def staged(api: Api, subject: UUID) -> list[str]:
    rows = await api.connection.fetch("SELECT job FROM staged_jobs WHERE subject = $1 ORDER BY job", str(subject))
    return [row["job"] for row in rows]


async def test_themes_come_with_counts_and_typical_ideas_and_without_what_is_not_shown(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    wide = await make_theme(api, challenge_id, "transport")
    bikes = await make_theme(api, challenge_id, "bikes", parent_id=wide, name="Cycling", pinned=True)
    await make_theme(api, challenge_id, "old", retired_at=NOW)
    first = await place(api, challenge_id, bikes, typicality=0.9, title="Racks")
    second = await place(api, challenge_id, bikes, typicality=0.4, title="Showers")
    for given in ({"hidden_at": NOW}, {"state": "withdrawn"}, {"canonical_id": first}):
        await place(api, challenge_id, bikes, **given)
    found = {theme["id"]: theme for theme in await themes(await employee(api), challenge_id)}
    assert {theme_id: theme["idea_count"] for theme_id, theme in found.items()} == {str(wide): 2, str(bikes): 2}
    assert found[str(bikes)] == {
        "id": str(bikes),
        "parent_id": str(wide),
        "name": "Cycling",
        "label": "bikes",
        "renamed": True,
        "pinned": True,
        "terms": ["bikes"],
        "idea_count": 2,
        "typical_ideas": [
            {"idea_id": str(first), "title": "Racks"},
            {"idea_id": str(second), "title": "Showers"},
        ],
    }


async def test_typical_ideas_of_a_theme_have_different_titles(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    bikes = await make_theme(api, challenge_id, "bikes")
    near = [("Racks", 0.9), ("Racks", 0.8), ("Showers", 0.7), ("Racks", 0.6), ("Pumps", 0.5), ("Lamps", 0.4)]
    placed = [await place(api, challenge_id, bikes, title=title, typicality=at) for title, at in near]
    [theme] = await themes(await employee(api), challenge_id)
    assert theme["idea_count"] == len(near)
    assert [idea["idea_id"] for idea in theme["typical_ideas"]] == [str(placed[at]) for at in (0, 2, 4)]


async def test_a_challenge_one_may_not_see_shows_no_themes(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, audience_sites=["Bergen"])
    client = await employee(api, site="Oslo")
    for what in ("themes", "outsiders", "landscape"):
        assert (await client.get(f"/v1/challenges/{challenge_id}/{what}")).status_code == 404


async def test_outsiders_are_listed_in_pages_the_most_novel_first(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    ideas = [await place(api, challenge_id, None, novelty=novelty) for novelty in (0.2, 0.7, 0.2)]
    client, path = await employee(api), f"/v1/challenges/{challenge_id}/outsiders"
    first = (await client.get(path, params={"limit": 2})).json()
    rest = (await client.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    order = [item["idea_id"] for item in first["items"] + rest["items"]]
    assert order == [str(ideas[1]), str(ideas[0]), str(ideas[2])]
    assert rest["next_cursor"] is None


async def test_naming_and_pinning_a_theme_is_kept_and_can_be_undone(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    theme_id = await make_theme(api, challenge_id, "bikes")
    client, path = await moderator(api), f"/v1/themes/{theme_id}"
    named = (await client.patch(path, json={"name": "Cycling"})).json()
    assert (named["name"], named["renamed"], named["pinned"]) == ("Cycling", True, False)
    pinned = (await client.patch(path, json={"pinned": True})).json()
    assert (pinned["name"], pinned["pinned"]) == ("Cycling", True)
    assert (await client.patch(path, json={"name": None})).json()["name"] == "bikes"
    assert (await (await employee(api)).patch(path, json={"name": "Mine"})).status_code == 403
    assert (await client.patch(f"/v1/themes/{new_id()}", json={"name": "X"})).status_code == 404
    for body in ({"name": ""}, {"name": "x" * 201}, {"title": "x"}):
        assert (await client.patch(path, json=body)).status_code == 400


async def test_joining_moves_the_ideas_and_later_ones_too(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    stays, ends = [await make_theme(api, challenge_id, label) for label in ("bikes", "racks")]
    idea_id = await place(api, challenge_id, ends)
    values = {"encoder": "e", "model": b"", "theme_ids": [ends, stays], "fitted_ideas": 1, "computed_at": NOW}
    await insert(api.connection, "theme_models", challenge_id=challenge_id, **values)
    path, body = f"/v1/challenges/{challenge_id}/themes/join", {"theme_ids": [str(ends)], "into_id": str(stays)}
    assert (await (await employee(api)).post(path, json=body)).status_code == 403
    joined = await (await moderator(api)).post(path, json=body)
    assert (joined.status_code, joined.json()["idea_count"], joined.json()["pinned"]) == (200, 1, True)
    assert await theme_of(api, idea_id) == stays
    model = await api.connection.fetchrow(
        "SELECT version, theme_ids FROM theme_models WHERE challenge_id = $1", challenge_id
    )
    assert model is not None
    assert tuple(model) == (2, [stays, stays])
    assert [theme["id"] for theme in await themes(await employee(api), challenge_id)] == [str(stays)]
    assert await staged(api, challenge_id) == ["refresh_themes"]


async def test_what_cannot_be_joined_is_refused(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    wide = await make_theme(api, challenge_id, "transport")
    narrow = await make_theme(api, challenge_id, "bikes", parent_id=wide)
    foreign = await make_theme(api, await make_challenge(api.connection), "food")
    client, path = await moderator(api), f"/v1/challenges/{challenge_id}/themes/join"
    for ended, into, status in ((narrow, narrow, 422), (narrow, wide, 422), (foreign, narrow, 404)):
        answer = await client.post(path, json={"theme_ids": [str(ended)], "into_id": str(into)})
        assert answer.status_code == status, answer.text


async def test_splitting_by_hand_makes_a_theme_that_stays(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    theme_id = await make_theme(api, challenge_id, "bikes")
    ideas = [await place(api, challenge_id, theme_id) for _ in range(3)]
    client, path = await moderator(api), f"/v1/themes/{theme_id}/split"
    split = await client.post(path, json={"idea_ids": [str(ideas[0])], "name": "Racks"})
    assert split.status_code == 200, split.text
    new = UUID(split.json()["theme_id"])
    assert [await theme_of(api, idea) for idea in ideas] == [new, theme_id, theme_id]
    found = {theme["id"]: theme for theme in await themes(client, challenge_id)}
    assert (found[str(new)]["name"], found[str(new)]["pinned"]) == ("Racks", True)
    assert await staged(api, challenge_id) == ["refresh_themes"]
    for refused in (ideas[1:], [], ideas[:1]):
        assert (await client.post(path, json={"idea_ids": [str(idea) for idea in refused]})).status_code == 422
    assert (await (await employee(api)).post(path, json={})).status_code == 403


async def test_splitting_without_ideas_is_the_workers_task(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    theme_id = await make_theme(api, challenge_id, "bikes")
    answer = await (await moderator(api)).post(f"/v1/themes/{theme_id}/split", json={})
    assert answer.json() == {"theme_id": None, "staged": True}
    assert await staged(api, theme_id) == ["split_theme"]


async def test_stop_words_are_kept_in_lower_case_and_stage_a_new_run(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    client, path = await moderator(api), f"/v1/challenges/{challenge_id}/stop-words"
    answer = await client.put(path, json={"words": ["Acme", "acme", "Group"]})
    assert (answer.status_code, answer.json()) == (200, {"words": ["acme", "group"]})
    assert await staged(api, challenge_id) == ["refresh_themes"]
    assert (await client.put(path, json={"words": ["two words"]})).status_code == 400
    assert (await (await employee(api)).put(path, json={"words": []})).status_code == 403


async def test_the_map_shows_points_and_beyond_a_bound_cells(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    challenge_id = await make_challenge(api.connection)
    theme_id = await make_theme(api, challenge_id, "bikes")
    ideas = sorted([await place(api, challenge_id, theme_id, title="Racks") for _ in range(2)])
    client, path = await employee(api), f"/v1/challenges/{challenge_id}/landscape"
    shown = (await client.get(path)).json()
    where = {"theme_id": str(theme_id), "x": 0.5, "y": -0.5, "score": None, "uncertainty": None}
    point = {"title": "Racks", "state": "submitted", "theme": "bikes", "novelty": 0.25, **where}
    points = [{"idea_id": str(idea), **point} for idea in ideas]
    region = {"name": "bikes", "idea_count": 2, "spread_x": 0.0, "spread_y": 0.0, "covariance": 0.0, **where}
    common = {"idea_count": 2, "regions": [region], "ranking_id": None, "computed_at": None}
    assert shown == {"points": points, "cells": None, **common}
    assert (await client.get(f"{path}/ideas")).json()["items"] == points
    monkeypatch.setattr(landscape, "MOST_POINTS", 1)
    cell = {"novelty": 0.25, "idea_count": 2, **where}
    assert (await client.get(path)).json() == {"points": None, "cells": [cell], **common}


async def test_the_map_is_filtered_and_shows_scores_only_to_those_who_may_see_them(api: Api) -> None:
    challenge_id = await make_challenge(api.connection, authorship="hidden")
    theme_id = await make_theme(api, challenge_id, "bikes")
    near = await place(api, challenge_id, theme_id, title="Racks")
    planned = await place(api, challenge_id, theme_id, title="Showers", state="planned")
    await api.connection.execute("UPDATE idea_placements SET x = -0.9 WHERE idea_id = $1", planned)
    await make_ranking(api.connection, challenge_id, [near, planned])
    reader, runner = await employee(api), await moderator(api)
    path = f"/v1/challenges/{challenge_id}/landscape"

    async def titles(**query: str) -> list[str]:
        return [point["title"] for point in (await reader.get(path, params=query)).json()["points"]]

    assert await titles() == ["Racks", "Showers"]
    assert await titles(state="under_review") == ["Showers"]
    assert await titles(left="0") == ["Racks"]
    assert await titles(theme_id=str(new_id())) == []
    assert (await reader.get(path, params={"left": "0.5", "right": "0.5"})).status_code == 422
    assert (await reader.get(path, params={"left": "-2"})).status_code == 400
    assert (await reader.get(path, params={"department": "Research"})).status_code == 403
    assert (await reader.get(path)).json()["ranking_id"] is None
    scored = (await runner.get(path)).json()["points"]
    assert [(point["score"], round(point["uncertainty"], 6)) for point in scored] == [(1.0, 0.1), (0.5, 0.1)]
