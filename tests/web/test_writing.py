"""What is typed is kept as a draft while it is typed: the requests that the page's script makes."""

from uuid import UUID

import httpx

from tests.api.conftest import Api
from tests.factories import make_challenge
from tests.web.conftest import Browser, MakeBrowser, Page

PART = {"hx-request": "true", "accept": "*/*"}


async def _keep(browser: Browser, challenge_id: UUID, **typed: str) -> httpx.Response:
    path = f"/challenges/{challenge_id}/ideas/new"
    token = (await browser.open(path)).form(path).values["csrf_token"]
    form = {"csrf_token": str(token), "title": "", "body": "", "tags": ""} | typed
    return await browser.client.post(f"/challenges/{challenge_id}/ideas/keep", data=form, headers=PART)


def _draft(part: httpx.Response) -> dict[str, str]:
    page = Page(httpx.Response(200, text=f"<form>{part.text}</form>"))
    return {name: str(value) for name, value in page.forms[0].values.items()}


async def test_first_words_make_one_draft_and_later_ones_change_it(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    first = await _keep(browser, challenge_id, title="Quieter")
    draft = _draft(first)
    second = await _keep(browser, challenge_id, title="Quieter chairs", body="Felt.", **draft)
    assert _draft(second) == {"draft": draft["draft"], "version": "2"}
    kept = await api.connection.fetch("SELECT title, body, state FROM ideas WHERE challenge_id = $1", challenge_id)
    assert [tuple(row) for row in kept] == [("Quieter chairs", "Felt.", "draft")]
    new = await browser.open(f"/challenges/{challenge_id}/ideas/new")
    assert f"/ideas/{draft['draft']}/edit" in new.links


async def test_untouched_template_makes_no_draft(api: Api, browser_of: MakeBrowser) -> None:
    template = "Who gains?\n\nWhat does it cost?"
    browser, challenge_id = await browser_of(), await make_challenge(api.connection, idea_template=template)
    part = await _keep(browser, challenge_id, body=template.replace("\n", "\r\n"), tags="chairs")
    assert (part.status_code, part.text.strip()) == (200, "")
    assert await api.connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 0


async def test_what_cannot_be_kept_is_said(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    long = await _keep(browser, challenge_id, title="x" * 201)
    assert "Title: This is too long." in Page(long).text
    draft = _draft(await _keep(browser, challenge_id, title="Mine"))
    await _keep(browser, challenge_id, title="There", **draft)
    elsewhere = await _keep(browser, challenge_id, title="Here", **draft)
    assert "changed in another window" in elsewhere.text
    assert _draft(elsewhere) == draft
    assert await api.connection.fetchval("SELECT title FROM ideas WHERE id = $1", UUID(draft["draft"])) == "There"


async def test_drafts_of_others_are_not_changed(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id = await make_challenge(api.connection)
    draft = _draft(await _keep(await browser_of(), challenge_id, title="Mine"))
    assert (await _keep(await browser_of(), challenge_id, title="Yours", **draft)).status_code == 404
    assert await api.connection.fetchval("SELECT title FROM ideas WHERE id = $1", UUID(draft["draft"])) == "Mine"


async def test_part_of_a_page_asks_nobody_to_sign_in(api: Api, browser_of: MakeBrowser) -> None:
    browser, challenge_id = await browser_of(), await make_challenge(api.connection)
    await api.connection.execute("DELETE FROM sessions WHERE person_id = $1", browser.person_id)
    part = await browser.client.post(f"/challenges/{challenge_id}/ideas/keep", data={"title": "x"}, headers=PART)
    assert part.status_code == 401
