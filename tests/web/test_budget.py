"""A shortlist under a budget: costs typed into a table, the method, and what the page says about the price."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.web.forms import Form as WebForm
from ideation.entities.challenges import VotingMethod
from tests.api.conftest import Api
from tests.api.test_shortlists import Table, lay_table
from tests.api.test_shortlists_budget import store_votes
from tests.factories import NOW, make_challenge, make_idea, make_person
from tests.panel_world import make_panel_world, make_ranking
from tests.web.conftest import Browser, MakeBrowser, Page


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """The owner's browser before five ranked ideas."""

    table: Table
    owner: Browser
    challenge_id: UUID

    @property
    def place(self) -> str:
        return f"/challenges/{self.challenge_id}/budget"

    async def send(self, page: Page, button: str, **typed: str) -> Page:
        values: dict[str, str | list[str]] = {name.replace("_", "-"): value for name, value in typed.items()}
        return await self.owner.send(page.form(self.place, button), values, button=button)

    async def costs(self) -> dict[UUID, float]:
        answer = await self.table.owner.get(f"/v1/challenges/{self.challenge_id}/costs")
        return {UUID(cost["idea_id"]): cost["cost"] for cost in answer.json()}


async def make_desk(api: Api, browser_of: MakeBrowser) -> Desk:
    table = await lay_table(api)
    owner = await browser_of(table.world.owner.person_id)
    return Desk(table=table, owner=owner, challenge_id=table.world.challenge_id)


async def test_costs_are_entered_changed_and_taken_back(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    page = await desk.owner.open(desk.place)
    saved = await desk.send(page, "save", cost_0="1 200", cost_1="99,50", cost_2="40")
    page = await desk.owner.follow(saved)
    assert "The costs are saved." in page.text
    ideas = desk.table.ideas
    assert await desk.costs() == {ideas[0]: 1200.0, ideas[1]: 99.5, ideas[2]: 40.0}
    form = page.form(desk.place)
    assert [form.values[f"cost-{row}"] for row in range(5)] == ["1200", "99.50", "40", "", ""]
    await desk.owner.follow(await desk.send(page, "save", cost_2="", cost_1="80"))
    assert await desk.costs() == {ideas[0]: 1200.0, ideas[1]: 80.0}
    given_at = await api.connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'costs.set'")
    await desk.send(await desk.owner.open(desk.place), "save")
    assert await api.connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'costs.set'") == given_at


async def test_sponsors_budget_is_laid_out_and_its_price_told(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    page = await desk.owner.open(desk.place)
    made = await desk.send(
        page, "make", cost_0="100", cost_1="50", cost_2="50", cost_3="60", method="knapsack", budget="100"
    )
    page = await desk.owner.follow(made)
    assert "The shortlist is made." in page.text
    assert (
        "2 ideas for 100 of 100. 1 of them would be on the list without a budget. Mean score given up: 33.3 % of the "
        "range. 1 idea is left out because nobody has estimated its cost."
    ) in page.text
    assert page.text.count("costs 50") == 2


async def test_crowds_budget_is_told_in_german(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    await store_votes(api, desk.table, [[1, 1, 0, 0, 0]] * 3 + [[0, 0, 0, 1, 1]], VotingMethod.YES_NO)
    desk.owner.client.cookies.set("ideation_language", "de")
    page = await desk.owner.open(desk.place)
    costs = {"cost_0": "75", "cost_1": "75", "cost_2": "60", "cost_3": "25", "cost_4": "1000"}
    made = await desk.send(page, "make", **costs, method="equal_shares", budget="100")
    page = await desk.owner.follow(made)
    assert "2 Ideen für 100 von 100, zu gleichen Teilen auf 4 Abstimmende verteilt." in page.text
    assert "1 davon stünden auch ohne Budget in der engeren Wahl." in page.text


async def test_wrong_fields_keep_what_was_typed_and_nothing_is_stored(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    page = await desk.owner.open(desk.place)
    typed = {"cost_0": "12.500", "cost_1": "-3", "cost_2": "0", "cost_3": "70", "budget": "", "size": "many"}
    wrong = await desk.send(page, "make", method="equal_shares", **typed)
    assert wrong.status == 422
    assert {one for one in wrong.ids if one.endswith("-wrong")} == {
        "cost-0-wrong",
        "cost-1-wrong",
        "cost-2-wrong",
        "budget-wrong",
        "size-wrong",
    }
    form = wrong.form(desk.place)
    assert [form.values[f"cost-{row}"] for row in range(4)] == ["12.500", "-3", "0", "70"]
    assert (form.values["method"], form.values["size"]) == ("equal_shares", "many")
    assert await desk.costs() == {}


async def test_a_newer_ranking_moves_no_cost_to_another_idea(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    page = await desk.owner.open(desk.place)
    ideas = desk.table.ideas
    await make_ranking(api.connection, desk.challenge_id, ideas[::-1], created_at=NOW)
    wrong = await desk.send(page, "save", cost_0="5", cost_1="much")
    assert (wrong.status, "cost-1-wrong" in wrong.ids) == (422, True)
    rows = wrong.form(desk.place).values
    typed = [(rows[f"idea-{row}"], rows[f"cost-{row}"]) for row in (0, 1)]
    assert typed == [(str(ideas[0]), "5"), (str(ideas[1]), "much")]
    await desk.owner.follow(await desk.send(wrong, "save", cost_1="7"))
    assert await desk.costs() == {ideas[0]: 5.0, ideas[1]: 7.0}
    anew = (await desk.owner.open(desk.place)).form(desk.place).values
    assert [anew[f"idea-{row}"] for row in range(5)] == [str(idea) for idea in ideas[::-1]]


async def test_the_ranking_of_another_challenge_is_not_shown(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    other = await make_challenge(api.connection, owner_id=desk.owner.person_id)
    ranking_id = await make_ranking(api.connection, other, [await make_idea(api.connection, other)])
    page = await desk.owner.open(desk.place)
    assert (await desk.send(page, "save", ranking=str(ranking_id), cost_0="5")).status == 404
    assert await desk.costs() == {}


async def test_method_that_cannot_work_is_refused_beside_it_and_the_costs_are_not_lost(
    api: Api, browser_of: MakeBrowser
) -> None:
    desk = await make_desk(api, browser_of)
    page = await desk.owner.open(desk.place)
    refused = await desk.send(page, "make", method="knapsack", budget="100")
    assert (refused.status, "method-wrong" in refused.ids) == (422, True)
    await store_votes(api, desk.table, [[1, 0, 0, 0, 0]], VotingMethod.LEMONS)
    refused = await desk.send(page, "make", cost_0="50", method="equal_shares", budget="100")
    assert (refused.status, "method-wrong" in refused.ids) == (422, True)
    assert refused.form(desk.place).values["cost-0"] == "50"


async def test_idea_merged_meanwhile_is_named_beside_its_cost(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    page = await desk.owner.open(desk.place)
    await api.connection.execute(
        "UPDATE ideas SET canonical_id = $2 WHERE id = $1", desk.table.ideas[1], desk.table.ideas[0]
    )
    wrong = await desk.send(page, "save", cost_0="5", cost_1="7")
    assert wrong.status == 422
    assert [one for one in wrong.ids if one.endswith("-wrong")] == ["cost-1-wrong"]
    assert await desk.costs() == {}


async def test_declined_ideas_are_left_out_and_approved_ones_have_their_money(
    api: Api, browser_of: MakeBrowser
) -> None:
    desk = await make_desk(api, browser_of)
    ideas = desk.table.ideas
    page = await desk.owner.open(desk.place)
    assert "approved" not in page.ids
    await desk.owner.follow(await desk.send(page, "save", cost_0="70", cost_2="30", cost_3="40"))
    for place, state in enumerate(("selected", "declined", "submitted", "submitted", "planned")):
        await api.connection.execute("UPDATE ideas SET state = $2 WHERE id = $1", ideas[place], state)
    page = await desk.owner.open(desk.place)
    assert "2 ideas are selected already, for 70 so far. 1 of them has no figure." in page.text
    await api.connection.execute("DELETE FROM idea_costs WHERE idea_id = $1", ideas[0])
    unknown = await desk.owner.open(desk.place)
    assert "2 ideas are selected already; nobody has estimated their costs. This money is committed" in unknown.text
    form = page.form(desk.place)
    assert [form.values.get(f"idea-{row}") for row in range(5)] == [*(str(ideas[at]) for at in (0, 2, 3, 4)), None]
    page = await desk.owner.follow(await desk.send(page, "make", method="knapsack", budget="100"))
    assert "2 ideas for 70 of 100." in page.text
    made = (await desk.table.owner.get(desk.table.address)).json()
    assert {UUID(entry["idea_id"]) for entry in made["entries"]} == {ideas[2], ideas[3]}
    await api.connection.execute("UPDATE ideas SET state = 'declined' WHERE challenge_id = $1", desk.challenge_id)
    assert "Every idea here is declined or withdrawn." in (await desk.owner.open(desk.place)).text


async def test_next_slice_follows_the_saved_one(api: Api, browser_of: MakeBrowser) -> None:
    desk = await make_desk(api, browser_of)
    first = await desk.owner.open(f"{desk.place}?limit=2")
    form = next(form for form in first.forms if ("button", "next") in form.buttons)
    values: dict[str, str | list[str]] = {"cost-0": "10", "button": "next"}
    second = await desk.owner.follow(await desk.owner.send(form, values))
    assert await desk.costs() == {desk.table.ideas[0]: 10.0}
    form = next(form for form in second.forms if ("button", "next") in form.buttons)
    assert [form.values[f"idea-{row}"] for row in range(2)] == [str(idea) for idea in desk.table.ideas[2:4]]


async def test_only_those_who_run_the_challenge_see_it(api: Api, browser_of: MakeBrowser) -> None:
    world = await make_panel_world(api.connection)
    place = f"/challenges/{world.challenge_id}/budget"
    employee = await browser_of(await make_person(api.connection))
    await employee.open(place, status=403)
    owner = await browser_of(world.owner.person_id)
    assert "There is no ranking yet." in (await owner.open(place)).text


@pytest.mark.parametrize(
    ("typed", "amount", "error"),
    [
        ("1 200", 1200.0, None),
        ("1'200", 1200.0, None),
        ("12,5", 12.5, None),
        ("12.50", 12.5, None),
        ("12.500", None, "form.not_an_amount"),
        ("1,200", None, "form.not_an_amount"),
        ("1.200,50", None, "form.not_an_amount"),
        ("-5", None, "form.not_a_number"),
        ("much", None, "form.not_a_number"),
        ("1e9", None, "form.not_a_number"),
        ("", None, None),
    ],
)
def test_amounts_are_read_as_either_language_writes_them(typed: str, amount: float | None, error: str | None) -> None:
    form = WebForm({"cost": typed})
    assert (form.amount("cost"), form.errors.get("cost")) == (amount, error)


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_an_error(typed: str) -> None:
    form = WebForm({"cost": typed})
    amount = form.amount("cost")
    assert (amount is None) == (
        "cost" in form.errors or not typed.strip().replace("'", "").replace("\u2019", "").split()
    )
