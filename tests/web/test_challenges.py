"""Home, a challenge, writing an idea, and its page."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.api.conftest import Api
from tests.factories import NOW, make_challenge, make_idea, make_person
from tests.web.conftest import Browser, MakeBrowser


async def test_home_shows_challenges_with_the_days_left_and_my_ideas(api: Api, browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    challenge_id = await make_challenge(
        api.connection, question="What could be quieter?", vote_closes_at=NOW + timedelta(days=5)
    )
    await make_idea(api.connection, challenge_id, browser.person_id, title="Felt under the chairs")
    page = await browser.open("/")
    assert "What could be quieter?" in page.text
    assert "5 days left" in page.text
    assert "Felt under the chairs" in page.text


async def test_challenge_lists_ideas_narrowed_and_page_by_page(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    for number in range(25):
        await make_idea(api.connection, challenge_id, title=f"Idea number {number}", tags=["odd"] if number % 2 else [])
    seen: list[str] = []
    address = f"/challenges/{challenge_id}?q=&state=&sort=newest"
    while address:
        page = await browser.open(address)
        seen += [f"Idea number {number}" for number in range(25) if f">Idea number {number}<" in page.html]
        more = [link for link in page.links if "cursor=" in link]
        address = f"/challenges/{challenge_id}{more[0]}" if more else ""
    assert sorted(seen) == sorted(f"Idea number {number}" for number in range(25))
    odd = await browser.open(f"/challenges/{challenge_id}?tag=odd")
    assert [f">Idea number {number}<" in odd.html for number in (3, 4)] == [True, False]
    strange = await browser.open(f"/challenges/{challenge_id}?state=draft&sort=nonsense&q=%00")
    assert "No ideas match" in strange.text or strange.status == 200


async def test_orders_by_hidden_counts_are_neither_offered_nor_kept(api: Api, browser_of: MakeBrowser) -> None:
    owner, employee = await browser_of(roles=["challenge_owner"]), await browser_of()
    hidden = await make_challenge(api.connection, owner_id=owner.person_id)
    shown = await make_challenge(api.connection, owner_id=owner.person_id, counts_hidden=False)
    closed = {"submit_closes_at": NOW - timedelta(hours=2), "vote_closes_at": NOW - timedelta(hours=1)}
    in_review = await make_challenge(api.connection, owner_id=owner.person_id, **closed)
    decided = await make_challenge(api.connection, owner_id=owner.person_id, stage="decided", decided_at=NOW, **closed)

    async def orders(browser: Browser, challenge_id: UUID) -> list[str]:
        html = (await browser.open(f"/challenges/{challenge_id}?sort=trending")).html
        return re.findall(r'<option value="(\w+)"', html.split('name="sort"')[1].split("</select>")[0])

    every = ["newest", "trending", "random", "supported"]
    offered = [await orders(employee, challenge_id) for challenge_id in (hidden, in_review, shown, decided)]
    assert offered == [["newest", "random"], ["newest", "random"], every, every]
    assert await orders(owner, hidden) == every
    assert 'value="random" selected' in (await employee.open(f"/challenges/{hidden}?sort=trending")).html


async def test_lists_are_narrowed_by_decisions_once_everybody_may_know_them(api: Api, browser_of: MakeBrowser) -> None:
    owner, employee = await browser_of(roles=["challenge_owner"]), await browser_of()
    closed = {"submit_closes_at": NOW - timedelta(hours=2), "vote_closes_at": NOW - timedelta(hours=1)}
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id, **closed)
    await make_idea(api.connection, challenge_id, title="Too dear", state="declined")
    every = ["submitted", "under_review", "selected", "planned", "implemented", "declined", "already_exists"]

    async def offered(browser: Browser, page: str) -> list[str]:
        html = (await browser.open(f"/challenges/{challenge_id}{page}?state=declined")).html
        return re.findall(r'<option value="(\w+)"', html.split('name="state"')[1].split("</select>")[0])

    for page in ("", "/map", "/map/table"):
        assert await offered(employee, page) == every[:2]
        assert await offered(owner, page) == every
    seen = await employee.open(f"/challenges/{challenge_id}?state=under_review")
    assert ("Too dear" in seen.text, "state-declined" in seen.html) == (True, False)
    await api.connection.execute("UPDATE challenges SET stage = 'decided' WHERE id = $1", challenge_id)
    assert await offered(employee, "") == every
    assert "state-declined" in (await employee.open(f"/challenges/{challenge_id}?state=declined")).html


async def test_pages_of_others_are_not_found(api: Api, browser_of: MakeBrowser) -> None:
    browser = await browser_of()
    sealed_off = await make_challenge(api.connection, audience_departments=["Elsewhere"])
    draft = await make_idea(api.connection, await make_challenge(api.connection), state="draft", submitted_at=None)
    texts = set()
    for path in (f"/challenges/{sealed_off}", f"/challenges/{uuid4()}", f"/ideas/{draft}", f"/ideas/{uuid4()}/edit"):
        page = await browser.open(path, status=404)
        texts.add(page.text.split("If you ask for help")[0])
    assert len(texts) == 1


async def test_submitted_idea_has_its_page(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    path = f"/challenges/{challenge_id}/ideas/new"
    form = (await browser.open(path)).form(path)
    sent = await browser.send(form, title="  Lend  tools ", body="Between **sites**.", tags="tools, , sharing")
    page = await browser.follow(sent)
    assert "Your idea is submitted." in page.text
    assert "Lend tools" in page.text
    assert "<strong>sites</strong>" in page.html
    assert "tools sharing" in page.text
    assert "Your idea is submitted." not in (await browser.open(sent.location)).text


async def test_form_sent_twice_makes_one_idea(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    path = f"/challenges/{challenge_id}/ideas/new"
    form = (await browser.open(path)).form(path)
    first, second = await browser.send(form, title="Once"), await browser.send(form, title="Once")
    assert first.location == second.location
    assert await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 1
    fresh = (await browser.open(path)).form(path)
    assert (await browser.send(fresh, title="Once")).location != first.location


async def test_refused_form_keeps_what_was_typed_and_says_what_is_wrong(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    path = f"/challenges/{challenge_id}/ideas/new"
    form = (await browser.open(path)).form(path)
    page = await browser.send(form, title="x" * 201, body="Kept <b>text</b>", tags="y" * 51)
    assert page.status == 422
    assert page.form(path).values["body"] == "Kept <b>text</b>"
    assert page.form(path).values["title"] == "x" * 201
    assert 'aria-describedby="title-wrong title-hint"' in page.html
    assert "This is too long." in page.text
    empty = await browser.send(page.form(path), title=" ", tags="")
    assert "Please fill this in." in empty.text
    sent = await browser.send(empty.form(path), title="Now right")
    assert sent.status == 303


async def test_draft_is_kept_edited_and_submitted(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    path = f"/challenges/{challenge_id}/ideas/new"
    sent = await browser.send((await browser.open(path)).form(path), button="draft", title="")
    edit = f"{sent.location}/edit"
    refused = await browser.send((await browser.open(edit)).form(edit), button="submit")
    assert refused.status == 422
    assert "Give the idea a title" in refused.text
    done = await browser.follow(await browser.send(refused.form(edit), title="Ready", button="submit"))
    assert "Submitted" in done.text


async def test_edit_of_a_changed_idea_keeps_both_wordings(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, browser.person_id)
    edit = f"/ideas/{idea_id}/edit"
    here, there = [(await browser.open(edit)).form(edit) for _ in range(2)]
    assert (await browser.send(here, title="First")).status == 303
    refused = await browser.send(there, title="Second")
    assert refused.status == 422
    assert "Somebody changed this while you were writing" in refused.text
    assert (await browser.send(refused.form(edit))).status == 303
    page = await browser.open(f"/ideas/{idea_id}")
    assert "Second" in page.text
    assert "3 wordings" in page.text


async def test_withdrawn_idea_comes_back(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, browser.person_id)
    page = await browser.open(f"/ideas/{idea_id}")
    withdrawn = await browser.follow(await browser.send(page.form(f"/ideas/{idea_id}/withdraw")))
    assert "Withdrawn" in withdrawn.text
    back = await browser.follow(await browser.send(withdrawn.form(f"/ideas/{idea_id}/restore")))
    assert "Submitted" in back.text


async def test_others_cannot_edit_or_withdraw(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id, await make_person(api.connection))
    page = await browser.open(f"/ideas/{idea_id}")
    assert [form.action for form in page.forms if "withdraw" in form.action] == []
    values = page.form(f"/ideas/{idea_id}/comments").values | {"version": "1"}
    for action in ("withdraw", "edit", "delete", "restore"):
        assert (await browser.client.post(f"/ideas/{idea_id}/{action}", data=values)).status_code == 403
    malformed = await browser.client.post(f"/ideas/{idea_id}/withdraw", data=values | {"version": "one"})
    assert malformed.status_code == 400


async def test_comments_reply_and_disappear(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id)
    path = f"/ideas/{idea_id}/comments"
    page = await browser.open(f"/ideas/{idea_id}")
    empty = await browser.send(page.form(path), body=" ")
    assert empty.status == 422
    page = await browser.follow(await browser.send(empty.form(path), body="What would it *cost*?"))
    assert "<em>cost</em>" in page.html
    page = await browser.follow(await browser.send(page.form(path), body="Little."))
    assert "depth-1" in page.html
    delete = next(form for form in page.forms if form.action.endswith("/delete"))
    page = await browser.follow(await browser.send(delete))
    assert "This comment was deleted." in page.text


async def test_support_and_report(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    idea_id = await make_idea(api.connection, challenge_id)
    page = await browser.open(f"/ideas/{idea_id}")
    assert "shown after you have answered" in page.text
    page = await browser.follow(await browser.send(page.form(f"/ideas/{idea_id}/support"), button="support"))
    assert "1 supporter" in page.text
    page = await browser.follow(await browser.send(page.form(f"/ideas/{idea_id}/support"), button="take_back"))
    assert "shown after you have answered" in page.text
    page = await browser.follow(await browser.send(page.form(f"/ideas/{idea_id}/report"), reason="Not kind."))
    assert "moderators will look at it" in page.text


@pytest.mark.parametrize("method", ["yes_no", "up_vote", "stars"])
async def test_feed_goes_card_by_card_and_back(api: Api, browser_of: MakeBrowser, method: str) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection, voting_method=method)
    ideas = {f"Card {letter}": await make_idea(api.connection, challenge_id, title=f"Card {letter}") for letter in "ab"}
    path = f"/challenges/{challenge_id}/feed"
    page = await browser.open(path)
    first = next(title for title in ideas if title in page.text)
    assert (await browser.open(path)).text == page.text
    page = await browser.follow(await browser.send(page.form(path), answer=page.form(path).buttons[0][1]))
    second = next(title for title in ideas if title in page.text)
    assert {first, second} == set(ideas)
    undo = next(link for link in page.links if link.startswith("?again="))
    again = await browser.open(path + undo)
    assert first in again.text
    last = {"yes_no": "yes", "up_vote": "up", "stars": "5"}[method]
    page = await browser.follow(await browser.send(again.form(path), answer=last))
    page = await browser.follow(await browser.send(page.form(path), answer=last))
    assert "You have seen everything" in page.text
    votes = await api.connection.fetch(
        "SELECT idea_id, value, impression_id IS NOT NULL AS dealt FROM votes WHERE person_id = $1", browser.person_id
    )
    high = 5 if method == "stars" else 1
    assert {(row["idea_id"], row["value"], row["dealt"]) for row in votes} == {
        (idea_id, high, True) for idea_id in ideas.values()
    }


async def test_feed_refuses_what_is_no_answer_and_says_when_voting_is_over(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    await make_idea(api.connection, challenge_id)
    path = f"/challenges/{challenge_id}/feed"
    form = (await browser.open(path)).form(path)
    assert (await browser.send(form, answer="maybe")).status == 400
    assert (await browser.send(form, answer="5")).status == 422
    assert (await browser.send(form, answer="yes", card="nothing")).status == 400
    api.clock.set(NOW + timedelta(days=400))
    assert (await browser.send(form, answer="yes")).status in (409, 303)
    api.clock.set(NOW + timedelta(days=300))
    page = await browser.open(path, status=409)
    assert "Voting is not open" in page.text


async def test_similar_ideas_are_shown_with_and_without_script(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    path = f"/challenges/{challenge_id}/ideas/new"
    title = "Solar panels on the roof of the warehouse"
    sent = await browser.send((await browser.open(path)).form(path), title=title)
    form = (await browser.open(path)).form(path)
    page = await browser.send(form, title="Panels for solar power on our warehouse roof", button="similar")
    assert page.status == 200
    assert title in page.text
    assert page.form(path).values["title"] == "Panels for solar power on our warehouse roof"
    again = await browser.send(page.form(path), button="submit")
    assert again.status == 303
    assert title in (await browser.open(again.location)).text
    part = await browser.client.post(f"/challenges/{challenge_id}/ideas/similar", data={**form.values, "title": title})
    assert sent.location in part.text
    assert "<html" not in part.text
