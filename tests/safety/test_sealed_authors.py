"""Nothing tells a sealed author indirectly: not what differs for them, nor what changes when they write."""

from uuid import UUID

import httpx
import pytest

from ideation.entities.challenges import VotingMethod
from ideation.ids import new_id
from ideation.queries.audit import record
from ideation.rules.crowd_reasons import reasons
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.panel_world import make_ranking

SEALED = {"authorship": "sealed"}


async def administrator(api: Api) -> httpx.AsyncClient:
    return await api.client_for(await make_person(api.connection, roles=["administrator"]))


async def trail(api: Api, challenge_id: UUID, **kept: object) -> list[tuple[str, str | None, bool]]:
    """Steps of a challenge as an administrator reads them: what was done, by whom, and whether that is withheld."""
    query = {"challenge_id": str(challenge_id)} | {name: str(value) for name, value in kept.items()}
    answer = await (await administrator(api)).get("/v1/audit", params=query)
    return [(step["action"], step["actor_id"], step["actor_sealed"]) for step in answer.json()["items"]]


async def test_moderator_who_asks_to_open_their_own_idea_looks_like_any_other(api: Api) -> None:
    moderator = await make_person(api.connection, roles=["moderator"])
    challenge_id = await make_challenge(api.connection, **SEALED)
    client = await api.client_for(moderator)
    ideas = [await make_idea(api.connection, challenge_id, author) for author in (moderator, None)]
    for idea in ideas:
        asked = await client.post(f"/v1/ideas/{idea}/unsealings", json={"role": "moderator", "reason": "A threat."})
        assert asked.status_code == 201
    step = ("idea.unsealing_requested", str(moderator), False)
    assert await trail(api, challenge_id) == [step, step]
    assert await trail(api, challenge_id, actor_id=moderator) == [step, step]


async def test_owner_who_arranges_reviews_of_their_own_idea_looks_like_any_other(api: Api) -> None:
    owner = await make_person(api.connection, roles=["challenge_owner"], department="Owners")
    reviewer = await make_person(api.connection, roles=["reviewer"], department="Panel")
    challenge_id = await make_challenge(api.connection, owner_id=owner, **SEALED)
    member = {"person_id": reviewer, "added_by": owner, "added_at": NOW}
    await insert(api.connection, "panel_members", challenge_id=challenge_id, **member)
    client = await api.client_for(owner)
    ideas = [await make_idea(api.connection, challenge_id, author) for author in (owner, None)]
    for idea in ideas:
        asked = await client.put(f"/v1/challenges/{challenge_id}/assignments/{idea}/{reviewer}")
        assert asked.status_code == 200, asked.text
    assert await trail(api, challenge_id) == [("assignment.add", str(owner), False)] * 2


async def test_what_only_authors_do_to_an_idea_is_told_of_none_of_them(api: Api) -> None:
    author = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, **SEALED)
    idea = await make_idea(api.connection, challenge_id, author)
    step = {"subject_kind": "idea", "subject_id": idea, "challenge_id": challenge_id, "actor_id": author}
    await record(api.connection, action="idea.withdraw", now=NOW, **step)  # type: ignore[arg-type]
    assert await trail(api, challenge_id) == [("idea.withdraw", None, True)]
    assert await trail(api, challenge_id, actor_id=author) == []


@pytest.mark.parametrize(("authorship", "grows"), [("sealed", False), ("hidden", True), ("shown", True)])
async def test_department_of_a_sealed_author_does_not_grow_on_the_board(
    api: Api, authorship: str, *, grows: bool
) -> None:
    owner = await make_person(api.connection, roles=["challenge_owner"], department="Owners")
    name = f"Mill {new_id()}"
    people = [await make_person(api.connection, department=name) for _ in range(9)]
    given = {"owner_id": owner, "audience_departments": [name], "authorship": authorship}
    challenge_id = await make_challenge(api.connection, **given)
    client = await api.client_for(owner)

    async def took_part() -> int:
        lines = (await client.get(f"/v1/challenges/{challenge_id}/board")).json()["departments"]
        return int(next(line["took_part"] for line in lines if line["name"] == name))

    idea = await make_idea(api.connection, challenge_id, people[0], department=name)
    said = {"idea_id": idea, "created_at": NOW, "body": "Mine."}
    await insert(api.connection, "comments", id=new_id(), author_id=people[0], **said)
    assert await took_part() == int(grows)
    await insert(api.connection, "comments", id=new_id(), author_id=people[1], **said)
    vote = {"idea_id": idea, "challenge_id": challenge_id, "person_id": people[2], "value": 1}
    await insert(api.connection, "votes", created_at=NOW, updated_at=NOW, **vote)
    assert await took_part() == 2 + int(grows)


COUNTS = {"answers": 1, "yes": 1, "skips": 0, "supporters": 0, "mean_place": 1.0}
PARTS = {"average": 0.5, "answers": 0.2, "place": 0.0, "own_department": -0.04, "voters": 0.01, "caution": -0.17}


@pytest.mark.parametrize(
    ("authorship", "who", "told"),
    [
        ("sealed", "owner", False),
        ("sealed", "moderator", False),
        ("hidden", "moderator", False),
        ("hidden", "owner", True),
        ("shown", "moderator", True),
    ],
)
async def test_rank_tells_no_department_of_authors_who_are_not_to_be_known(
    api: Api, authorship: str, who: str, *, told: bool
) -> None:
    people = {name: await make_person(api.connection) for name in ("owner", "moderator")}
    await api.connection.execute("UPDATE people SET roles = '{moderator}' WHERE id = $1", people["moderator"])
    challenge_id = await make_challenge(api.connection, owner_id=people["owner"], authorship=authorship)
    stored = {"counts": COUNTS, "parts": PARTS, "reasons": reasons(VotingMethod.YES_NO, COUNTS, PARTS)}
    ideas = [await make_idea(api.connection, challenge_id)]
    ranking_id = await make_ranking(api.connection, challenge_id, ideas, contributions=stored)
    client = await api.client_for(people[who])
    [entry] = (await client.get(f"/v1/rankings/{ranking_id}/entries")).json()["items"]
    shown = entry["contributions"]
    assert sum(shown["parts"].values()) == pytest.approx(sum(PARTS.values()))
    if told:
        assert shown == stored
    else:
        assert (shown["parts"].get("own_department"), shown["parts"]["voters"]) == (None, pytest.approx(-0.03))
        assert shown["reasons"] == [
            "1 of 1 person it was dealt to said yes.",
            "Its voters say yes easily: -3 points.",
            "Few answers: held towards the average: -17 points.",
        ]
