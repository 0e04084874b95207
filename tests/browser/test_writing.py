"""Writing an idea in a browser: near ideas and the draft come by themselves."""

from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from tests.browser.site import Site
from tests.browser.visits import OpenAs, Size, Visit


async def _states(site: Site, challenge_id: UUID) -> list[tuple[str, str]]:
    rows = await site.connection.fetch(
        "SELECT title, state FROM ideas WHERE challenge_id = $1 ORDER BY created_at", challenge_id
    )
    return [(row["title"], row["state"]) for row in rows]


async def _begin(open_as: OpenAs, site: Site, **how: object) -> tuple[Visit, Page, UUID]:
    challenge_id = await site.challenge()
    visit = await open_as(await site.person(), **how)  # type: ignore[arg-type]
    return visit, await visit.open(f"/challenges/{challenge_id}/ideas/new"), challenge_id


@pytest.mark.parametrize("size", ["desk", "phone"])
async def test_near_ideas_and_the_draft_appear_while_typing(open_as: OpenAs, site: Site, size: Size) -> None:
    author, page, challenge_id = await _begin(open_as, site, size=size)
    first = f"Solar panels on the roof of the {size} warehouse"
    await page.get_by_label("Title").fill(first)
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Your idea is submitted.")).to_be_visible()
    await author.open(f"/challenges/{challenge_id}/ideas/new")
    await page.get_by_label("Title").press_sequentially("Panels for solar power on our warehouse roof")
    await expect(page.get_by_role("link", name=first)).to_be_visible()
    await expect(page.get_by_text("Kept as a draft.")).to_be_visible()
    await author.check_accessibility()
    await page.reload()
    await expect(page.get_by_label("Title")).to_have_value("Panels for solar power on our warehouse roof")
    await page.get_by_label("Text").fill("More than half of it is in the sun.")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Your idea is submitted.")).to_be_visible()
    assert await _states(site, challenge_id) == [
        (first, "submitted"),
        ("Panels for solar power on our warehouse roof", "submitted"),
    ]


async def test_submitting_while_the_draft_is_on_its_way_makes_one_idea(open_as: OpenAs, site: Site) -> None:
    visit, page, challenge_id = await _begin(open_as, site)
    asked = visit.page.expect_request("**/ideas/keep")
    async with asked:
        await page.get_by_label("Title").fill("Once only")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Your idea is submitted.")).to_be_visible()
    assert await _states(site, challenge_id) == [("Once only", "submitted")]


async def test_text_outlives_a_session_that_ends_while_typing(open_as: OpenAs, site: Site) -> None:
    visit, page, challenge_id = await _begin(open_as, site)
    assert visit.person_id is not None
    await site.connection.execute("DELETE FROM sessions WHERE person_id = $1", visit.person_id)
    await page.get_by_label("Title").fill("Not lost")
    await expect(page.get_by_text("The draft could not be kept on the server.")).to_be_visible()
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Please sign in to go on.")).to_be_visible()
    await visit.open(await site.sign_in_link(visit.person_id))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_label("Title")).to_have_value("Not lost")
    assert page.url.endswith(f"/challenges/{challenge_id}/ideas/new")
    visit.troubles.clear()  # the refused draft
