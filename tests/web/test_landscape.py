"""The map: points, cells to come closer by, filters, and the same as tables."""

from uuid import UUID

import msgspec
import pytest

from api.web.map_drawing import HEIGHT, WIDTH, draw, fitting
from ideation.actions import landscape
from ideation.entities.ideas import IdeaState
from ideation.entities.landscape import Landscape, MapFilter, MapPoint, MapRegion, MapWindow
from ideation.ids import new_id
from ideation.queries import landscape as queries
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea, make_person
from tests.panel_world import make_ranking
from tests.web.conftest import MakeBrowser


async def make_map(
    api: Api, challenge_id: UUID, ideas: int = 4, author_id: UUID | None = None
) -> tuple[UUID, list[UUID]]:
    """A theme with ideas along a diagonal."""
    theme_id = new_id()
    about = {"challenge_id": challenge_id, "label": "bikes, racks", "terms": ["bikes"]}
    await insert(api.connection, "themes", id=theme_id, created_at=NOW, updated_at=NOW, **about)
    placed = []
    for number in range(ideas):
        idea_id = await make_idea(api.connection, challenge_id, author_id, title=f"<b>Idea {number}</b>")
        at = {"x": number / ideas, "y": -number / ideas, "typicality": 0.5, "novelty": 0.1, "placed_at": NOW}
        ids = {"idea_id": idea_id, "challenge_id": challenge_id, "theme_id": theme_id}
        await insert(api.connection, "idea_placements", **ids, **at)
        placed.append(idea_id)
    return theme_id, placed


async def test_map_shows_every_idea_sized_by_score(api: Api, browser_of: MakeBrowser) -> None:
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id)
    theme_id, ideas = await make_map(api, challenge_id)
    await make_ranking(api.connection, challenge_id, ideas)
    page = await owner.open(f"/challenges/{challenge_id}/map")
    assert [link for link in page.links if link in {f"/ideas/{idea}" for idea in ideas}] == [
        f"/ideas/{idea}" for idea in ideas
    ]
    radii = [float(part.split('"')[0]) for part in page.html.split('" r="')[1:5]]
    assert radii == sorted(radii, reverse=True)
    assert "&lt;b&gt;Idea 0&lt;/b&gt; (score 1.00 ± 0.10)" in page.html
    assert "style=" not in page.html
    assert f"?theme={theme_id}" in page.html
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in page.html


async def test_colleagues_see_the_map_without_scores(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id = await make_challenge(api.connection)
    _, ideas = await make_map(api, challenge_id)
    await make_ranking(api.connection, challenge_id, ideas)
    employee = await browser_of()
    page = await employee.open(f"/challenges/{challenge_id}/map")
    assert "Scores are not shown to you" in page.text
    assert "(score" not in page.html
    card = await employee.open(f"/ideas/{ideas[1]}/card")
    assert "<b>Idea 1</b>" in card.text


async def test_many_ideas_are_cells_that_open_the_part_around_them(
    api: Api, browser_of: MakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landscape, "MOST_POINTS", 2)
    challenge_id = await make_challenge(api.connection)
    _, ideas = await make_map(api, challenge_id)
    employee = await browser_of()
    page = await employee.open(f"/challenges/{challenge_id}/map")
    assert not any(link in {f"/ideas/{idea}" for idea in ideas} for link in page.links)
    cell = [link for link in page.links if "left=" in link][-1]
    closer = await employee.open(f"/challenges/{challenge_id}/map{cell}")
    assert any(link in {f"/ideas/{idea}" for idea in ideas} for link in closer.links)


async def test_map_and_table_are_filtered(api: Api, browser_of: MakeBrowser) -> None:
    await make_person(api.connection, department="Foundry")
    challenge_id = await make_challenge(api.connection)
    theme_id, ideas = await make_map(api, challenge_id)
    await api.connection.execute("UPDATE ideas SET department = 'Foundry', state = 'planned' WHERE id = $1", ideas[2])
    employee = await browser_of()
    path = f"/challenges/{challenge_id}/map"
    page = await employee.open(f"{path}?department=Foundry")
    assert "1 idea" in page.text
    table = await employee.open(f"{path}/table?state=under_review&theme={theme_id}")
    assert "Idea 2" in table.text
    assert "Idea 1" not in table.text
    assert "bikes, racks" in table.text
    assert "No idea has a place here." in (await employee.open(f"{path}?theme={new_id()}")).text
    await employee.open(f"{path}?theme=nonsense", status=404)
    assert "4 ideas" in (await employee.open(f"{path}?left=far&right=9")).text


async def test_map_tells_nothing_hidden(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id = await make_challenge(api.connection, authorship="hidden", audience_departments=["Legal"])
    _, ideas = await make_map(api, challenge_id)
    outside, inside = await browser_of(), await browser_of(department="Legal")
    for path in (f"/challenges/{challenge_id}/map", f"/challenges/{challenge_id}/map/table", f"/ideas/{ideas[0]}/card"):
        await outside.open(path, status=404)
        await inside.open(path)
    await inside.open(f"/challenges/{challenge_id}/map?department=Research", status=403)


def test_points_are_paler_the_less_certain_and_regions_lie_along_their_ideas() -> None:
    region = MapRegion(
        theme_id=new_id(),
        name="A theme whose name is much longer than fits",
        idea_count=3,
        x=0.0,
        y=0.0,
        spread_x=0.2,
        spread_y=0.2,
        covariance=0.0,
        score=None,
        uncertainty=None,
    )
    points = [
        MapPoint(
            idea_id=new_id(),
            title="Idea",
            state=IdeaState.SUBMITTED,
            theme_id=region.theme_id,
            theme="A theme",
            x=-1.0 + number,
            y=1.0,
            novelty=0.0,
            score=0.5,
            uncertainty=0.1 * number,
        )
        for number in range(3)
    ]
    shown = Landscape(idea_count=3, regions=[region], points=points, cells=None, ranking_id=None, computed_at=None)
    drawing = draw(shown, MapWindow())
    assert [spot.classes.split()[1] for spot in drawing.spots] == ["sure", "fair", "unsure"]
    assert [(spot.x, spot.y, spot.radius) for spot in drawing.spots] == [
        (24.0, 656.0, 6.0),
        (500.0, 656.0, 6.0),
        (976.0, 656.0, 6.0),
    ]
    (area,) = drawing.areas
    assert (area.x, area.y, area.degrees) == (500.0, 340.0, 0.0)
    assert area.width > area.height
    assert [name.text for name in drawing.names] == ["A theme whose name is muc…"]
    assert fitting(shown) == MapWindow(left=-1.0, right=1.0, top=0.98, bottom=1.0)


async def test_regions_worked_out_from_points_are_those_that_the_database_counts(api: Api) -> None:
    challenge_id = await make_challenge(api.connection)
    theme_id, ideas = await make_map(api, challenge_id, ideas=5)
    await insert_outsider(api, challenge_id)
    ranking_id = await make_ranking(api.connection, challenge_id, ideas[:3])
    kept = MapFilter(window=MapWindow(left=-1, right=0.9, top=-1, bottom=0.9))
    drawn = await landscape.draw_landscape(api.connection, challenge_id, ranking_id, kept)
    counted = await queries.list_regions(api.connection, challenge_id, ranking_id, kept)
    assert [(region.theme_id, region.name, region.idea_count) for region in drawn.regions] == [
        (theme_id, "bikes, racks", 5),
        (None, None, 1),
    ]
    for mine, theirs in zip(drawn.regions, counted, strict=True):
        assert msgspec.structs.asdict(mine) == pytest.approx(msgspec.structs.asdict(theirs), abs=1e-6)


async def insert_outsider(api: Api, challenge_id: UUID) -> None:
    """An idea on the map that fits no theme."""
    ids = {"idea_id": await make_idea(api.connection, challenge_id), "challenge_id": challenge_id}
    at = {"x": -0.5, "y": 0.25, "typicality": 0.0, "novelty": 0.9, "placed_at": NOW}
    await insert(api.connection, "idea_placements", **ids, theme_id=None, **at)
