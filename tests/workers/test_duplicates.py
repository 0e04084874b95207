"""The check of one idea on the real database, with real texts; and the model of an installation's own verdicts."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from ideation.actions.ideas import submit_idea
from ideation.actions.moderation import hide_idea, show_idea
from ideation.actions.similar import find_similar
from ideation.database import Connection
from ideation.entities.ideas_forms import NewIdea
from ideation.entities.moderation import Hiding
from ideation.entities.people import Role
from ideation.entities.similar import SimilarRequest
from ideation.ids import new_id
from ideation.queries import duplicates as queries
from ideation.queries.vectors import nearest_by_meaning
from ideation.text.encoder import load_encoder
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person
from tests.workers.analysis_world import (
    SETTINGS,
    check,
    context,
    decide,
    make_real_challenge,
    pair,
    proposed,
    real_texts,
    refresh,
    theme_of,
)
from workers.clustering.features import FEATURES
from workers.clustering.pair_model import shipped_model
from workers.jobs.duplicates import find_duplicates, fit_duplicate_model, model_in_use
from workers.jobs.themes import refresh_themes


async def staged(connection: Connection) -> list[str]:
    return [row["job"] for row in await connection.fetch("SELECT job FROM staged_jobs ORDER BY job")]


async def fresh(connection: Connection) -> list[UUID]:
    return [row[0] for row in await connection.fetch("SELECT idea_id FROM idea_vectors WHERE NOT indexed")]


async def submit(connection: Connection, challenge_id: UUID, place: int) -> UUID:
    title, body = real_texts()[place]
    author = await make_actor(connection)
    return (await submit_idea(connection, author, challenge_id, NewIdea(title=title[:200], body=body), NOW)).id


async def add_twin(connection: Connection, challenge_id: UUID, place: int) -> UUID:
    title, body = real_texts()[place]
    return await make_idea(connection, challenge_id, title=title[:200], body=body)


async def edit(connection: Connection, idea_id: UUID, title: str, body: str) -> None:
    await connection.execute(
        "UPDATE ideas SET title = $2, body = $3, revision = revision + 1 WHERE id = $1", idea_id, title, body
    )


async def test_a_new_idea_is_compared_and_placed_without_a_refresh(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 40)
    await refresh(connection, challenge_id)
    twin = await add_twin(connection, challenge_id, 3)
    before = await proposed(connection, challenge_id)
    await check(connection, twin)
    assert pair(ideas[3], twin) in await proposed(connection, challenge_id) - before
    places = await theme_of(connection, challenge_id)
    assert places[twin] == places[ideas[3]]
    runs = await connection.fetch("SELECT kind, error FROM analysis_runs WHERE details ->> 'idea_id' = $1", str(twin))
    assert [tuple(run) for run in runs] == [("duplicates", None)]


async def test_a_submitted_idea_is_found_at_once_and_indexed_by_its_check(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 12)
    await refresh(connection, challenge_id)
    submitted = await submit(connection, challenge_id, 3)
    title, body = real_texts()[3]
    reader = await make_actor(connection)
    found = await find_similar(connection, reader, challenge_id, SimilarRequest(title=title[:200], body=body), NOW)
    assert {idea.idea_id for idea in found} >= {submitted, ideas[3]}
    assert await fresh(connection) == [submitted]
    assert await staged(connection) == ["find_duplicates"]
    await check(connection, submitted)
    assert await fresh(connection) == []
    assert pair(ideas[3], submitted) in await proposed(connection, challenge_id)


async def test_an_idea_hidden_before_its_check_is_indexed_and_compared_once_it_is_shown(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 12)
    submitted = await submit(connection, challenge_id, 3)
    moderator = await make_actor(connection, roles=frozenset({Role.MODERATOR}))
    await hide_idea(connection, moderator, submitted, Hiding(reason="Look closer."), NOW)
    await check(connection, submitted)
    assert (await fresh(connection), await proposed(connection, challenge_id)) == ([], set())
    await connection.execute("DELETE FROM staged_jobs")
    await show_idea(connection, moderator, submitted, Hiding(reason="All well."), NOW)
    assert await staged(connection) == ["find_duplicates"]
    await check(connection, submitted)
    assert pair(ideas[3], submitted) in await proposed(connection, challenge_id)


async def test_fresh_twins_are_near_each_other_before_either_is_indexed(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 12)
    await refresh(connection, challenge_id)
    author = await make_actor(connection)
    new = NewIdea(title="Feed the birds", body="In winter, on the roof.")
    twins = [(await submit_idea(connection, author, challenge_id, new, NOW)).id for _ in range(2)]
    nearest = await nearest_by_meaning(connection, challenge_id, twins[0], load_encoder().name, 3)
    assert nearest[0] == twins[1]
    assert len(nearest) == 3


async def test_checking_twice_changes_nothing(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 12)
    twin = await add_twin(connection, challenge_id, 3)
    await check(connection, twin)
    pairs = await connection.fetch("SELECT * FROM duplicate_pairs ORDER BY id")
    await check(connection, twin)
    assert await connection.fetch("SELECT * FROM duplicate_pairs ORDER BY id") == pairs


async def test_an_edited_idea_loses_the_suggestions_that_no_longer_hold_but_not_the_verdicts(
    connection: Connection,
) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 12)
    twins = [await add_twin(connection, challenge_id, 3) for _ in range(2)]
    await check(connection, twins[1])
    assert {pair(ideas[3], twins[1]), pair(twins[0], twins[1])} <= await proposed(connection, challenge_id)
    await decide(connection, pair(ideas[3], twins[1]), "confirmed")
    await edit(connection, twins[1], "Feed the birds", "In winter, on the roof.")
    await check(connection, twins[1])
    assert not [found for found in await proposed(connection, challenge_id) if twins[1] in found]
    states = await connection.fetch("SELECT state FROM duplicate_pairs WHERE $1 IN (idea_a, idea_b)", twins[1])
    assert [row["state"] for row in states] == ["confirmed"]


async def test_a_dismissed_pair_never_returns(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 12)
    twin = await add_twin(connection, challenge_id, 3)
    await check(connection, twin)
    await decide(connection, pair(ideas[3], twin), "dismissed")
    for run in (check(connection, twin), check(connection, ideas[3]), refresh(connection, challenge_id)):
        await run
        assert pair(ideas[3], twin) not in await proposed(connection, challenge_id)


@pytest.mark.parametrize("given", [{"hidden_at": NOW}, {"state": "withdrawn"}, {"state": "draft"}])
async def test_an_idea_that_is_not_shown_is_neither_checked_nor_suggested(
    connection: Connection, given: dict[str, Any]
) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 12)
    title, body = real_texts()[3]
    absent = await make_idea(connection, challenge_id, title=title[:200], body=body, **given)
    await check(connection, absent)
    await check(connection, ideas[3])
    assert not [found for found in await proposed(connection, challenge_id) if absent in found]


async def test_an_idea_that_is_gone_needs_nothing(connection: Connection) -> None:
    await check(connection, new_id())
    assert await connection.fetchval("SELECT count(*) FROM analysis_runs") == 0


async def test_themes_are_due_with_the_fifth_idea_and_after_enough_changes(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 4)
    await check(connection, ideas[0])
    assert await staged(connection) == []
    await check(connection, await add_twin(connection, challenge_id, 5))
    assert await staged(connection) == ["refresh_themes"]


async def test_a_pair_is_suggested_across_the_form_but_not_for_the_form_alone(connection: Connection) -> None:
    template = "Which problem of our customers does this solve, and how do you know?\nWhat would a first test cost?"
    challenge_id = await make_challenge(connection, idea_template=template)
    author_id = await make_person(connection)
    ideas = [
        await make_idea(connection, challenge_id, author_id, title=title[:200], body=f"{template}\n{body}")
        for title, body in real_texts()[:12]
    ]
    one, other = [
        await make_idea(connection, challenge_id, author_id, title=title, body=template)
        for title in ("Solar roofs", "A choir")
    ]
    await check(connection, one)
    assert pair(one, other) not in await proposed(connection, challenge_id)
    title, body = real_texts()[3]
    twin = await make_idea(connection, challenge_id, author_id, title=title[:200], body=f"{template}\n{body}")
    await check(connection, twin)
    assert pair(ideas[3], twin) in await proposed(connection, challenge_id)


async def novelty_of(connection: Connection, idea_id: UUID) -> float:
    novelty: float = await connection.fetchval("SELECT novelty FROM idea_placements WHERE idea_id = $1", idea_id)
    return novelty


@pytest.mark.parametrize("refine", [False, True])
async def test_a_new_idea_is_less_new_when_earlier_challenges_said_it(connection: Connection, refine: bool) -> None:
    settings = msgspec.structs.replace(SETTINGS, refine_ideas=refine)
    title, body = real_texts("freshwater")[0]
    challenge_id, _ = await make_real_challenge(connection, 12)
    await refresh_themes(context(connection, challenge_id, settings=settings))
    new = await make_idea(connection, challenge_id, title=title[:200], body=body)
    await find_duplicates(context(connection, new, settings=settings))
    before = await novelty_of(connection, new)
    earlier = await make_challenge(connection, created_at=NOW - timedelta(days=400))
    for number in range(8):
        said = await make_idea(connection, earlier, title=title[:200], body=f"{body} {number}")
        await find_duplicates(context(connection, said, settings=settings))
    await find_duplicates(context(connection, new, settings=settings))
    assert await novelty_of(connection, new) < before - 0.3
    later = await make_challenge(connection, created_at=NOW + timedelta(days=400))
    await connection.execute("UPDATE ideas SET challenge_id = $1 WHERE challenge_id = $2", later, earlier)
    await connection.execute("UPDATE idea_vectors SET challenge_id = $1 WHERE challenge_id = $2", later, earlier)
    await find_duplicates(context(connection, new, settings=settings))
    assert await novelty_of(connection, new) == pytest.approx(before, abs=1e-3)


async def give_verdicts(connection: Connection, confirmed: int, dismissed: int) -> None:
    challenge_id, person_id = await make_challenge(connection), await make_person(connection)
    base = await make_idea(connection, challenge_id, person_id)
    for place in range(confirmed + dismissed):
        alike = place < confirmed
        value = (0.8 if alike else 0.2) + 0.001 * place
        parts = [{"name": name, "value": value, "contribution": 0.0} for name in FEATURES]
        evidence = {"shared_terms": [], "passages": [], "parts": parts}
        idea_id = await make_idea(connection, challenge_id, person_id)
        values = {
            "probability": 0.5,
            "evidence": evidence,
            "model_version": f"x {load_encoder().name}",
            "proposed_at": NOW,
        }
        verdict = {"state": "confirmed" if alike else "dismissed", "decided_by": person_id, "decided_at": NOW}
        first, second = pair(base, idea_id)
        ideas = {"idea_a": first, "idea_b": second, "challenge_id": challenge_id}
        await insert(connection, "duplicate_pairs", id=new_id(), **ideas, **values, **verdict)


async def test_forty_verdicts_of_either_kind_make_a_model_of_ones_own(connection: Connection) -> None:
    encoder = load_encoder().name
    await give_verdicts(connection, 40, 39)
    await fit_duplicate_model(context(connection, new_id()))
    assert await queries.newest_model(connection, encoder) is None
    assert await model_in_use(connection, encoder) == shipped_model(encoder)
    await give_verdicts(connection, 0, 1)
    await fit_duplicate_model(context(connection, new_id()))
    stored = await queries.newest_model(connection, encoder)
    assert stored is not None
    assert (stored.confirmed, stored.dismissed) == (40, 40)
    used = await model_in_use(connection, encoder)
    assert (used.version, used.verdicts, used.precision, used.recall) == (f"own/80 {encoder}", 80, 1.0, 1.0)


async def test_a_model_of_other_parts_is_not_used(connection: Connection) -> None:
    encoder = load_encoder().name
    await give_verdicts(connection, 40, 40)
    await fit_duplicate_model(context(connection, new_id()))
    await connection.execute("""UPDATE duplicate_models SET model = jsonb_set(model, '{features}', '["words"]')""")
    assert await model_in_use(connection, encoder) == shipped_model(encoder)
