"""The board, moderation, duplicates and themes: the pages of those who run a challenge."""

from datetime import timedelta
from uuid import UUID

import pytest

from api.web.moderation import marked
from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_criterion, make_idea, make_person
from tests.panel_world import make_panel_world
from tests.web.conftest import Browser, MakeBrowser


async def make_owned(api: Api, browser_of: MakeBrowser, **given: object) -> tuple[UUID, Browser]:
    owner = await browser_of(roles=["challenge_owner"])
    return await make_challenge(api.connection, owner_id=owner.person_id, **given), owner


async def test_board_shows_numbers_to_those_who_run_it_only(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_owned(api, browser_of)
    await make_idea(api.connection, challenge_id, title="Waits for an answer")
    page = await owner.open(f"/challenges/{challenge_id}/board")
    assert "1 idea 1 author 0 people who judged" in page.text
    assert "Waits for an answer" not in page.text or "Who waits" in page.text
    stranger = await browser_of()
    await stranger.open(f"/challenges/{challenge_id}/board", status=403)


async def test_challenge_is_extended_closed_and_kept_from_nonsense(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_owned(api, browser_of)
    board, stage = f"/challenges/{challenge_id}/board", f"/challenges/{challenge_id}/stage"
    page = await owner.open(board)
    extend = next(form for form in page.forms if form.values.get("step") == "extend")
    later = f"{NOW + timedelta(days=90):%Y-%m-%dT%H:%M}"
    no_reason = await owner.send(extend, submit_closes_at=later, vote_closes_at=later, reason="")
    assert no_reason.status == 422
    assert next(f for f in no_reason.forms if f.values.get("step") == "extend").values["vote_closes_at"] == later
    earlier = await owner.send(extend, submit_closes_at="2020-01-01T00:00", vote_closes_at=later, reason="Why not")
    assert earlier.status == 422
    odd = await owner.send(extend, submit_closes_at="tomorrow", vote_closes_at=later, reason="Why not")
    assert "not a date" in odd.text
    page = await owner.follow(await owner.send(extend, submit_closes_at=later, vote_closes_at=later, reason="Holidays"))
    assert "The challenge is extended." in page.text
    close = next(form for form in page.forms if form.values.get("step") == "close")
    assert (await owner.send(extend, reason="Holidays", once="another")).status == 412
    page = await owner.follow(await owner.send(close, reason="Enough ideas."))
    assert "In review" in page.text
    decide = next(form for form in page.forms if form.values.get("step") == "decide")
    await make_idea(api.connection, challenge_id)
    refused = await owner.send(decide, answers_owed="3")
    assert (refused.status, "answers_owed-wrong" in refused.ids) == (422, True)
    assert "Answers still owed: 1." in refused.text
    decide = next(form for form in refused.forms if form.values.get("step") == "decide")
    assert decide.values["answers_owed"] == "3"
    assert "plan" in (await owner.open(f"/challenges/{challenge_id}/plan")).ids
    page = await owner.follow(await owner.send(decide, answers_owed="1"))
    assert "Decided" in page.text
    assert "plan" not in (await owner.open(f"/challenges/{challenge_id}/plan")).ids
    archive = next(form for form in page.forms if form.values.get("step") == "archive")
    page = await owner.follow(await owner.send(archive))
    assert "Archived" in page.text
    assert (await owner.client.post(stage, data=archive.values | {"step": "explode"})).status_code == 400


async def test_draft_is_published_from_the_board(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_owned(api, browser_of, stage="draft", opened_at=None)
    await make_criterion(api.connection, challenge_id, "value", 0.5)
    board = f"/challenges/{challenge_id}/board"
    page = await owner.open(board)
    publish = next(form for form in page.forms if form.values.get("step") == "publish")
    refused = await owner.send(publish)
    assert refused.status == 422
    await api.connection.execute("UPDATE criteria SET weight = 1 WHERE challenge_id = $1", challenge_id)
    done = await owner.send(next(form for form in refused.forms if form.values.get("step") == "publish"))
    assert done.status == 303


async def test_panel_members_come_and_go(api: Api, browser_of: MakeBrowser) -> None:
    world = await make_panel_world(api.connection)
    owner = await browser_of(world.owner.person_id)
    await make_person(api.connection, name="Zora Quist", roles=["reviewer"])
    board = f"/challenges/{world.challenge_id}/board"
    members = f"/challenges/{world.challenge_id}/members"
    page = await owner.open(f"{board}?person=Zora+Quist")
    page = await owner.follow(await owner.send(page.form(members, "add"), button="add"))
    assert "Zora Quist" in page.text
    page = await owner.follow(await owner.send(page.form(members, "remove"), button="remove"))
    assert "Zora Quist" not in page.text
    assert (
        await owner.client.post(members, data={**page.form("/sign-out").values, "person_id": "x"})
    ).status_code == 400


async def test_report_is_resolved_and_hidden_content_shown_again(api: Api, browser_of: MakeBrowser) -> None:
    employee, moderator = await browser_of(), await browser_of(roles=["moderator"])
    challenge_id = await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, title="Rude idea")
    page = await employee.open(f"/ideas/{idea_id}")
    await employee.send(page.form(f"/ideas/{idea_id}/report"), reason="Names a colleague.")
    queue = await moderator.open("/moderation")
    assert "Names a colleague." in queue.text
    report = next(form for form in queue.forms if form.action.startswith("/reports/"))
    page = await moderator.follow(await moderator.send(report, outcome="hidden", note="Right."))
    await employee.open(f"/ideas/{idea_id}", status=404)
    show = next(form for form in page.forms if form.values.get("idea_id") == str(idea_id))
    assert (await moderator.send(show, reason=" ")).status == 422
    await moderator.send(show, reason="The name is out.")
    await employee.open(f"/ideas/{idea_id}")
    await employee.open("/moderation", status=403)


async def make_pair(api: Api, challenge_id: UUID) -> tuple[UUID, UUID, UUID]:
    one, other = sorted([await make_idea(api.connection, challenge_id, body="Print on both sides.") for _ in range(2)])
    evidence = {
        "shared_terms": ["print"],
        "passages": [{"first": "Print on both sides.", "second": "both sides", "similarity": 0.9}],
        "parts": [],
    }
    pair_id = new_id()
    await insert(
        api.connection,
        "duplicate_pairs",
        id=pair_id,
        challenge_id=challenge_id,
        idea_a=one,
        idea_b=other,
        probability=0.91,
        evidence=evidence,
        model_version="test/1",
        state="proposed",
        proposed_at=NOW,
    )
    return pair_id, one, other


async def test_no_pair_is_called_certain(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_owned(api, browser_of)
    await make_pair(api, challenge_id)
    await api.connection.execute("UPDATE duplicate_pairs SET probability = 0.9997")
    page = await owner.open(f"/challenges/{challenge_id}/duplicates")
    assert "99 % likely the same" in page.text


@pytest.mark.parametrize(("verdict", "merged"), [("confirmed", True), ("dismissed", False)])
async def test_pair_is_shown_side_by_side_and_decided(
    api: Api, browser_of: MakeBrowser, verdict: str, *, merged: bool
) -> None:
    challenge_id, owner = await make_owned(api, browser_of)
    _, one, other = await make_pair(api, challenge_id)
    path = f"/challenges/{challenge_id}/duplicates"
    page = await owner.open(path)
    assert "91 % likely the same" in page.text
    assert "<mark>Print on both sides.</mark>" in page.html
    assert "Print on <mark>both sides</mark>" in page.html
    page = await owner.follow(
        await owner.send(
            page.form(path, verdict), verdict=verdict, pair=page.forms[1].values.get("pair", "") or _pair(page.html)
        )
    )
    assert "No pair waits" in page.text
    canonical = await api.connection.fetch("SELECT canonical_id FROM ideas WHERE id = ANY($1)", [one, other])
    assert any(row["canonical_id"] for row in canonical) is merged


def _pair(html: str) -> str:
    return html.split('name="pair" value="')[1].split('"', maxsplit=1)[0]


async def test_pairs_are_for_moderators_and_nothing_ticked_is_refused(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_owned(api, browser_of)
    await make_pair(api, challenge_id)
    path = f"/challenges/{challenge_id}/duplicates"
    page = await owner.open(path)
    assert (await owner.send(page.form(path), verdict="confirmed")).status == 422
    await (await browser_of()).open(path, status=403)


async def test_theme_is_renamed_and_joined(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, owner = await make_owned(api, browser_of)
    names = {}
    for label in ("printing", "paper"):
        names[label] = new_id()
        await insert(
            api.connection,
            "themes",
            id=names[label],
            challenge_id=challenge_id,
            label=label,
            terms=[label],
            created_at=NOW,
            updated_at=NOW,
        )
        idea_id = await make_idea(api.connection, challenge_id)
        await insert(
            api.connection,
            "idea_placements",
            idea_id=idea_id,
            challenge_id=challenge_id,
            theme_id=names[label],
            typicality=1.0,
            novelty=0.1,
            x=0.0,
            y=0.0,
            placed_at=NOW,
        )
    path = f"/challenges/{challenge_id}/themes"
    page = await owner.open(path)
    form = next(form for form in page.forms if form.values.get("theme_id") == str(names["paper"]))
    page = await owner.follow(await owner.send(form, name="Less paper", button="rename"))
    assert "Less paper" in page.text
    form = next(form for form in page.forms if form.values.get("theme_id") == str(names["printing"]))
    page = await owner.follow(await owner.send(form, button="join", into_id=str(names["paper"])))
    assert "printing" not in page.text
    employee = await browser_of()
    assert [form.action for form in (await employee.open(path)).forms if form.action == path] == []


@pytest.mark.parametrize(
    ("text", "passages", "shown"),
    [
        ("a < b & c", ["< b"], "a <mark>&lt; b</mark> &amp; c"),
        ("R&D amp", ["amp"], "R&amp;D <mark>amp</mark>"),
        ("one\n two  three", ["two three"], "one\n<mark>two three</mark>"),
        (
            "## Why\n\nPut **solar** [panels](https://x.org) up.",
            ["Put solar panels up."],
            "Why\n<mark>Put solar panels up.</mark>",
        ),
        ("Save ink, e.g. by default.", ["Save ink, e.", "g."], "<mark>Save ink, e.</mark><mark>g.</mark> by default."),
        ("mark the mark", ["mark", "mark the"], "<mark>mark the</mark> mark"),
        ("nothing …", ["else", ""], "nothing ..."),
    ],
)
def test_passages_are_marked_and_everything_else_is_escaped(text: str, passages: list[str], shown: str) -> None:
    assert marked(text, passages) == shown
