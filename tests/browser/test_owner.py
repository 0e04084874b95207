"""The ways of those who run a challenge: from its question to the published results, at both widths."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from ideation.ids import new_id
from tests.browser.site import Site
from tests.browser.visits import OpenAs, Size, Visit
from tests.factories import insert, make_idea
from tests.panel_world import make_ranking

_BOTH: list[Size] = ["desk", "phone"]


async def _owner(open_as: OpenAs, site: Site, size: Size = "desk") -> Visit:
    return await open_as(await site.person(name="Omar Owner", roles=["challenge_owner"]), size=size)


async def _in_review(site: Site, owner_id: UUID, **given: object) -> UUID:
    ended = datetime.now(UTC) - timedelta(hours=1)
    closed = {"submit_closes_at": ended, "vote_closes_at": ended, "frozen_at": ended, "shortlist_size": 2}
    return await site.challenge(owner_id=owner_id, **(closed | given))


async def _place(site: Site, challenge_id: UUID, titles: list[str]) -> list[UUID]:
    """Ideas of one theme along a line of the map."""
    theme_id, now = new_id(), datetime.now(UTC)
    about = {"challenge_id": challenge_id, "label": "ladders, drills", "terms": ["ladders"]}
    await insert(site.connection, "themes", id=theme_id, created_at=now, updated_at=now, **about)
    ideas = []
    for number, title in enumerate(titles):
        idea_id = await make_idea(site.connection, challenge_id, title=title, body="For a week.", submitted_at=now)
        at = {"x": number / 10, "y": 0.0, "typicality": 0.5, "novelty": 0.1, "placed_at": now}
        ids = {"idea_id": idea_id, "challenge_id": challenge_id, "theme_id": theme_id}
        await insert(site.connection, "idea_placements", **ids, **at)
        ideas.append(idea_id)
    return ideas


@pytest.mark.parametrize("size", _BOTH)
async def test_challenge_is_made_and_published(open_as: OpenAs, site: Site, size: Size) -> None:
    owner = await _owner(open_as, site, size)
    page = await owner.open("/")
    await page.get_by_role("link", name="New challenge").click()
    await owner.check_accessibility()
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.get_by_role("alert")).to_contain_text("Please fill this in.")
    await owner.check_accessibility()
    await page.get_by_label("Question").fill("How could we travel less?")
    await page.get_by_label("Brief").fill("It is costly.")
    for heading in ("People and rules", "Dates", "Review"):
        await page.get_by_role("button", name="Save and go on").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        await owner.check_accessibility()
    await page.locator("#label-0").fill("Value")
    await page.locator("#weight-0").fill("100")
    await page.get_by_role("button", name="Save and go on").click()
    await expect(page.get_by_text("Nothing prevents publishing.")).to_be_visible()
    await owner.check_accessibility()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("The challenge is published.")).to_be_visible()
    await owner.check_accessibility()


async def test_board_takes_over_news_by_itself(open_as: OpenAs, site: Site) -> None:
    owner = await _owner(open_as, site)
    assert owner.person_id is not None
    challenge_id = await site.challenge(owner_id=owner.person_id)
    page = await owner.open(f"/challenges/{challenge_id}/board")
    ideas = page.locator("#live-tiles li").first
    await expect(ideas).to_have_text("0ideas")
    await make_idea(site.connection, challenge_id, submitted_at=datetime.now(UTC))
    await expect(ideas).to_have_text("1idea")
    await expect(page.get_by_text("Live updates are interrupted")).to_be_hidden()
    await owner.check_accessibility()


@pytest.mark.parametrize("size", _BOTH)
async def test_map_reads_ideas_by_pointer_and_by_key(open_as: OpenAs, site: Site, size: Size) -> None:
    owner = await _owner(open_as, site, size)
    assert owner.person_id is not None
    challenge_id = await site.challenge(owner_id=owner.person_id)
    ideas = await _place(site, challenge_id, ["Lend ladders", "Lend drills", "Lend vans"])
    await make_ranking(site.connection, challenge_id, ideas, created_at=datetime.now(UTC))
    page = await owner.open(f"/challenges/{challenge_id}/map")
    await owner.check_accessibility()
    reading = page.locator("#reading")
    point = page.locator(f'.map a[href="/ideas/{ideas[0]}"]')
    if size == "phone":
        await point.tap(force=True)
    else:
        await point.hover(force=True)
    await expect(reading).to_contain_text("For a week.")
    await point.focus()
    await page.keyboard.press("ArrowRight")
    await expect(reading).to_contain_text("Lend drills")
    await owner.check_accessibility()
    await page.get_by_role("link", name="Every idea of this selection in a table").click()
    await expect(page.get_by_role("cell", name="Lend vans")).to_be_visible()
    await owner.check_accessibility()


async def _look_at(owner: Visit, paths: list[str]) -> None:
    for path in paths:
        await owner.open(path)
        await owner.check_accessibility()


@pytest.mark.parametrize("size", _BOTH)
async def test_panel_decides_with_one_key_each_and_publishes(open_as: OpenAs, site: Site, size: Size) -> None:
    owner = await _owner(open_as, site, size)
    assert owner.person_id is not None
    challenge_id = await _in_review(site, owner.person_id)
    ideas = await _place(site, challenge_id, ["Lend ladders", "Lend drills", "Lend vans"])
    summary = {"expected_wrong_calls": 0.5, "grey_zone": 1, "always_see": []}
    await make_ranking(site.connection, challenge_id, ideas, summary=summary)
    page = await owner.open(f"/challenges/{challenge_id}/panel")
    await owner.check_accessibility()
    await page.get_by_role("button", name="Make the shortlist").click()
    await owner.check_accessibility()
    await page.get_by_role("link", name="Decide in the meeting").click()
    await owner.check_accessibility()
    await page.keyboard.press("s")
    await expect(page.get_by_text("Idea 2 of 2 · 1 idea to go")).to_be_visible()
    await page.keyboard.press("d")
    await expect(page.get_by_role("alert")).to_be_visible()
    await owner.check_accessibility()
    await page.get_by_label("Answer to the authors").fill("Too dear.")
    await page.get_by_role("button", name="Declined").click()
    await expect(page.get_by_text("All ideas of the shortlist are decided.")).to_be_visible()
    await _look_at(owner, [f"/challenges/{challenge_id}/{name}" for name in ("report", "answers", "themes", "board")])
    await _publish(page)
    await _look_at(owner, [f"/challenges/{challenge_id}/results"])
    await expect(page.get_by_text("Too dear.")).to_be_visible()


async def _publish(page: Page) -> None:
    await page.get_by_label("Answers that are still owed").fill("1")
    await page.get_by_role("button", name="Decide and publish the results").click()
    await expect(page.get_by_text("its results are published")).to_be_visible()


async def test_file_is_imported_with_a_bar_and_its_rejected_lines_are_told(open_as: OpenAs, site: Site) -> None:
    owner = await _owner(open_as, site)
    assert owner.person_id is not None
    challenge_id = await site.challenge(owner_id=owner.person_id)
    page = await owner.open(f"/challenges/{challenge_id}/imports")
    await owner.check_accessibility()
    await page.locator("#file").set_input_files({"name": "x.jsonl", "mimeType": "", "buffer": b"id,title\n"})
    await page.get_by_role("button", name="Import the file").click()
    await expect(page.get_by_role("alert").first).to_contain_text("This is not JSON Lines")
    await owner.check_accessibility()
    # The refusal that this test asks for comes to the script, not as a document.
    assert [trouble.split(": ")[1].split()[0] for trouble in owner.troubles] == ["422"]
    owner.troubles.clear()
    broken = b'{"kind":"idea"}\n'
    await page.locator("#file").set_input_files({"name": "y.jsonl", "mimeType": "", "buffer": broken})
    await page.get_by_role("button", name="Import the file").click()
    await expect(page.get_by_role("cell", name="Object missing required field")).to_be_visible()
    await owner.check_accessibility()
