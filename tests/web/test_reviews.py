"""A reviewer's queue and the form of a review."""

import msgspec

from tests.api.conftest import Api
from tests.factories import NOW, make_idea
from tests.panel_world import CLOSED_AT, REVIEW_CLOSES_AT, PanelWorld, ask_for_review, make_panel_world, make_reviewer
from tests.web.conftest import Browser, MakeBrowser


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A reviewer's browser with ideas to review."""

    world: PanelWorld
    browser: Browser
    paths: list[str]


async def make_desk(api: Api, browser_of: MakeBrowser, ideas: int = 1) -> Desk:
    world = await make_panel_world(api.connection)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    paths = []
    for number in range(ideas):
        idea_id = await make_idea(api.connection, world.challenge_id, title=f"Idea {number}")
        paths.append(f"/reviews/{await ask_for_review(api.connection, world, idea_id, reviewer)}")
    return Desk(world=world, browser=await browser_of(reviewer.person_id), paths=paths)


async def test_queue_leads_from_one_review_to_the_next(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of, ideas=2)
    queue = await desk.browser.open("/reviews")
    assert "0 of 2 reviewed" in queue.text
    first = next(link for link in queue.links if link in desk.paths)
    scores = {"score-value": "4", "score-effort": "2", "button": "send"}
    sent = await desk.browser.send((await desk.browser.open(first)).form(first), scores)
    second = next(path for path in desk.paths if path != first)
    assert sent.location == second
    page = await desk.browser.open(first)
    assert "This review is sent" in page.text
    assert [form.action for form in page.forms if "conflict" in form.action] == []
    done = await desk.browser.send((await desk.browser.open(second)).form(second), scores)
    assert done.location == "/reviews"
    assert "2 of 2 reviewed" in (await desk.browser.open("/reviews")).text


async def test_what_a_score_stands_for_is_shown_beside_it(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    anchors = [{"score": 1, "text": "Nobody <gains>"}, {"score": 4, "text": "A site gains"}]
    await api.connection.execute(
        "UPDATE criteria SET anchors = $2 WHERE id = $1", desk.world.criteria["value"], anchors
    )
    page = await desk.browser.open(desk.paths[0])
    beside = [part.split("</label>")[0] for part in page.html.split('name="score-value"')[1:]]
    assert len(beside) == 5
    assert ["&lt;gains&gt;" in label for label in beside] == [True, False, False, False, False]
    assert ["A site gains" in label for label in beside] == [False, False, False, True, False]
    await api.connection.execute("UPDATE criteria SET scale_max = 100 WHERE id = $1", desk.world.criteria["value"])
    page = await desk.browser.open(desk.paths[0])
    assert "<dt>4</dt><dd>A site gains</dd>" in page.html


async def test_draft_keeps_scores_and_notes(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    path = desk.paths[0]
    form = (await desk.browser.open(path)).form(path)
    typed = {"score-value": "5", "note-value": "Saves a lot.", "comment": "Promising", "wildcard": "on"}
    saved = await desk.browser.follow(await desk.browser.send(form, typed, button="draft"))
    assert "Your draft is saved" in saved.text
    kept = saved.form(path).values
    assert {name: kept.get(name) for name in typed} == typed
    assert "begun" in (await desk.browser.open("/reviews")).text


async def test_incomplete_review_is_not_sent_and_keeps_what_was_typed(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    path = desk.paths[0]
    form = (await desk.browser.open(path)).form(path)
    page = await desk.browser.send(form, {"score-value": "3", "comment": "Half", "button": "send"})
    assert page.status == 422
    assert "Score every criterion before sending: " in page.text
    assert page.form(path).values["score-value"] == "3"
    wrong = await desk.browser.send(form, {"score-value": "9", "button": "draft"})
    assert wrong.status == 422
    odd = await desk.browser.send(form, {"score-value": "a lot", "button": "draft"})
    assert odd.status == 422


async def test_review_saved_elsewhere_meanwhile_is_not_overwritten_unasked(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    path = desk.paths[0]
    here, there = [(await desk.browser.open(path)).form(path) for _ in range(2)]
    await desk.browser.send(here, {"score-value": "2", "button": "draft"})
    refused = await desk.browser.send(there, {"score-value": "5", "button": "draft"})
    assert refused.status == 422
    assert "Somebody changed this" in refused.text
    again = await desk.browser.send(refused.form(path), button="draft")
    assert again.status == 303


async def test_conflict_hands_the_idea_back_with_a_reason(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    path = desk.paths[0]
    page = await desk.browser.open(path)
    refused = await desk.browser.send(page.form(f"{path}/conflict"), reason=" ")
    assert refused.status == 422
    done = await desk.browser.send(refused.form(f"{path}/conflict"), reason="My sister's idea.")
    assert done.location == "/reviews"
    await desk.browser.open(path, status=404)


async def test_reviews_of_others_are_not_found(api: Api, browser_of: MakeBrowser) -> None:
    desk, other = await make_desk(api, browser_of), await browser_of(roles=["reviewer"])
    await other.open(desk.paths[0], status=404)
    token = (await other.open("/reviews")).form("/sign-out").values["csrf_token"]
    response = await other.client.post(desk.paths[0], data={"csrf_token": str(token), "version": "1"})
    assert response.status_code == 404


async def test_page_shows_neither_author_nor_rank_and_closes_with_the_window(api: Api, browser_of: MakeBrowser) -> None:
    assert CLOSED_AT < NOW < REVIEW_CLOSES_AT
    desk = await make_desk(api, browser_of)
    page = await desk.browser.open(desk.paths[0])
    assert "Author hidden" in page.text
    assert "rank" not in page.text.lower()
    api.clock.set(REVIEW_CLOSES_AT)
    closed = await desk.browser.open(desk.paths[0])
    assert "Reviews are not taken" in closed.text
    refused = await desk.browser.send(page.form(desk.paths[0]), {"score-value": "3", "button": "draft"})
    assert refused.status == 409
