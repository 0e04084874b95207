"""Running a challenge: duplicates by keyboard, opening again, flags, themes, a budget, a plan of reviews, anchors."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.async_api import expect

from ideation.ids import new_id
from tests.browser.site import Site
from tests.browser.test_owner import _BOTH, _in_review, _owner, _place
from tests.browser.visits import OpenAs, Size
from tests.factories import insert, make_criterion, make_idea
from tests.panel_world import make_ranking


async def _pairs(site: Site, challenge_id: UUID, count: int) -> None:
    """Possible duplicates of this number, the likeliest first."""
    for number in range(count):
        texts = [f"Lend ladders {number} {word}" for word in ("weekly", "monthly")]
        ids = sorted([await make_idea(site.connection, challenge_id, title=text, body=text) for text in texts])
        evidence = {"passages": [], "shared_terms": ["ladders"], "parts": []}
        about = {"challenge_id": challenge_id, "probability": 0.9 - number / 100, "evidence": evidence}
        made = {"model_version": "test", "state": "proposed", "proposed_at": datetime.now(UTC)}
        pair = {"id": new_id(), "idea_a": ids[0], "idea_b": ids[1]}
        await insert(site.connection, "duplicate_pairs", **pair, **about, **made)


async def test_duplicates_are_judged_by_keyboard_then_in_bulk(open_as: OpenAs, site: Site) -> None:
    owner = await _owner(open_as, site)
    assert owner.person_id is not None
    challenge_id = await site.challenge(owner_id=owner.person_id)
    await _pairs(site, challenge_id, 5)
    page = await owner.open(f"/challenges/{challenge_id}/duplicates")
    await owner.check_accessibility()
    pairs = page.locator("[data-pair]")
    await expect(pairs).to_have_count(5)
    await page.keyboard.press("n")
    await expect(pairs.nth(1)).to_be_focused()
    await page.keyboard.press("p")
    await expect(pairs.nth(0)).to_be_focused()
    await page.keyboard.press("s")
    await expect(pairs).to_have_count(4)
    await page.keyboard.press("d")
    await expect(pairs).to_have_count(3)
    await page.locator("[data-tick-all] input").check()
    await page.get_by_role("button", name="Ticked: different").click()
    await expect(page.get_by_text("No pair waits for a verdict.")).to_be_visible()
    await owner.check_accessibility()
    states = await site.connection.fetch(
        "SELECT state FROM duplicate_pairs WHERE challenge_id = $1 ORDER BY probability DESC", challenge_id
    )
    assert [row["state"] for row in states] == ["confirmed"] + 4 * ["dismissed"]


@pytest.mark.parametrize("size", _BOTH)
async def test_closed_challenge_is_opened_again(open_as: OpenAs, site: Site, size: Size) -> None:
    owner = await _owner(open_as, site, size)
    assert owner.person_id is not None
    challenge_id = await _in_review(site, owner.person_id)
    page = await owner.open(f"/challenges/{challenge_id}/board")
    await page.get_by_text("Open again").first.click()
    await owner.check_accessibility()
    later = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    form = page.locator("form", has=page.locator('input[value="reopen"]'))
    await form.get_by_label("Ideas until").fill(later)
    await form.get_by_label("Votes until").fill(later)
    await form.get_by_label("Reason").fill("Two sites were on holiday.")
    await form.get_by_role("button", name="Open again").click()
    await expect(page.get_by_text("The challenge is open again.")).to_be_visible()
    await owner.check_accessibility()


async def test_odd_pattern_is_set_aside_with_a_reason(open_as: OpenAs, site: Site) -> None:
    owner = await _owner(open_as, site)
    assert owner.person_id is not None
    challenge_id, now = await _in_review(site, owner.person_id), datetime.now(UTC)
    (idea,) = await _place(site, challenge_id, ["Lend ladders"])
    await make_ranking(site.connection, challenge_id, [idea])
    effects = [{"idea_id": str(idea), "rank_with": 1, "rank_without": 7}]
    pattern = {"kind": "ring", "fingerprint": str(idea), "people": [await site.person()], "votes": 9, "p_value": 0.001}
    seen = {"reason": "Nine votes among three people.", "effects": effects, "found_at": now, "last_seen_at": now}
    await insert(site.connection, "integrity_flags", id=new_id(), challenge_id=challenge_id, **pattern, **seen)
    page = await owner.open(f"/challenges/{challenge_id}/panel")
    await expect(page.get_by_text("place 1, without these votes 7")).to_be_visible()
    await page.locator("summary", has_text="Nothing to it").click()
    await owner.check_accessibility()
    await page.locator('form[action*="/flags/"]').get_by_label("Reason").fill("They share one office.")
    await page.get_by_role("button", name="Nothing to it").click()
    await expect(page.get_by_text("Kept with your reason.")).to_be_visible()
    await expect(page.get_by_text("Nine votes among three people.")).to_have_count(0)


@pytest.mark.parametrize("size", _BOTH)
async def test_theme_is_split(open_as: OpenAs, site: Site, size: Size) -> None:
    owner = await _owner(open_as, site, size)
    assert owner.person_id is not None
    challenge_id = await site.challenge(owner_id=owner.person_id)
    await _place(site, challenge_id, ["Lend ladders", "Lend drills", "Lend vans"])
    page = await owner.open(f"/challenges/{challenge_id}/themes")
    await page.get_by_text("Change", exact=True).first.click()
    await page.get_by_role("link", name="Split").click()
    await owner.check_accessibility()
    await page.get_by_role("button", name="Make the ticked ideas a theme").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await owner.check_accessibility()
    await page.get_by_label("Lend vans").check()
    await page.get_by_label("Name of the new theme").fill("Vehicles")
    await page.get_by_role("button", name="Make the ticked ideas a theme").click()
    await expect(page.get_by_role("heading", name="Vehicles")).to_be_visible()
    await owner.check_accessibility()


@pytest.mark.parametrize("size", _BOTH)
async def test_budget_buys_a_shortlist(open_as: OpenAs, site: Site, size: Size) -> None:
    owner = await _owner(open_as, site, size)
    assert owner.person_id is not None
    challenge_id = await _in_review(site, owner.person_id)
    ideas = await _place(site, challenge_id, ["Lend ladders", "Lend drills", "Lend vans"])
    await make_ranking(site.connection, challenge_id, ideas)
    page = await owner.open(f"/challenges/{challenge_id}/panel")
    await page.get_by_role("link", name="Shortlist under a budget").click()
    await owner.check_accessibility()
    await page.get_by_label("Cost of: Lend ladders").fill("12.500")
    await page.get_by_role("button", name="Save and make the shortlist").click()
    await expect(page.get_by_role("alert")).to_contain_text("without separators between the thousands")
    await expect(page.get_by_label("Cost of: Lend ladders")).to_have_value("12.500")
    await owner.check_accessibility()
    for title, cost in (("Lend ladders", "100"), ("Lend drills", "60"), ("Lend vans", "60")):
        await page.get_by_label(f"Cost of: {title}").fill(cost)
    await page.get_by_label("Budget", exact=True).fill("100")
    await page.get_by_role("button", name="Save and make the shortlist").click()
    await expect(page.get_by_text("1 idea for 100 of 100.")).to_be_visible()
    await owner.check_accessibility()


@pytest.mark.parametrize("size", _BOTH)
async def test_reviews_are_planned_along_their_curve(open_as: OpenAs, site: Site, size: Size) -> None:
    owner = await _owner(open_as, site, size)
    assert owner.person_id is not None
    challenge_id = await _in_review(site, owner.person_id)
    ideas = await _place(site, challenge_id, ["Lend ladders", "Lend drills", "Lend vans"])
    for number, wrong in enumerate((3.0, 2.0, 1.5)):
        summary = {"expected_wrong_calls": wrong, "review_count": 4 * number, "grey_zone": 1, "always_see": []}
        at = datetime.now(UTC) - timedelta(hours=5 - number)
        await make_ranking(site.connection, challenge_id, ideas, kind="panel", created_at=at, summary=summary)
    page = await owner.open(f"/challenges/{challenge_id}/plan")
    await expect(page.locator(".curve circle")).to_have_count(3)
    await owner.check_accessibility()
    await page.get_by_role("button", name="Plan the reviews").click()
    await expect(page.get_by_role("alert")).to_contain_text("Bearable wrong calls")
    await owner.check_accessibility()
    await page.get_by_label("Bearable wrong calls").fill("1")
    await page.get_by_label("Most reviews in all").fill("40")
    await page.get_by_role("button", name="Plan the reviews").click()
    await expect(page.get_by_text("The plan is set.")).to_be_visible()
    await owner.check_accessibility()
    await page.get_by_role("button", name="End the plan").click()
    await expect(page.get_by_text("The plan is ended.")).to_be_visible()


@pytest.mark.parametrize("size", _BOTH)
async def test_reviewer_reads_what_each_score_stands_for(open_as: OpenAs, site: Site, size: Size) -> None:
    reviewer = await open_as(await site.person(roles=["reviewer"], department="Panel"), size=size)
    challenge_id, now = await _in_review(site, await site.person()), datetime.now(UTC)
    anchors = [{"score": 1, "text": "Nobody gains"}, {"score": 5, "text": "Every site gains"}]
    await make_criterion(site.connection, challenge_id, "value", 1.0, anchors=anchors)
    idea = await make_idea(site.connection, challenge_id, title="Lend ladders")
    assignment = {"id": new_id(), "challenge_id": challenge_id, "idea_id": idea, "reviewer_id": reviewer.person_id}
    await insert(site.connection, "review_assignments", position=1, assigned_at=now, **assignment)
    page = await reviewer.open("/reviews")
    await reviewer.check_accessibility()
    await page.get_by_role("link", name="Lend ladders").click()
    await reviewer.check_accessibility()
    await page.get_by_role("radio", name="5 Every site gains").check(force=True)
    await page.get_by_role("button", name="Send and go on").click()
    await expect(page.get_by_text("Your review is sent.")).to_be_visible()
