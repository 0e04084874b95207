"""The administrator's pages, and the reviewer's way through the queue."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.async_api import expect

from ideation.ids import new_id
from tests.browser.site import Site
from tests.browser.visits import OpenAs, Size, Visit
from tests.factories import insert, make_criterion, make_idea

_BOTH: list[Size] = ["desk", "phone"]


@pytest.mark.parametrize("size", _BOTH)
async def test_administrator_adds_a_person_and_looks_around(open_as: OpenAs, site: Site, size: Size) -> None:
    admin = await open_as(await site.person(roles=["administrator"]), size=size)
    page = await admin.open("/admin")
    await admin.check_accessibility()
    await page.locator("summary", has_text="Add a person").click()
    await page.get_by_label("Name", exact=True).fill(f"Vera Voss {size}")
    await page.get_by_label("E-mail", exact=True).fill(f"vera-{size}-{site.serial()}@example.org")
    await page.locator("#department").fill("Legal")
    await admin.check_accessibility()
    await page.locator("details").get_by_role("button", name="Add a person").click()
    await expect(page.get_by_role("heading", name=f"Vera Voss {size}")).to_be_visible()
    await page.get_by_role("button", name="Make a sign-in link").click()
    await expect(page.get_by_text("It works once")).to_be_visible()
    await admin.check_accessibility()
    await _stage_failed_job(site)
    for path in ("/admin/policy", "/admin/settings"):
        await admin.open(path)
        await admin.check_accessibility()
        await _check_scroll(admin)
    await admin.open("/admin")
    await check_table(admin, ["Name", "E-mail", "Department", "Roles"])
    await admin.open("/admin/audit")
    await check_table(admin, ["When", "Who", "Step", "About", "Details"])
    await admin.open("/admin/jobs")
    await check_table(admin, ["Job", "State", "When", "Attempts", "Details"])


async def check_table(visit: Visit, columns: list[str]) -> None:
    """The page's table lies within the window, and a screen reader finds its columns and cells."""
    await visit.check_accessibility()
    await _check_scroll(visit)
    table = visit.page.get_by_role("table")
    await expect(table.get_by_role("columnheader")).to_have_text(columns)
    await expect(table.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(len(columns))


async def _check_scroll(visit: Visit) -> None:
    scroll = "(all) => all.map((one) => one.scrollWidth - one.clientWidth)"
    assert max(await visit.page.locator(".scroll").evaluate_all(scroll), default=0) <= 0


async def _stage_failed_job(site: Site) -> None:
    now = datetime.now(UTC)
    moments = dict.fromkeys(("not_before", "staged_at", "enqueued_at", "started_at", "failed_at"), now)
    about = {"job": "close_challenge", "subject": str(new_id()), "attempts": 5, "error": "ValueError: no"}
    await insert(site.connection, "staged_jobs", id=new_id(), **about, **moments)


@pytest.mark.parametrize("size", _BOTH)
async def test_reviewer_goes_through_the_queue(open_as: OpenAs, site: Site, size: Size) -> None:
    reviewer_id = await site.person(roles=["reviewer"], department="Innovation Board")
    ended = datetime.now(UTC) - timedelta(hours=1)
    challenge_id = await site.challenge(submit_closes_at=ended, vote_closes_at=ended, frozen_at=ended)
    await make_criterion(site.connection, challenge_id, "value", 1.0)
    member = {"challenge_id": challenge_id, "person_id": reviewer_id, "added_by": reviewer_id}
    await insert(site.connection, "panel_members", **member, added_at=ended)
    titles = ["Lend ladders", "Lend drills"]
    for position, title in enumerate(titles):
        await _assign(site, challenge_id, reviewer_id, title, position)
    reviewer = await open_as(reviewer_id, size=size)
    page = await reviewer.open("/reviews")
    await reviewer.check_accessibility()
    await page.get_by_role("link", name="Next idea").click()
    await reviewer.check_accessibility()
    await page.get_by_role("button", name="Send and go on").click()
    await expect(page.locator(".wrong").first).to_be_visible()
    await reviewer.check_accessibility()
    await page.get_by_role("radio", name="4").check(force=True)
    await page.get_by_role("button", name="Save as a draft").click()
    await expect(page.get_by_role("radio", name="4")).to_be_checked()
    await page.get_by_role("button", name="Send and go on").click()
    await expect(page.get_by_text("Your review is sent.")).to_be_visible()
    await page.locator("summary", has_text="conflict of interest").click()
    await page.get_by_label("What is the conflict?").fill("We share an office.")
    await page.get_by_role("button", name="Hand this idea back").click()
    await expect(page.get_by_text("Nothing waits for your review.")).to_be_visible()
    await reviewer.check_accessibility()


async def _assign(site: Site, challenge_id: UUID, reviewer_id: UUID, title: str, position: int) -> None:
    now = datetime.now(UTC)
    idea_id = await make_idea(site.connection, challenge_id, title=title, body="For a week.", submitted_at=now)
    due = {"assigned_at": now, "due_at": now + timedelta(days=7)}
    await insert(
        site.connection,
        "review_assignments",
        id=new_id(),
        challenge_id=challenge_id,
        idea_id=idea_id,
        reviewer_id=reviewer_id,
        position=position,
        **due,
    )
