"""Themes are split, pinned and given stop words; duplicates are decided one after another."""

from uuid import UUID

from ideation.ids import new_id
from tests.api.conftest import Api
from tests.factories import NOW, insert, make_challenge, make_idea
from tests.web.conftest import Browser, MakeBrowser


async def make_theme(api: Api, browser_of: MakeBrowser, ideas: int = 3) -> tuple[UUID, UUID, list[UUID], Browser]:
    owner = await browser_of(roles=["challenge_owner"])
    challenge_id = await make_challenge(api.connection, owner_id=owner.person_id)
    theme_id = new_id()
    about = {"challenge_id": challenge_id, "label": "bikes", "terms": ["bikes"]}
    await insert(api.connection, "themes", id=theme_id, created_at=NOW, updated_at=NOW, **about)
    placed = []
    for number in range(ideas):
        idea_id = await make_idea(api.connection, challenge_id, title=f"Rack {number}")
        await place(api, challenge_id, theme_id, idea_id)
        placed.append(idea_id)
    return challenge_id, theme_id, placed, owner


async def place(api: Api, challenge_id: UUID, theme_id: UUID | None, idea_id: UUID) -> None:
    at = {"x": 0.1, "y": 0.1, "typicality": 0.5, "novelty": 0.9, "placed_at": NOW}
    ids = {"idea_id": idea_id, "challenge_id": challenge_id, "theme_id": theme_id}
    await insert(api.connection, "idea_placements", **ids, **at)


async def test_ticked_ideas_become_a_theme(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, theme_id, ideas, owner = await make_theme(api, browser_of)
    path = f"/challenges/{challenge_id}/themes/{theme_id}"
    assert path in (await owner.open(f"/challenges/{challenge_id}/themes")).links
    page = await owner.open(path)
    assert set(page.unlabelled) - set(page.labelled) == set()
    everything = [str(idea) for idea in ideas]
    for wrong in (["nonsense"], everything):
        refused = await owner.send(page.form(path), button="ticked", idea=wrong, name="Showers")
        assert refused.status == 422
        assert 'id="idea_ids-wrong"' in refused.html
        assert refused.form(path).values["name"] == "Showers"
    page = await owner.follow(await owner.send(page.form(path), button="ticked", idea=[str(ideas[0])], name="Showers"))
    assert "Showers" in page.text
    moved = await api.connection.fetchval(
        "SELECT themes.name FROM idea_placements JOIN themes ON themes.id = theme_id WHERE idea_id = $1", ideas[0]
    )
    assert moved == "Showers"


async def test_worker_divides_a_theme(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, theme_id, _, owner = await make_theme(api, browser_of)
    path = f"/challenges/{challenge_id}/themes/{theme_id}"
    page = await owner.follow(await owner.send((await owner.open(path)).form(path), button="worker"))
    assert "The theme is being split" in page.text
    job = await api.connection.fetchval("SELECT job FROM staged_jobs WHERE subject = $1", str(theme_id))
    assert job == "split_theme"


async def test_theme_is_pinned_and_words_are_left_out(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, theme_id, _, owner = await make_theme(api, browser_of)
    lonely = await make_idea(api.connection, challenge_id, title="A harbour for submarines")
    await place(api, challenge_id, None, lonely)
    path, words = f"/challenges/{challenge_id}/themes", f"/challenges/{challenge_id}/stop-words"
    page = await owner.open(path)
    assert "Unlike all others" in page.text
    assert "A harbour for submarines" in page.text
    page = await owner.follow(await owner.send(page.form(path), button="pin", pinned="true"))
    assert await api.connection.fetchval("SELECT pinned FROM themes WHERE id = $1", theme_id)
    too_long = await owner.send(page.form(words), words=f"Acme, {'x' * 51}")
    assert too_long.status == 422
    assert too_long.form(words).values["words"] == f"Acme, {'x' * 51}"
    page = await owner.follow(await owner.send(page.form(words), words="Acme, Group"))
    assert page.form(words).values["words"] == "acme, group"


async def test_themes_are_shaped_by_those_who_run_the_challenge(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, theme_id, ideas, owner = await make_theme(api, browser_of)
    employee = await browser_of()
    path, split = f"/challenges/{challenge_id}/themes", f"/challenges/{challenge_id}/themes/{theme_id}"
    page = await employee.open(path)
    assert [form.action for form in page.forms if "/challenges/" in form.action] == []
    await employee.open(split, status=403)
    form = (await owner.open(split)).form(split)
    assert (await employee.send(form, idea=[str(ideas[0])])).status == 403
    await owner.open(f"/challenges/{challenge_id}/themes/{new_id()}", status=404)


async def make_pairs(api: Api, challenge_id: UUID, number: int) -> list[UUID]:
    pairs = []
    for place_in_queue in range(number):
        one, other = sorted([await make_idea(api.connection, challenge_id, title="Print both") for _ in range(2)])
        evidence = {"shared_terms": [], "passages": [{"first": "Print", "second": "Print"}], "parts": []}
        pair = {"idea_a": one, "idea_b": other, "challenge_id": challenge_id, "evidence": evidence}
        about = {"probability": 0.9 - place_in_queue / 10, "model_version": "test/1", "proposed_at": NOW}
        pairs.append(new_id())
        await insert(api.connection, "duplicate_pairs", id=pairs[-1], state="proposed", **pair, **about)
    return pairs


async def test_pairs_are_passed_over_and_decided_in_place(api: Api, browser_of: MakeBrowser) -> None:
    challenge_id, _, _, owner = await make_theme(api, browser_of)
    pairs = await make_pairs(api, challenge_id, 3)
    path = f"/challenges/{challenge_id}/duplicates"
    page = await owner.open(path)
    assert "#pair-2" in page.links
    assert page.html.count("<mark>Print</mark>") == 6
    second = next(form for form in page.forms if form.values.get("place") == "2")
    assert second.values["pair"] == str(pairs[1])
    done = await owner.send(second, verdict="dismissed")
    assert done.location == f"{path}#pair-2"
    states = await api.connection.fetch(
        "SELECT state FROM duplicate_pairs WHERE challenge_id = $1 ORDER BY probability DESC", challenge_id
    )
    assert [row["state"] for row in states] == ["proposed", "dismissed", "proposed"]
    assert (await owner.send(second, verdict="dismissed", place="x", once="new")).status == 400
