"""An employee's main way from sign-in to done, at both widths, by keyboard alone, and without JavaScript."""

from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from tests.browser.site import Site
from tests.browser.visits import OpenAs, Size
from tests.factories import make_idea, make_person

_CARDS = ("Lend ladders", "Lend drills", "Lend vans")


async def _world(site: Site) -> tuple[UUID, str]:
    """A challenge with three ideas to judge, and its question."""
    question = f"What could we lend each other, {site.serial()}?"
    challenge_id = await site.challenge(question=question, brief="Between **sites**.")
    for title in _CARDS:
        await make_idea(site.connection, challenge_id, title=title, body="For a *week* at most.", tags=["lending"])
    return challenge_id, question


async def _answers(site: Site, person_id: UUID) -> list[int | None]:
    rows = await site.connection.fetch("SELECT value FROM votes WHERE person_id = $1 ORDER BY updated_at", person_id)
    return [row["value"] for row in rows]


async def _swipe(page: Page, across: int) -> None:
    """A finger drawn over the card."""
    box = await page.locator(".feed-card").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = {"pointerType": "touch", "isPrimary": True, "bubbles": True}
    for kind, moved in (("pointerdown", 0), ("pointermove", across), ("pointerup", across)):
        await page.locator(".feed-card").dispatch_event(kind, {**touch, "clientX": x + moved, "clientY": y})


@pytest.mark.parametrize("size", ["desk", "phone"])
async def test_from_sign_in_to_done(open_as: OpenAs, site: Site, size: Size) -> None:
    challenge_id, question = await _world(site)
    person_id = await make_person(site.connection, name="Ada Finch")
    visit = await open_as(size=size)
    page = await visit.open(f"/challenges/{challenge_id}")
    await visit.check_accessibility()
    await visit.open(await site.sign_in_link(person_id))
    await visit.check_accessibility()
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("heading", name="Rules of the house")).to_be_visible()
    await visit.check_accessibility()
    await page.get_by_role("button", name="I have read this and accept it").click()
    await visit.check_accessibility()
    await page.get_by_role("button", name="Yes").click()
    await page.get_by_role("button", name="No").click()
    await visit.check_accessibility()
    await page.get_by_role("link", name="Go on").click()
    await visit.check_accessibility()
    await page.get_by_role("link", name="Start", exact=True).click()

    await expect(page.get_by_role("heading", name=question)).to_be_visible()
    await visit.check_accessibility()
    await page.get_by_role("link", name="Judge ideas").click()
    await visit.check_accessibility()
    if size == "phone":
        await _swipe(page, 150)
        await expect(page.get_by_text("Card 2 of 3")).to_be_visible()
        await _swipe(page, -150)
    else:
        await page.get_by_role("button", name="Yes").click()
        await page.get_by_role("button", name="No").click()
    await expect(page.get_by_text("Card 3 of 3")).to_be_visible()
    await page.get_by_role("link", name="Undo the last answer").click()
    await page.get_by_role("button", name="Yes").click()
    await page.get_by_role("button", name="Skip").click()
    await expect(page.get_by_role("heading", name="You have seen everything")).to_be_visible()
    await visit.check_accessibility()
    assert sorted(map(str, await _answers(site, person_id))) == ["1", "1", "None"]

    await page.get_by_role("link", name="Write an idea").click()
    await page.get_by_label("Title").fill("Lend projectors")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("Your idea is submitted.")).to_be_visible()
    await page.get_by_label("Your comment").fill("Who has one?")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("Who has one?")).to_be_visible()
    await visit.check_accessibility()

    await page.get_by_role("link", name="Home").click()
    await expect(page.get_by_role("link", name="Lend projectors")).to_be_visible()
    await visit.check_accessibility()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_text("You are signed out.")).to_be_visible()


async def test_by_keyboard_alone(open_as: OpenAs, site: Site) -> None:
    challenge_id, _ = await _world(site)
    visit = await open_as(await site.person())
    page = await visit.open(f"/challenges/{challenge_id}")
    assert visit.person_id is not None
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await _tab_to(page, "Judge ideas")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Card 1 of 3")).to_be_visible()
    for key, seen in (("y", "Card 2 of 3"), ("n", "Card 3 of 3"), ("u", "Answering again"), ("s", "Card 3 of 3")):
        await page.keyboard.press(key)
        await expect(page.get_by_text(seen)).to_be_visible()
    await page.keyboard.press("y")
    await expect(page.get_by_role("heading", name="You have seen everything")).to_be_visible()
    assert sorted(map(str, await _answers(site, visit.person_id))) == ["1", "1", "None"]
    await _tab_to(page, "Write an idea")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Title")).to_be_visible()
    await _tab_to(page, "Title")
    await page.keyboard.type("Lend yarn")
    await _tab_to(page, "Submit")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Your idea is submitted.")).to_be_visible()


_FOCUSED = """() => {
  const node = document.activeElement;
  return [(node.labels?.[0] ?? node).innerText.trim(), getComputedStyle(node).outlineStyle];
}"""


async def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name is in focus, and see that focus can be seen."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        label, outline = await page.evaluate(_FOCUSED)
        if label == name:
            assert outline != "none"
            return
    pytest.fail(f"{name} is not reached by Tab")


async def test_without_javascript(open_as: OpenAs, site: Site) -> None:
    challenge_id, _ = await _world(site)
    visit = await open_as(await site.person(), javascript=False, size="phone")
    page = await visit.open(f"/challenges/{challenge_id}/feed")
    assert visit.person_id is not None
    await page.get_by_role("button", name="Yes").click()
    await page.get_by_role("link", name="Undo the last answer").click()
    for name in ("No", "Yes", "Skip"):
        await page.get_by_role("button", name=name).click()
    await page.get_by_role("link", name="Write an idea").click()
    await page.get_by_label("Title").fill("Lend ladders between the sites")
    await page.get_by_role("button", name="Check for similar ideas").click()
    await expect(page.get_by_role("link", name="Lend ladders", exact=False).first).to_be_visible()
    await page.get_by_label("Title").fill("Lend ladders between all sites")
    await page.get_by_role("button", name="Keep as a draft").click()
    await page.get_by_role("link", name="Edit").click()
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_label("Your comment").fill("From *Monday*.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_text("From Monday.")).to_be_visible()
    assert sorted(map(str, await _answers(site, visit.person_id))) == ["0", "1", "None"]
