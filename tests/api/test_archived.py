"""An archived challenge: everything stays readable, nothing changes any more, and only moderation goes on."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person

ADDRESSES: dict[str, tuple[str, str, Any]] = {
    "withdraw": ("POST", "/v1/ideas/{idea}/withdraw", None),
    "invite": ("POST", "/v1/ideas/{idea}/co-authors", {"person_id": "{person}"}),
    "point out": ("POST", "/v1/challenges/{challenge}/duplicates", {"idea_ids": ["{idea}", "{other}"]}),
    "judge": (
        "POST",
        "/v1/challenges/{challenge}/duplicates/verdicts",
        {"pair_ids": ["{person}"], "verdict": "confirmed"},
    ),
    "merge": ("POST", "/v1/challenges/{challenge}/merges", {"idea_ids": ["{idea}", "{other}"], "reason": "The same."}),
    "join": ("POST", "/v1/challenges/{challenge}/themes/join", {"theme_ids": ["{idea}"], "into_id": "{other}"}),
    "leave out": ("PUT", "/v1/challenges/{challenge}/stop-words", {"words": ["van"]}),
    "estimate": ("PUT", "/v1/challenges/{challenge}/costs", {"costs": [{"idea_id": "{idea}", "cost": 5}]}),
}


def filled(given: Any, names: dict[str, str]) -> Any:
    """The same with every name in braces filled in."""
    if isinstance(given, dict):
        return {key: filled(value, names) for key, value in given.items()}
    if isinstance(given, list):
        return [filled(value, names) for value in given]
    return given.format(**names) if isinstance(given, str) else given


@pytest.mark.parametrize("step", sorted(ADDRESSES))
async def test_archived_challenge_no_longer_changes(api: Api, step: str) -> None:
    owner = await make_person(api.connection, roles=["challenge_owner", "moderator"])
    author, colleague = await make_person(api.connection), await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner, stage="archived", frozen_at=NOW)
    idea_id, other_id = [await make_idea(api.connection, challenge_id, author) for _ in range(2)]
    names = {
        name: str(value)
        for name, value in (("challenge", challenge_id), ("idea", idea_id), ("other", other_id), ("person", colleague))
    }
    client = await api.client_for(author if step in ("withdraw", "invite", "point out") else owner)
    method, address, body = ADDRESSES[step]

    answer = await client.request(
        method, address.format(**names), json=filled(body, names), headers={"If-Match": '"1"'}
    )

    assert (answer.status_code, answer.json()["type"], answer.json().get("reason")) == (
        409,
        "/problems/wrong-state",
        "archived",
    ), answer.text
    assert (await client.get(f"/v1/ideas/{idea_id}")).json()["state"] == "submitted"


async def test_what_is_wrong_in_an_archived_challenge_can_still_be_hidden(api: Api) -> None:
    moderator = await api.client_for(await make_person(api.connection, roles=["moderator"]))
    challenge_id = await make_challenge(api.connection, stage="archived", frozen_at=NOW)
    idea_id = await make_idea(api.connection, challenge_id)
    assert (await moderator.post(f"/v1/ideas/{idea_id}/hide", json={"reason": "A secret."})).status_code == 204
