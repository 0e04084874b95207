"""Making a challenge step by step, from the question to publishing, and what wrong input gets."""

from datetime import timedelta
from uuid import UUID

from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_criterion, make_person
from tests.web.conftest import Browser, MakeBrowser, Page


def field(moment_days: float) -> str:
    return f"{NOW + timedelta(days=moment_days):%Y-%m-%dT%H:%M}"


DATES = {
    "submit_opens_at": field(1),
    "submit_closes_at": field(8),
    "vote_opens_at": field(1),
    "vote_closes_at": field(14),
    "review_opens_at": field(14),
    "review_closes_at": field(21),
    "answer_by": field(30),
}


async def make_draft(api: Api, browser_of: MakeBrowser, **given: object) -> tuple[str, Browser]:
    owner = await browser_of(roles=["challenge_owner"])
    closed = {"submit_opens_at": None, "submit_closes_at": None, "vote_opens_at": None, "vote_closes_at": None}
    challenge_id = await make_challenge(
        api.connection, owner_id=owner.person_id, **({"stage": "draft", "opened_at": None} | closed | given)
    )
    return f"/challenges/{challenge_id}/edit", owner


async def send_step(owner: Browser, edit: str, step: str, **typed: str | list[str]) -> Page:
    page = await owner.open(f"{edit}/{step}")
    return await owner.send(page.form(f"{edit}/{step}"), typed)


async def test_challenge_is_made_step_by_step_and_published(api: Api, browser_of: MakeBrowser) -> None:
    await make_person(api.connection, department="Foundry", site="Bergen")
    owner = await browser_of(roles=["challenge_owner"])
    page = await owner.open("/challenges/new")
    assert set(page.unlabelled) - set(page.labelled) == set()
    page = await owner.follow(
        await owner.send(page.form("/challenges/new"), question="How do we travel less?", brief="It is *costly*.")
    )
    people = next(form for form in page.forms if form.action.endswith("/edit/people"))
    edit = people.action.removesuffix("/people")
    page = await owner.follow(
        await owner.send(people, audience_departments=["Foundry"], authorship="hidden", voting_method="stars")
    )
    dates = page.form(f"{edit}/dates")
    assert dates.values["submit_opens_at"] == "2026-03-09T08:00"  # The Monday after NOW is proposed.
    page = await owner.follow(await owner.send(dates, DATES))
    rows = {"label-0": "Value", "weight-0": "62,5", "label-2": "Café cost", "weight-2": "37.5", "scale_max-2": "9"}
    page = await owner.follow(await owner.send(page.form(f"{edit}/criteria"), rows, shortlist_size="7"))
    assert "Nothing prevents publishing." in page.text
    assert "<em>costly</em>" in page.html
    assert "Foundry" in page.text
    publish = next(form for form in page.forms if form.values.get("step") == "publish")
    page = await owner.follow(await owner.send(publish))
    assert "Soon" in page.text
    challenge_id = UUID(edit.split("/")[2])
    row = await api.connection.fetchrow("SELECT * FROM challenges WHERE id = $1", challenge_id)
    assert row is not None
    stored = {name: row[name] for name in ("stage", "authorship", "voting_method", "shortlist_size", "counts_hidden")}
    assert stored == {
        "stage": "published",
        "authorship": "hidden",
        "voting_method": "stars",
        "shortlist_size": 7,
        "counts_hidden": True,
    }
    assert row["audience_departments"] == ["Foundry"]
    assert row["vote_closes_at"] == NOW + timedelta(days=14)
    criteria = await api.connection.fetch(
        "SELECT key, weight, scale_max FROM criteria WHERE challenge_id = $1 ORDER BY position", challenge_id
    )
    assert [tuple(one) for one in criteria] == [("value", 0.625, 5), ("cafe_cost", 0.375, 9)]


async def test_wrong_input_is_kept_and_explained_beside_its_field(api: Api, browser_of: MakeBrowser) -> None:
    edit, owner = await make_draft(api, browser_of)
    empty = await owner.send((await owner.open("/challenges/new")).form("/challenges/new"), question=" ", brief="Kept")
    assert empty.status == 422
    assert empty.form("/challenges/new").values["brief"] == "Kept"
    assert 'id="question-wrong"' in empty.html
    page = await send_step(owner, edit, "dates", **(DATES | {"submit_closes_at": field(-3)}))
    assert page.status == 422
    assert 'id="submit_closes_at-wrong"' in page.html
    assert "“Ideas until” must be after “Ideas from”." in page.text
    assert page.form(f"{edit}/dates").values["submit_closes_at"] == field(-3)
    page = await send_step(owner, edit, "dates", **(DATES | {"answer_by": "some day"}))
    assert "Answers by: This is not a date and time." in page.text
    page = await send_step(owner, edit, "criteria", **{"label-1": "Value", "weight-1": "much"})
    assert 'id="weight-1-wrong"' in page.html
    assert page.form(f"{edit}/criteria").values["weight-1"] == "much"
    page = await send_step(owner, edit, "criteria", **{"label-0": "Value", "weight-0": "50", "scale_max-0": "1"})
    assert page.status == 422
    page = await send_step(owner, edit, "people", voting_method="shouting")
    assert 'id="voting_method-wrong"' in page.html


async def test_scores_are_anchored_and_follow_the_scale(api: Api, browser_of: MakeBrowser) -> None:
    edit, owner = await make_draft(api, browser_of)
    typed = {"label-0": "Value", "weight-0": "100", "anchor-0-1": "Nobody gains", "anchor-0-5": "Every site gains "}
    page = await owner.follow(await send_step(owner, edit, "criteria", **typed, button="stay"))
    values = page.form(f"{edit}/criteria").values
    assert [values[f"anchor-0-{score}"] for score in range(1, 6)] == ["Nobody gains", "", "", "", "Every site gains"]
    read = "SELECT anchors FROM criteria WHERE challenge_id = $1"
    challenge_id = UUID(edit.split("/")[2])
    both = [{"score": 1, "text": "Nobody gains"}, {"score": 5, "text": "Every site gains"}]
    assert await api.connection.fetchval(read, challenge_id) == both
    page = await owner.follow(await send_step(owner, edit, "criteria", **{"scale_max-0": "3"}, button="stay"))
    assert "anchor-0-4" not in page.form(f"{edit}/criteria").values
    assert await api.connection.fetchval(read, challenge_id) == both[:1]
    page = await owner.follow(await send_step(owner, edit, "criteria", **{"scale_max-0": "100"}, button="stay"))
    kept = page.form(f"{edit}/criteria").values
    assert [name for name in kept if name.startswith("anchor-0")] == ["anchor-0-1", "anchor-0-100"]
    page = await send_step(owner, edit, "criteria", **{"anchor-0-100": "x" * 301})
    assert (page.status, "anchor-0-100-wrong" in page.ids) == (422, True)
    assert page.form(f"{edit}/criteria").values["anchor-0-100"] == "x" * 301


async def test_sponsor_is_named_by_name_and_department(api: Api, browser_of: MakeBrowser) -> None:
    edit, owner = await make_draft(api, browser_of)
    for number in range(2):
        await make_person(api.connection, name="Sigrid Twin", department=f"Hall {number}")
    sole = await make_person(api.connection, name="Solveig Sole")
    read = "SELECT sponsor_id FROM challenges WHERE id = $1"
    challenge_id = UUID(edit.split("/")[2])
    before = await api.connection.fetchval(read, challenge_id)
    for typed in ("Sigrid Twin", "Nobody Here", " "):
        page = await send_step(owner, edit, "people", sponsor=typed)
        assert (page.status, "sponsor-wrong" in page.ids) == (422, True)
        assert page.form(f"{edit}/people").values["sponsor"] == typed
    assert await api.connection.fetchval(read, challenge_id) == before
    await owner.follow(await send_step(owner, edit, "people", sponsor="Solveig Sole"))
    assert await api.connection.fetchval(read, challenge_id) == sole
    await make_person(api.connection, name="Solveig Solesen")
    short = await make_person(api.connection, name="Solveig Sol")
    await owner.follow(await send_step(owner, edit, "people", sponsor="solveig sol"))
    assert await api.connection.fetchval(read, challenge_id) == short
    await owner.follow(await send_step(owner, edit, "people", sponsor="Sigrid Twin, Hall 1"))
    assert (
        await api.connection.fetchval(
            "SELECT department FROM people WHERE id = (SELECT sponsor_id FROM challenges WHERE id = $1)", challenge_id
        )
        == "Hall 1"
    )


async def test_check_names_everything_that_prevents_publishing(api: Api, browser_of: MakeBrowser) -> None:
    edit, owner = await make_draft(api, browser_of, brief="")
    await make_criterion(api.connection, UUID(edit.split("/")[2]), "value", 0.5)
    page = await owner.open(f"{edit}/check")
    assert "This must be put right before publishing." in page.text
    for said in ("“Ideas from” is not set.", "“Votes from” is not set.", "do not add up to 100 %", "There is no brief"):
        assert said in page.text
    publish = next(form for form in page.forms if form.values.get("step") == "publish")
    assert (await owner.send(publish)).status == 422


async def test_running_challenge_keeps_its_promises(api: Api, browser_of: MakeBrowser) -> None:
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id, voting_method="yes_no")
    edit = f"/challenges/{challenge_id}/edit"
    assert 'id="voting_method" disabled' in (await owner.open(f"{edit}/people")).html
    page = await send_step(owner, edit, "people", voting_method="stars", audience_departments=["Research"])
    assert page.status == 422
    assert "only grow" in page.text
    page = await send_step(owner, edit, "question", question="How could we waste even less?", button="stay")
    assert page.location == f"{edit}/question"
    row = await api.connection.fetchrow("SELECT question, voting_method FROM challenges WHERE id = $1", challenge_id)
    assert row is not None
    assert tuple(row) == ("How could we waste even less?", "yes_no")


async def test_two_owners_do_not_overwrite_each_other(api: Api, browser_of: MakeBrowser) -> None:
    edit, owner = await make_draft(api, browser_of)
    page = await owner.open(edit)
    await owner.send(page.form(f"{edit}/question"), question="First")
    late = await owner.send(page.form(f"{edit}/question"), question="Second")
    assert "Somebody changed this" in late.text
    done = await owner.send(late.form(f"{edit}/question"))
    assert done.status == 303
    stored = await api.connection.fetchval("SELECT question FROM challenges WHERE id = $1", UUID(edit.split("/")[2]))
    assert stored == "Second"


async def test_form_is_for_those_who_may(api: Api, browser_of: MakeBrowser) -> None:
    edit, owner = await make_draft(api, browser_of)
    employee, other = await browser_of(), await browser_of(roles=["challenge_owner"])
    await employee.open("/challenges/new", status=403)
    await employee.open(edit, status=404)
    await other.open(f"{edit}/dates", status=404)
    await owner.open(f"{edit}/elsewhere", status=404)
    running = await make_challenge(api.connection, owner_id=owner.person_id)
    await employee.open(f"/challenges/{running}/edit", status=403)


async def test_draft_is_deleted(api: Api, browser_of: MakeBrowser) -> None:
    edit, owner = await make_draft(api, browser_of)
    page = await owner.open(f"{edit}/check")
    page = await owner.follow(await owner.send(page.form(edit.replace("/edit", "/delete"))))
    assert "The draft is deleted." in page.text
    await owner.open(edit, status=404)
