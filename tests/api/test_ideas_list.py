"""Lists of ideas over HTTP: every order, filter and page."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person


async def employee(api: Api, **given: Any) -> tuple[UUID, httpx.AsyncClient]:
    person_id = await make_person(api.connection, **given)
    return person_id, await api.client_for(person_id)


async def read(client: httpx.AsyncClient, idea_id: object) -> dict[str, Any]:
    answer = await client.get(f"/v1/ideas/{idea_id}")
    assert answer.status_code == 200, answer.text
    idea: dict[str, Any] = answer.json()
    return idea


async def listed(client: httpx.AsyncClient, challenge_id: UUID, **params: Any) -> list[str]:
    answer = await client.get(f"/v1/challenges/{challenge_id}/ideas", params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def vote(api: Api, idea_id: object, challenge_id: UUID, person_id: UUID, value: int | None = 1) -> None:
    """An answer to a dealt card."""
    card = {"challenge_id": challenge_id, "idea_id": idea_id, "person_id": person_id}
    card_id = new_id()
    await insert(
        api.connection,
        "impressions",
        **card,
        id=card_id,
        sitting_id=new_id(),
        position=1,
        dealt_by="feed",
        own_department=False,
        dealt_at=NOW,
    )
    await insert(api.connection, "votes", **card, value=value, impression_id=card_id, created_at=NOW, updated_at=NOW)


@pytest.mark.parametrize("sort", ["newest", "trending", "random", "supported"])
async def test_list_pages_through_everything_once_in_every_order(api: Api, sort: str) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection, counts_hidden=False)
    made = {str(await make_idea(api.connection, challenge_id)) for _ in range(7)}
    whole = await listed(client, challenge_id, sort=sort)
    assert (len(whole), set(whole)) == (7, made)
    paged: list[str] = []
    params: dict[str, Any] = {"sort": sort, "limit": 3}
    while True:
        page = (await client.get(f"/v1/challenges/{challenge_id}/ideas", params=params)).json()
        paged += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert paged == whole
    other = "newest" if sort != "newest" else "random"
    crossed = await client.get(f"/v1/challenges/{challenge_id}/ideas", params=params | {"sort": other})
    assert crossed.json()["type"] == "/problems/invalid-cursor"


async def test_list_orders_mean_what_they_say(api: Api) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection, counts_hidden=False)
    old, middle, new = [
        await make_idea(api.connection, challenge_id, submitted_at=NOW - timedelta(hours=hours)) for hours in (3, 2, 1)
    ]
    for idea_id, people in ((old, 2), (middle, 1)):
        for _ in range(people):
            await vote(api, idea_id, challenge_id, await make_person(api.connection))
    assert await listed(client, challenge_id) == [str(new), str(middle), str(old)]
    assert await listed(client, challenge_id, sort="supported") == [str(old), str(middle), str(new)]
    assert await listed(client, challenge_id, sort="trending") == [str(old), str(middle), str(new)]


async def test_random_order_is_a_persons_own_and_lasts_a_day(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    for _ in range(12):
        await make_idea(api.connection, challenge_id)
    (_, one), (_, two) = await employee(api), await employee(api)
    mine = await listed(one, challenge_id, sort="random")
    assert await listed(one, challenge_id, sort="random") == mine
    assert await listed(two, challenge_id, sort="random") != mine
    api.clock.set(NOW + timedelta(days=1))
    assert await listed(one, challenge_id, sort="random") != mine


async def test_random_order_of_many_shows_each_once_however_it_is_paged(api: Api) -> None:
    _, client = await employee(api)
    challenge_id, author_id = await make_challenge(api.connection, stage="decided"), await make_person(api.connection)
    await api.connection.execute(
        """INSERT INTO ideas (id, challenge_id, author_id, department, title, state, created_at, updated_at,
            submitted_at)
        SELECT gen_random_uuid(), $1, $2, 'Labs', 'Idea ' || n, CASE n % 10 WHEN 0 THEN 'declined' ELSE 'submitted' END,
            $3, $3, $3
        FROM generate_series(1, 1500) AS n""",
        challenge_id,
        author_id,
        NOW,
    )
    for filters in ({}, {"state": "declined"}):
        made = await api.connection.fetch(
            "SELECT id::text FROM ideas WHERE challenge_id = $1 AND state = coalesce($2, state)",
            challenge_id,
            filters.get("state"),
        )
        paged = [await _every_page(client, challenge_id, limit, sort="random", **filters) for limit in (100, 37)]
        assert sorted(paged[0]) == sorted(row["id"] for row in made)
        assert paged[1] == paged[0]


async def _every_page(client: httpx.AsyncClient, challenge_id: UUID, limit: int, **params: Any) -> list[str]:
    ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        address = f"/v1/challenges/{challenge_id}/ideas"
        page = (await client.get(address, params={"limit": limit, **params, **cursor})).json()
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return ids
        cursor = {"cursor": page["next_cursor"]}


async def test_list_filters_by_state_tag_department_theme_and_text(api: Api) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection, stage="decided")
    labs = await make_person(api.connection, department="Labs")
    wanted = str(
        await make_idea(
            api.connection, challenge_id, labs, state="selected", tags=["vans"], title="Sharing", body="of bicycles"
        )
    )
    await make_idea(api.connection, challenge_id, title="Nothing alike", body="at all")
    parent_id, theme_id = new_id(), new_id()
    for id_, parent in ((parent_id, None), (theme_id, parent_id)):
        values = {"parent_id": parent, "label": "moving", "created_at": NOW, "updated_at": NOW}
        await insert(api.connection, "themes", id=id_, challenge_id=challenge_id, **values)
    place = {"theme_id": theme_id, "typicality": 1, "novelty": 0, "x": 0, "y": 0, "placed_at": NOW}
    await insert(api.connection, "idea_placements", idea_id=UUID(wanted), challenge_id=challenge_id, **place)
    for params in (
        {"state": "selected"},
        {"tag": "vans"},
        {"department": "Labs"},
        {"theme_id": str(theme_id)},
        {"theme_id": str(parent_id)},
        {"q": "share bicycle"},
        {"q": "Sharing", "tag": "vans", "sort": "random"},
    ):
        assert await listed(client, challenge_id, **params) == [wanted], params
    assert await listed(client, challenge_id, tag="vans", state="submitted") == []
    assert await listed(client, challenge_id, q="'); DROP TABLE ideas; --") == []
    assert len(await listed(client, challenge_id, q="  ")) == 2
    assert (await read(client, wanted))["theme"] == "moving"
    url = f"/v1/challenges/{challenge_id}/ideas"
    assert (await client.get(url, params={"state": "draft"})).status_code == 422
    assert (await client.get(url, params={"theme_id": "seven"})).status_code == 400
    assert (await client.get(url, params={"q": "nul\x00"})).status_code == 400


async def test_wrong_query_is_named_as_it_was_sent(api: Api) -> None:
    _, client = await employee(api)
    answer = await client.get(
        f"/v1/challenges/{await make_challenge(api.connection)}/ideas", params={"state": "flying"}
    )
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [{"field": "state", "message": "Invalid enum value 'flying'"}],
    )


@pytest.mark.parametrize(
    ("title", "message"),
    [
        (" \n ", "Expected a text that is not blank, and holds no character NUL"),
        ("\x00", "Expected a text that is not blank, and holds no character NUL"),
    ],
)
async def test_text_that_does_not_fit_is_refused_in_words(api: Api, title: str, message: str) -> None:
    _, client = await employee(api)
    challenge_id = await make_challenge(api.connection)
    answer = await client.post(f"/v1/challenges/{challenge_id}/ideas", json={"title": title})
    assert answer.json()["errors"] == [{"field": "title", "message": message}]
