"""The panel's page: ranking, shortlist, decisions, report."""

import pytest

from api.web.plots import WIDTH, whiskers
from ideation.actions.decisions import decide
from ideation.entities.decisions import Decide, Outcome
from tests.api.conftest import Api
from tests.factories import NOW
from tests.panel_world import ask_for_review, make_ideas, make_panel_world, make_ranking, make_reviewer
from tests.web.conftest import Browser, MakeBrowser

SUMMARY = {"expected_wrong_calls": 1.5, "grey_zone": 2, "agreement": 0.61, "review_count": 0, "reviewed_ideas": 0}


async def make_meeting(api: Api, browser_of: MakeBrowser) -> tuple[str, Browser]:
    """The owner's browser before a ranked challenge."""
    world = await make_panel_world(api.connection)
    ideas = await make_ideas(api.connection, world.challenge_id, 5)
    for number, idea_id in enumerate(ideas):
        await api.connection.execute("UPDATE ideas SET title = $2 WHERE id = $1", idea_id, f"Idea {number}")
    await make_ranking(api.connection, world.challenge_id, ideas, summary=SUMMARY)
    return f"/challenges/{world.challenge_id}", await browser_of(world.owner.person_id)


async def test_ranking_shows_intervals_grey_zone_and_chances(api: Api, browser_of: MakeBrowser) -> None:
    place, owner = await make_meeting(api, browser_of)
    page = await owner.open(f"{place}/panel")
    assert page.html.count('class="whiskers"') == 5
    assert page.html.count('class="card grey"') == 4
    assert "100 % among the best 2" in page.text
    assert "1.5 wrong calls to be expected among the best 2" in page.text
    assert "agreement of the reviewers 0.61" in page.text


async def test_shortlist_is_made_changed_with_a_reason_and_reported(api: Api, browser_of: MakeBrowser) -> None:
    place, owner = await make_meeting(api, browser_of)
    page = await owner.open(f"{place}/panel")
    page = await owner.follow(await owner.send(page.form(f"{place}/shortlist", "make"), change="make"))
    assert "The shortlist is made." in page.text
    add = next(form for form in page.forms if form.values.get("change") == "add")
    assert (await owner.send(add, reason=" ")).status == 422
    page = await owner.follow(await owner.send(add, reason="The customers asked for it."))
    assert "The customers asked for it." in page.text
    remove = page.form(f"{place}/shortlist", "remove")
    page = await owner.follow(await owner.send(remove, change="remove", reason="Done elsewhere."))
    report = await owner.open(f"{place}/report")
    assert "Done elsewhere." in report.text
    assert report.html.count('class="whiskers"') == 5
    stale = await owner.send(add, reason="Once more", once="another")
    assert stale.status == 412


async def test_decision_for_ticked_ideas_tells_the_authors(api: Api, browser_of: MakeBrowser) -> None:
    place, owner = await make_meeting(api, browser_of)
    page = await owner.open(f"{place}/panel")
    page = await owner.follow(await owner.send(page.form(f"{place}/shortlist", "make"), change="make"))
    ids = [entry.split('"')[0] for entry in page.html.split('name="idea" value="')[1:]]
    assert len(ids) == 2
    form = page.form(f"{place}/decisions")
    nothing = await owner.send(form, outcome="selected", reason="", lesson="")
    assert nothing.status == 422
    assert "Tick at least one idea" in nothing.text
    no_reason = await owner.send(form, {"idea": ids, "outcome": "declined", "reason": "", "lesson": ""})
    assert no_reason.status == 422
    values: dict[str, str | list[str]] = {
        "idea": ids,
        "outcome": "selected",
        "reason": "We start in May.",
        "lesson": "",
    }
    page = await owner.follow(await owner.send(form, values))
    assert "Decided." in page.text
    idea = await owner.open(f"/ideas/{ids[0]}")
    assert "We start in May." in idea.text


async def test_a_decided_challenge_shows_its_owner_how_well_it_was_foreseen(api: Api, browser_of: MakeBrowser) -> None:
    world = await make_panel_world(api.connection)
    ideas = await make_ideas(api.connection, world.challenge_id, 4)
    await make_ranking(api.connection, world.challenge_id, ideas, summary=SUMMARY)
    owner = await browser_of(world.owner.person_id)
    panel = f"/challenges/{world.challenge_id}/panel"
    for number, idea_id in enumerate(ideas):
        outcome = Decide(
            idea_ids=[idea_id], outcome=Outcome.DECLINED if number % 2 else Outcome.SELECTED, reason="We know why."
        )
        await decide(api.connection, world.owner, world.challenge_id, outcome, NOW)
    assert "How well it was foreseen" not in (await owner.open(panel)).text
    await api.connection.execute(
        "UPDATE challenges SET stage = 'decided', decided_at = $2 WHERE id = $1", world.challenge_id, NOW
    )
    page = await owner.open(panel)
    assert (
        "Decided ideas: 4, of them selected: 2. Of 100 pairs of a selected idea and another, the selected" in page.text
    )
    # Chances 1, .75, .5, .25 against true, false, true, false: three of four pairs, (0 + .5625 + .25 + .0625) / 4.
    assert "stood higher in 75." in page.text
    assert "the stated chances is 0.219; always stating the share of selected ideas would give 0.250." in page.text
    assert "Nobody judged both selected and other ideas" in page.text


async def test_without_a_ranking_the_owner_is_told_and_others_see_nothing(api: Api, browser_of: MakeBrowser) -> None:
    world = await make_panel_world(api.connection)
    owner, employee = await browser_of(world.owner.person_id), await browser_of()
    page = await owner.open(f"/challenges/{world.challenge_id}/panel")
    assert "There is no ranking yet." in page.text
    await owner.open(f"/challenges/{world.challenge_id}/report", status=404)
    await employee.open(f"/challenges/{world.challenge_id}/panel", status=403)


async def test_reviewer_sees_no_ranking_before_sending(api: Api, browser_of: MakeBrowser) -> None:
    world = await make_panel_world(api.connection)
    ideas = await make_ideas(api.connection, world.challenge_id, 2)
    await make_ranking(api.connection, world.challenge_id, ideas, summary=SUMMARY)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    await ask_for_review(api.connection, world, ideas[0], reviewer)
    browser = await browser_of(reviewer.person_id)
    response = await browser.client.get(f"/challenges/{world.challenge_id}/panel")
    assert response.status_code in (403, 404)
    assert "whiskers" not in response.text


@pytest.mark.parametrize("intervals", [[(0.0, 1.0, 2.0), (1.0, 3.0, 4.0)], [(2.0, 2.0, 2.0)], [(-1e9, 0.0, 1e9)]])
def test_whiskers_stay_inside_the_drawing_and_in_order(intervals: list[tuple[float, float, float]]) -> None:
    for plot in whiskers(intervals):
        assert 0 <= plot.low <= plot.dot <= plot.high <= WIDTH


def test_no_ideas_make_no_whiskers() -> None:
    assert whiskers([]) == []
