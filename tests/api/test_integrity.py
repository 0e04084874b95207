"""Odd voting patterns over HTTP: who sees them, and dismissing them with a reason."""

from uuid import UUID

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person


async def make_flag(api: Api, challenge_id: UUID, people: list[UUID]) -> UUID:
    flag_id = new_id()
    idea_id = await make_idea(api.connection, challenge_id, title="Bikes")
    values = {"kind": "ring", "fingerprint": str(flag_id), "people": people, "votes": 9, "p_value": 0.001}
    effects = [{"idea_id": str(idea_id), "rank_with": 1, "rank_without": 7}]
    times = {"found_at": NOW, "last_seen_at": NOW}
    ids = {"id": flag_id, "challenge_id": challenge_id}
    await insert(api.connection, "integrity_flags", **ids, **values, reason="So.", effects=effects, **times)
    return flag_id


async def test_owner_and_moderators_see_flags_with_their_effect(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    member = await make_person(api.connection, name="Ada")
    flag_id = await make_flag(api, challenge_id, [member])
    path = f"/v1/challenges/{challenge_id}/integrity"
    moderator = await api.client_for(await make_person(api.connection, roles=["moderator"]))
    (flag,) = (await (await api.client_for(owner_id)).get(path)).json()
    assert (flag["id"], flag["people_involved"], flag["people"]) == (
        str(flag_id),
        1,
        [{"person_id": str(member), "name": "Ada"}],
    )
    assert [(one["title"], one["rank_with"], one["rank_without"]) for one in flag["effects"]] == [("Bikes", 1, 7)]
    assert (await moderator.get(path)).json() == [flag]
    assert (await (await api.client_for(member)).get(path)).status_code == 403
    assert (await api.anonymous.get(path)).status_code == 401
    assert (await moderator.get(f"/v1/challenges/{new_id()}/integrity")).status_code == 404


async def test_sealed_challenge_names_nobody(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id, authorship="sealed")
    await make_flag(api, challenge_id, [await make_person(api.connection)])
    (flag,) = (await (await api.client_for(owner_id)).get(f"/v1/challenges/{challenge_id}/integrity")).json()
    assert (flag["people_involved"], flag["people"]) == (1, [])


async def test_dismissal_needs_a_reason_happens_once_and_leaves_the_flag(api: Api) -> None:
    owner_id = await make_person(api.connection)
    challenge_id = await make_challenge(api.connection, owner_id=owner_id)
    moderator_id = await make_person(api.connection, roles=["moderator"])
    flag_id = await make_flag(api, challenge_id, [moderator_id])
    owner, moderator = await api.client_for(owner_id), await api.client_for(moderator_id)
    employee = await api.client_for(await make_person(api.connection))
    path, reason = f"/v1/integrity-flags/{flag_id}/dismissal", {"reason": "A workshop voted together."}
    assert (await moderator.post(path, json=reason)).status_code == 403
    assert (await employee.post(path, json=reason)).status_code == 403
    assert (await owner.post(path, json={"reason": ""})).status_code == 400
    assert (await owner.post(f"/v1/integrity-flags/{new_id()}/dismissal", json=reason)).status_code == 404
    dismissed = await owner.post(path, json=reason)
    assert (dismissed.status_code, dismissed.json()["dismissal"]) == (200, "A workshop voted together.")
    assert (await owner.post(path, json=reason)).status_code == 409
    (flag,) = (await owner.get(f"/v1/challenges/{challenge_id}/integrity")).json()
    assert flag["dismissed_by"] == str(owner_id)
    events = await api.connection.fetch("SELECT actor_id FROM audit_events WHERE subject_id = $1", str(flag_id))
    assert [row["actor_id"] for row in events] == [owner_id]
