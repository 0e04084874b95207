"""Vectors of an earlier version's encoder are replaced, in running and in past challenges."""

from uuid import UUID

import numpy as np
import pytest

from ideation.actions.schedule import run_entry
from ideation.database import Connection
from ideation.ids import new_id
from ideation.queries.vectors import list_without_vector
from ideation.staging import stage_job
from ideation.text.encoder import load_encoder
from tests.factories import NOW
from tests.workers.analysis_world import SETTINGS, context, make_real_challenge, refresh
from workers.jobs.encoding import encode_ideas_anew

EARLIER = "static-earlier/1"


async def make_outdated(connection: Connection, **given: object) -> tuple[UUID, list[UUID]]:
    challenge_id, ideas = await make_real_challenge(connection, 6, **given)
    await encode_ideas_anew(context(connection, challenge_id))
    wrong = np.eye(256, dtype=np.float32)[0]
    await connection.execute("UPDATE idea_vectors SET encoder = $1, vector = $2", EARLIER, wrong)
    await connection.execute("DELETE FROM staged_jobs")
    return challenge_id, ideas


async def staged(connection: Connection) -> list[tuple[str, str, str]]:
    rows = await connection.fetch("SELECT job, subject, queue FROM staged_jobs ORDER BY job, subject")
    return [tuple(row) for row in rows]


async def vectors(connection: Connection) -> dict[UUID, tuple[str, list[float]]]:
    rows = await connection.fetch("SELECT idea_id, encoder, vector FROM idea_vectors")
    return {row["idea_id"]: (row["encoder"], np.round(row["vector"], 5).tolist()) for row in rows}


async def test_challenges_with_vectors_of_another_encoder_are_encoded_anew(connection: Connection) -> None:
    outdated, _ = await make_outdated(connection)
    current, _ = await make_real_challenge(connection, 6)
    await encode_ideas_anew(context(connection, current))
    await connection.execute("DELETE FROM staged_jobs")
    await run_entry(connection, SETTINGS, "encode_outdated", NOW)
    assert await staged(connection) == [("encode_ideas", str(outdated), "large")]


async def test_encoding_that_failed_is_left_alone_for_an_hour(connection: Connection) -> None:
    outdated, _ = await make_outdated(connection)
    await stage_job(connection, "encode_ideas", outdated, NOW)
    await connection.execute("UPDATE staged_jobs SET enqueued_at = $1, failed_at = $1", NOW)
    await run_entry(connection, SETTINGS, "encode_outdated", NOW)
    assert len(await staged(connection)) == 1


@pytest.mark.parametrize("at_work", ["enqueued_at = $1", "enqueued_at = $1, started_at = $1"])
async def test_challenge_is_not_handed_over_again_while_its_encoding_waits_or_runs(
    connection: Connection, at_work: str
) -> None:
    outdated, _ = await make_outdated(connection)
    await stage_job(connection, "encode_ideas", outdated, NOW, queue="large")
    await connection.execute(f"UPDATE staged_jobs SET {at_work}", NOW)
    await run_entry(connection, SETTINGS, "encode_outdated", NOW)
    assert await staged(connection) == [("encode_ideas", str(outdated), "large")]
    await connection.execute("UPDATE staged_jobs SET started_at = $1, finished_at = $1", NOW)
    await run_entry(connection, SETTINGS, "encode_outdated", NOW)
    assert len(await staged(connection)) == 2


@pytest.mark.parametrize(("stage", "analysed"), [("published", True), ("decided", False)])
async def test_every_vector_is_replaced_and_running_challenges_are_analysed(
    connection: Connection, stage: str, analysed: bool
) -> None:
    challenge_id, ideas = await make_outdated(connection, stage=stage)
    await encode_ideas_anew(context(connection, challenge_id))
    found = await vectors(connection)
    assert set(found) == set(ideas)
    assert {encoder for encoder, _ in found.values()} == {load_encoder().name}
    assert len({tuple(vector) for _, vector in found.values()}) == len(ideas)
    assert await staged(connection) == ([("refresh_themes", str(challenge_id), "analysis")] if analysed else [])
    await connection.execute("DELETE FROM staged_jobs")
    await run_entry(connection, SETTINGS, "encode_outdated", NOW)
    assert await staged(connection) == []


async def test_an_idea_without_a_known_word_loses_its_earlier_vector(connection: Connection) -> None:
    challenge_id, ideas = await make_outdated(connection)
    await connection.execute("UPDATE ideas SET title = '😀', body = '😀😀' WHERE id = $1", ideas[0])
    await encode_ideas_anew(context(connection, challenge_id))
    assert set(await vectors(connection)) == set(ideas[1:])


async def test_themes_keep_their_ids_when_the_encoder_changes(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 12)
    await refresh(connection, challenge_id)
    await connection.execute("UPDATE theme_models SET encoder = $1", EARLIER)
    await connection.execute("UPDATE idea_vectors SET encoder = $1", EARLIER)
    before = await connection.fetch("SELECT id FROM themes WHERE challenge_id = $1 ORDER BY id", challenge_id)
    await encode_ideas_anew(context(connection, challenge_id))
    await refresh(connection, challenge_id)
    assert await connection.fetch("SELECT id FROM themes WHERE challenge_id = $1 ORDER BY id", challenge_id) == before
    assert await connection.fetchval("SELECT encoder FROM theme_models") == load_encoder().name


async def test_a_challenge_that_is_gone_is_no_error(connection: Connection) -> None:
    await encode_ideas_anew(context(connection, new_id()))
    assert await staged(connection) == []
    assert await list_without_vector(connection, new_id(), load_encoder().name, after=None, limit=5) == []
