"""Ideas refined by the sentence-transformer: one by one as they come, batches behind, on the real database."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from ideation.database import Connection
from ideation.text.encoder import load_encoder
from ideation.text.transformer import load_transformer
from tests.workers.analysis_world import SETTINGS, context, make_real_challenge
from workers.clustering.pair_model import shipped_model
from workers.jobs import refining
from workers.jobs.duplicates import find_duplicates
from workers.jobs.refining import refine_ideas
from workers.jobs.themes import refresh_themes

REFINING = replace(SETTINGS, refine_ideas=True)


async def refined(connection: Connection) -> dict[UUID, int]:
    rows = await connection.fetch("SELECT idea_id, revision, encoder FROM refined_vectors")
    assert {row["encoder"] for row in rows} <= {load_transformer().name}
    return {row["idea_id"]: row["revision"] for row in rows}


async def staged(connection: Connection) -> list[str]:
    return [row["job"] for row in await connection.fetch("SELECT job FROM staged_jobs ORDER BY job")]


async def theme_encoder(connection: Connection, challenge_id: UUID) -> str:
    encoder: str = await connection.fetchval("SELECT encoder FROM theme_models WHERE challenge_id = $1", challenge_id)
    return encoder


async def test_a_new_idea_is_refined_with_its_check(connection: Connection) -> None:
    _, ideas = await make_real_challenge(connection, 6)
    await find_duplicates(context(connection, ideas[2], settings=REFINING))
    assert await refined(connection) == {ideas[2]: 1}


async def test_the_model_of_pairs_follows_the_vectors(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 6)
    await connection.execute("UPDATE ideas SET title = 'Solar roof', body = 'Put solar panels on the roof.'")
    await find_duplicates(context(connection, ideas[0], settings=REFINING))
    versions = "SELECT DISTINCT model_version FROM duplicate_pairs"
    assert [row[0] for row in await connection.fetch(versions)] == [shipped_model(load_encoder().name).version]
    await refine_ideas(context(connection, challenge_id, settings=REFINING))
    await find_duplicates(context(connection, ideas[0], settings=REFINING))
    assert [row[0] for row in await connection.fetch(versions)] == [shipped_model(load_transformer().name).version]


async def test_few_ideas_are_refined_within_the_analysis(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 8)
    await refresh_themes(context(connection, challenge_id, settings=REFINING))
    assert await refined(connection) == dict.fromkeys(ideas, 1)
    assert await theme_encoder(connection, challenge_id) == load_transformer().name
    assert await staged(connection) == []


async def test_many_ideas_are_analysed_at_once_and_refined_behind(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refining, "REFINED_AT_ONCE", 5)
    challenge_id, ideas = await make_real_challenge(connection, 12)
    await refresh_themes(context(connection, challenge_id, settings=REFINING))
    assert await refined(connection) == {}
    assert await theme_encoder(connection, challenge_id) == load_encoder().name
    assert await staged(connection) == ["refine_ideas"]
    await refine_ideas(context(connection, challenge_id, settings=REFINING))
    assert await refined(connection) == dict.fromkeys(ideas, 1)
    assert await staged(connection) == ["refine_ideas", "refresh_themes"]
    await refresh_themes(context(connection, challenge_id, settings=REFINING))
    assert await theme_encoder(connection, challenge_id) == load_transformer().name


async def test_refining_gives_others_their_turn(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refining, "REFINED_AT_ONCE", 3)
    monkeypatch.setattr(refining, "LONGEST_SECONDS", 0.0)
    challenge_id, _ = await make_real_challenge(connection, 7)
    await refine_ideas(context(connection, challenge_id, settings=REFINING))
    assert len(await refined(connection)) == 3
    assert await staged(connection) == ["refine_ideas"]


async def test_when_nothing_is_left_to_refine_the_challenge_is_not_analysed_again(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 8)
    await refresh_themes(context(connection, challenge_id, settings=REFINING))
    await refine_ideas(context(connection, challenge_id, settings=REFINING))
    assert await staged(connection) == []


async def test_an_edited_idea_is_refined_anew(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 3)
    await refine_ideas(context(connection, challenge_id, settings=REFINING))
    await connection.execute("UPDATE ideas SET title = 'Other', revision = 2 WHERE id = $1", ideas[1])
    await refine_ideas(context(connection, challenge_id, settings=REFINING))
    assert await refined(connection) == {ideas[0]: 1, ideas[1]: 2, ideas[2]: 1}


@pytest.mark.parametrize("body", ["", "🎉", "<p></p>", "\u200b", "x" * 100_000])
async def test_odd_texts_are_refined_like_the_others(connection: Connection, body: str) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 3)
    await connection.execute("UPDATE ideas SET title = '!', body = $2 WHERE id = $1", ideas[1], body)
    await refine_ideas(context(connection, challenge_id, settings=REFINING))
    assert await refined(connection) == dict.fromkeys(ideas, 1)


async def test_nothing_is_refined_where_it_is_switched_off(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 3)
    await refine_ideas(context(connection, challenge_id))
    await find_duplicates(context(connection, ideas[0]))
    assert await refined(connection) == {}
