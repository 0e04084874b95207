"""The plan of reviews: set, changed and ended on its page, with the curve that it follows."""

from datetime import timedelta

import pytest

from api.web.plots import CURVE_HEIGHT, CURVE_WIDTH, curve
from tests.api.conftest import Api
from tests.factories import NOW, make_person
from tests.panel_world import PanelWorld, ask_for_review, make_ideas, make_panel_world, make_ranking, make_reviewer
from tests.web.conftest import Browser, MakeBrowser


async def reviewed(api: Api, browser_of: MakeBrowser) -> tuple[PanelWorld, Browser]:
    """The owner's browser before a challenge whose panel was ranked three times."""
    world = await make_panel_world(api.connection)
    ideas = await make_ideas(api.connection, world.challenge_id, 3)
    reviewer = await make_reviewer(api.connection, world.challenge_id)
    await ask_for_review(api.connection, world, ideas[0], reviewer)
    for number, wrong in enumerate((3.0, 2.0, 1.5)):
        summary = {"expected_wrong_calls": wrong, "review_count": 4 * number, "grey_zone": 1, "always_see": []}
        at = NOW - timedelta(hours=5 - number)
        await make_ranking(api.connection, world.challenge_id, ideas, kind="panel", created_at=at, summary=summary)
    return world, await browser_of(world.owner.person_id)


async def test_plan_is_set_changed_and_ended(api: Api, browser_of: MakeBrowser) -> None:
    world, owner = await reviewed(api, browser_of)
    place = f"/challenges/{world.challenge_id}/plan"
    page = await owner.open(place)
    assert page.form(place).values["batch_size"] == "24"
    set_now = {"target_wrong_calls": "0,5", "review_budget": "40", "button": "set"}
    page = await owner.follow(await owner.send(page.form(place), set_now))
    said = "1.5 wrong calls are to be expected; the target is 0.5. 1 of at most 40 reviews were asked for. It goes on."
    assert said in page.text
    panel = await owner.open(f"/challenges/{world.challenge_id}/panel")
    assert said in panel.text
    reached = {"target_wrong_calls": "2", "review_budget": "40", "button": "set"}
    page = await owner.follow(await owner.send(page.form(place), reached))
    assert "The target is reached: no further review is asked for." in page.text
    spent = {"target_wrong_calls": "1", "review_budget": "1", "button": "set"}
    page = await owner.follow(await owner.send(page.form(place), spent))
    assert "All reviews were asked for, so it ends here." in page.text
    page = await owner.follow(await owner.send(page.form(place), button="end"))
    assert "The plan is ended." in page.text
    assert await api.connection.fetchval("SELECT count(*) FROM review_plans") == 0
    assert (await owner.send(page.form(place), button="end", once="another")).status == 404


async def test_curve_is_drawn_with_its_table_newest_first(api: Api, browser_of: MakeBrowser) -> None:
    world, owner = await reviewed(api, browser_of)
    page = await owner.open(f"/challenges/{world.challenge_id}/plan")
    assert page.html.count("<circle") == 3
    assert [cell.split("</td>")[0] for cell in page.html.split('<td class="number">')[1:]] == [
        "8",
        "1.5",
        "4",
        "2.0",
        "0",
        "3.0",
    ]


async def test_wrong_fields_keep_what_was_typed(api: Api, browser_of: MakeBrowser) -> None:
    world, owner = await reviewed(api, browser_of)
    place = f"/challenges/{world.challenge_id}/plan"
    page = await owner.open(place)
    typed = {"target_wrong_calls": "few", "review_budget": "0", "batch_size": "1001"}
    wrong = await owner.send(page.form(place), typed, button="set")
    assert wrong.status == 422
    assert {one for one in wrong.ids if one.endswith("-wrong")} == {f"{name}-wrong" for name in typed}
    assert {name: wrong.form(place).values[name] for name in typed} == typed
    empty = await owner.send(page.form(place), button="set")
    assert empty.text.count("Please fill this in.") == 4
    assert await api.connection.fetchval("SELECT count(*) FROM review_plans") == 0


async def test_plan_of_a_decided_challenge_or_by_somebody_else_is_refused(api: Api, browser_of: MakeBrowser) -> None:
    world, owner = await reviewed(api, browser_of)
    place = f"/challenges/{world.challenge_id}/plan"
    employee = await browser_of(await make_person(api.connection))
    await employee.open(place, status=403)
    form = (await owner.open(place)).form(place)
    refused = await employee.send(form, target_wrong_calls="1", review_budget="10", button="set")
    assert refused.status == 403
    await api.connection.execute(
        "UPDATE challenges SET stage = 'decided', decided_at = $2 WHERE id = $1", world.challenge_id, NOW
    )
    assert (await owner.send(form, target_wrong_calls="1", review_budget="10", button="set")).status == 409


@pytest.mark.parametrize("points", [[(0, 3.0)], [(0, 0.0), (0, 0.0)], [(0, 4.0), (10, 2.5), (600, 0.1)]])
@pytest.mark.parametrize("target", [None, 0.0, 9.0])
def test_curve_stays_inside_its_drawing(points: list[tuple[int, float]], target: float | None) -> None:
    drawn = curve(points, target)
    assert drawn is not None
    for dot in drawn.dots:
        assert 0 <= dot.x <= CURVE_WIDTH
        assert 0 <= dot.y <= CURVE_HEIGHT
    assert drawn.target is None or 0 <= drawn.target <= drawn.floor


def test_no_point_makes_no_curve() -> None:
    assert curve([], 1.0) is None
