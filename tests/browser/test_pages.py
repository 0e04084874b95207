"""Every page of an employee is free of what axe finds, in light and dark, and fits a phone; errors are pages too."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from playwright.async_api import expect

from tests.browser.site import Site
from tests.browser.visits import OpenAs
from tests.factories import insert, make_idea


async def _talked_about(site: Site, challenge_id: UUID, author_id: UUID) -> UUID:
    """An idea with all that can stand around it: an answer, wordings, a theme, merged ideas, comments."""
    now, owner_id = datetime.now(UTC), await site.person()
    idea_id = await make_idea(
        site.connection, challenge_id, author_id, title="Felt under chairs", revision=2, tags=["quiet"]
    )
    for revision in (1, 2):
        await insert(
            site.connection,
            "idea_revisions",
            idea_id=idea_id,
            revision=revision,
            title=f"Felt under chairs {revision}",
            body="It costs little.",
            tags=[],
            edited_by=author_id,
            edited_at=now,
        )
    await make_idea(site.connection, challenge_id, title="Rubber under chairs", canonical_id=idea_id)
    theme_id, parent_id = uuid4(), uuid4()
    await insert(
        site.connection,
        "themes",
        id=theme_id,
        challenge_id=challenge_id,
        label="chairs, felt",
        created_at=now,
        updated_at=now,
    )
    await site.connection.execute(
        "INSERT INTO idea_placements VALUES ($1, $2, $3, 0.5, 0.5, 0, 0, $4)", idea_id, challenge_id, theme_id, now
    )
    for comment_id, above in ((parent_id, None), (uuid4(), parent_id)):
        await insert(
            site.connection,
            "comments",
            id=comment_id,
            idea_id=idea_id,
            parent_id=above,
            author_id=owner_id,
            body="What does it *cost*?",
            created_at=now,
        )
    await insert(
        site.connection,
        "decisions",
        id=uuid4(),
        challenge_id=challenge_id,
        idea_id=idea_id,
        outcome="planned",
        reason="From May on.",
        lesson="Measure first.",
        decided_by=owner_id,
        decided_at=now,
    )
    return idea_id


async def test_pages_around_an_idea(open_as: OpenAs, site: Site) -> None:
    challenge_id, author_id = await site.challenge(brief="Say *how*."), await site.person()
    idea_id = await _talked_about(site, challenge_id, author_id)
    visit = await open_as(author_id, size="phone")
    page = await visit.open(f"/ideas/{idea_id}?colleague=Person")
    for words in ("From May on.", "Measure first.", "2 wordings", "chairs, felt", "Rubber under chairs"):
        await expect(page.get_by_text(words, exact=False).first).to_be_visible()
    await page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    await visit.check_accessibility()
    for path in (f"/challenges/{challenge_id}?q=felt&tag=quiet", f"/ideas/{idea_id}/edit"):
        await visit.open(path)
        await visit.check_accessibility()
    await page.get_by_label("Title").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Give the idea a title")
    await visit.check_accessibility()


async def test_pages_of_every_way_to_vote(open_as: OpenAs, site: Site) -> None:
    visit = await open_as(await site.person(), size="phone")
    for method in ("stars", "up_vote", "budget", "lemons", "pairwise"):
        challenge_id = await site.challenge(voting_method=method)
        for letter in "ab":
            await make_idea(site.connection, challenge_id, title=f"Idea {letter} for {method}")
        page = await visit.open(f"/challenges/{challenge_id}/feed")
        await expect(page.locator(".feed-card").first).to_be_visible()
        await visit.check_accessibility()
    over = datetime.now(UTC) - timedelta(hours=1)
    closed = await site.challenge(vote_closes_at=over, submit_closes_at=over)
    await visit.open(f"/challenges/{closed}/feed")
    await expect(page.get_by_role("heading", name="Voting is not open")).to_be_visible()
    await visit.check_accessibility()


async def test_pages_about_oneself(open_as: OpenAs, site: Site) -> None:
    person_id = await site.person()
    await insert(
        site.connection,
        "notifications",
        id=uuid4(),
        person_id=person_id,
        kind="test",
        message="Your idea has an answer.",
        once_key="test",
        created_at=datetime.now(UTC),
    )
    visit = await open_as(person_id, size="phone")
    page = await visit.open("/notifications")
    await visit.check_accessibility()
    await page.get_by_role("button", name=re.compile("Read.*Your idea has an answer")).click()
    await visit.open("/profile/known")
    await visit.check_accessibility()
    await visit.open("/profile")
    await page.get_by_text("New token", exact=True).first.click()
    await page.get_by_label("Name").fill("My script")
    await page.get_by_label("Read", exact=True).check()
    await page.get_by_role("button", name="New token").click()
    await expect(page.get_by_text("Copy this token now")).to_be_visible()
    await visit.check_accessibility()
    await page.get_by_role("button", name=re.compile("End.*My script")).click()
    await expect(page.get_by_text("The token no longer works.")).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download my data").click()
    assert (await downloading.value).suggested_filename == "my-data.json"


async def test_someone_elses_page_and_none_are_the_same_plain_page(open_as: OpenAs, site: Site) -> None:
    challenge_id = await site.challenge(audience_departments=["Elsewhere"])
    visit = await open_as(await site.person())
    texts = []
    for path in (f"/challenges/{challenge_id}", f"/challenges/{uuid4()}"):
        page = await visit.open(path)
        await expect(page.get_by_role("heading", name="Not found")).to_be_visible()
        texts.append((await page.locator("main").inner_text()).partition("If you ask for help")[0])
    assert texts[0] == texts[1]
    await visit.check_accessibility()


async def test_pressing_twice_makes_one_comment(open_as: OpenAs, site: Site) -> None:
    idea_id = await make_idea(site.connection, await site.challenge())
    visit = await open_as(await site.person())
    page = await visit.open(f"/ideas/{idea_id}")
    await page.get_by_label("Your comment").fill("Once.")
    # Faster than the page can disable its button.
    await page.evaluate("""() => {
      const form = document.getElementById("body").form;
      form.submit();
      form.submit();
    }""")
    await expect(page.get_by_text("Once.")).to_have_count(1)
    assert await site.connection.fetchval("SELECT count(*) FROM comments WHERE idea_id = $1", idea_id) == 1


_FORGED = """<!doctype html><title>Elsewhere</title><form method="post" action="{action}">
<input name="body" value="Forged"><button>Win a car</button></form>"""


async def test_forms_of_another_site_are_refused(open_as: OpenAs, site: Site) -> None:
    idea_id = await make_idea(site.connection, await site.challenge())
    visit = await open_as(await site.person())
    page = visit.page
    elsewhere = _FORGED.format(action=f"{site.url}/ideas/{idea_id}/comments")
    await page.route("http://elsewhere.test/", lambda route: route.fulfill(body=elsewhere, content_type="text/html"))
    await page.goto("http://elsewhere.test/")
    await page.get_by_role("button", name="Win a car").click()
    # Refused although this browser sends its cookie along, which it would not do with the one that signing in sets.
    await expect(page.get_by_role("heading", name="Request from elsewhere")).to_be_visible()
    assert await site.connection.fetchval("SELECT count(*) FROM comments WHERE idea_id = $1", idea_id) == 0
