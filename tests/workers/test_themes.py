"""The analysis of a whole challenge on the real database, with real texts."""

import asyncio
import dataclasses
import math
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from ideation.database import Connection
from ideation.ids import new_id
from ideation.queries import themes as theme_queries
from ideation.rules import themes as theme_rules
from tests.factories import NOW, make_challenge, make_idea, make_person
from tests.workers.analysis_world import (
    context,
    decide,
    make_real_challenge,
    pair,
    proposed,
    real_texts,
    refresh,
    texts_of,
    theme_of,
)
from workers.jobs import themes as job
from workers.jobs.themes import refresh_themes, split_theme

ODD_TEXTS = [
    ("?", ""),
    ("🦊", "🦊🦊🦊"),
    ("x" * 200, "word " * 4000),
    ("<b>Bold</b>", "<script>alert(1)</script>" * 50),
    ("私は猫です", "名前はまだない。"),
    ("\ufeff\u200b", "\u202e backwards"),
    ("same", "same"),
    ("same", "same"),
]


async def standing(connection: Connection, challenge_id: UUID) -> dict[UUID, tuple[str, str | None]]:
    rows = await theme_queries.list_themes(connection, challenge_id)
    return {row.id: (row.label, row.name) for row in rows}


async def staged(connection: Connection) -> list[tuple[str, str]]:
    rows = await connection.fetch("SELECT job, subject FROM staged_jobs ORDER BY job")
    return [(row["job"], row["subject"]) for row in rows]


async def test_a_refresh_stores_vectors_pairs_themes_places_and_both_runs(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 60)
    await refresh(connection, challenge_id)
    assert await connection.fetchval("SELECT count(*) FROM idea_vectors WHERE challenge_id = $1", challenge_id) == 60
    places = await theme_of(connection, challenge_id)
    assert set(places) == set(ideas)
    assert {theme for theme in places.values() if theme is not None} <= set(await standing(connection, challenge_id))
    runs = await connection.fetch("SELECT kind, idea_count, error, details FROM analysis_runs ORDER BY kind")
    assert [(run["kind"], run["idea_count"], run["error"]) for run in runs] == [
        ("duplicates", 60, None),
        ("themes", 60, None),
    ]
    assert runs[0]["details"]["pairs"] == len(await proposed(connection, challenge_id)) > 0
    assert 0 < runs[0]["details"]["model"]["threshold"] < 1
    assert runs[1]["details"]["themes"] == len(await standing(connection, challenge_id)) > 1
    assert await staged(connection) == []


async def test_the_same_ideas_again_change_nothing(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 60)
    await refresh(connection, challenge_id)
    before = (await theme_of(connection, challenge_id), await standing(connection, challenge_id))
    pairs = await proposed(connection, challenge_id)
    await refresh(connection, challenge_id)
    assert (await theme_of(connection, challenge_id), await standing(connection, challenge_id)) == before
    assert await proposed(connection, challenge_id) == pairs


async def test_with_five_percent_new_ideas_themes_names_and_nearly_all_places_stay(connection: Connection) -> None:
    texts = texts_of("freshwater", "biodiversity", "coatings")[:300]
    challenge_id = await make_challenge(connection)
    author_id = await make_person(connection)
    for title, body in texts[:285]:
        await make_idea(connection, challenge_id, author_id, title=title[:200], body=body)
    await refresh(connection, challenge_id)
    before = await theme_of(connection, challenge_id)
    named = max(set(filter(None, before.values())), key=list(before.values()).count)
    await theme_queries.edit_theme(connection, named, "Our name for it", False, NOW)
    for title, body in texts[285:]:
        await make_idea(connection, challenge_id, author_id, title=title[:200], body=body)
    await refresh(connection, challenge_id)
    after = await theme_of(connection, challenge_id)
    kept = sum(after[idea] == theme for idea, theme in before.items())
    assert len(after) == len(texts)
    assert kept >= 0.95 * len(before)
    assert (await standing(connection, challenge_id))[named][1] == "Our name for it"


async def test_named_and_pinned_themes_outlive_a_search_for_a_new_number_of_themes(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 40)
    await refresh(connection, challenge_id)
    named, pinned, *_ = await standing(connection, challenge_id)
    await theme_queries.edit_theme(connection, named, "Named", False, NOW)
    await theme_queries.edit_theme(connection, pinned, None, True, NOW)
    author_id = await make_person(connection)
    for title, body in real_texts("freshwater")[:60]:
        await make_idea(connection, challenge_id, author_id, title=title[:200], body=body)
    await refresh(connection, challenge_id)
    after = await standing(connection, challenge_id)
    assert {named, pinned} <= set(after)
    assert after[named][1] == "Named"
    model = await theme_queries.find_model(connection, challenge_id)
    assert model is not None
    assert model.fitted_ideas == 100


async def test_a_pinned_theme_keeps_its_ideas_however_few_also_when_the_number_is_sought_anew(
    connection: Connection,
) -> None:
    challenge_id, _ = await make_real_challenge(connection, 40)
    await refresh(connection, challenge_id)
    places = await theme_of(connection, challenge_id)
    themed = [idea for idea, theme in places.items() if theme is not None]
    theme = await theme_queries.find_theme(connection, places[themed[0]] or new_id())
    assert theme is not None
    members = [idea for idea in themed if places[idea] == theme.id][:2]
    new = msgspec.structs.replace(theme, id=new_id(), name="Two of a kind", pinned=True)
    await theme_queries.split_theme(connection, theme, new, members, NOW)
    await refresh(connection, challenge_id)
    author_id = await make_person(connection)
    for title, body in real_texts("freshwater")[:30]:
        await make_idea(connection, challenge_id, author_id, title=title[:200], body=body)
    await refresh(connection, challenge_id)
    after = await theme_of(connection, challenge_id)
    assert [after[idea] for idea in members] == [new.id, new.id]
    assert (await standing(connection, challenge_id))[new.id][1] == "Two of a kind"


async def test_themes_that_people_joined_stay_one(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 40)
    await refresh(connection, challenge_id)
    into, ended, *_ = await standing(connection, challenge_id)
    places = await theme_of(connection, challenge_id)
    joined = [idea for idea, theme_id in places.items() if theme_id in (into, ended)]
    await theme_queries.join_themes(connection, challenge_id, [ended], into, NOW)
    await refresh(connection, challenge_id)
    after = await theme_of(connection, challenge_id)
    assert {after[idea] for idea in joined} == {into}
    assert ended not in await standing(connection, challenge_id)


async def test_verdicts_stay_and_suggestions_of_the_worker_that_no_longer_hold_go(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 60)
    await refresh(connection, challenge_id)
    pairs = sorted(await proposed(connection, challenge_id))
    dismissed, confirmed, edited = pairs[0], pairs[1], pairs[2]
    await decide(connection, dismissed, "dismissed")
    await decide(connection, confirmed, "confirmed")
    await connection.execute(
        "UPDATE ideas SET title = 'Feed the birds', body = 'In winter.', revision = 2 WHERE id = $1", edited[0]
    )
    await connection.execute("DELETE FROM idea_vectors WHERE idea_id = $1", edited[0])
    await refresh(connection, challenge_id)
    now_proposed = await proposed(connection, challenge_id)
    assert now_proposed.isdisjoint({dismissed, confirmed, edited})
    states = await connection.fetch("SELECT idea_a, idea_b, state FROM duplicate_pairs WHERE state <> 'proposed'")
    assert {((row["idea_a"], row["idea_b"]), row["state"]) for row in states} == {
        (dismissed, "dismissed"),
        (confirmed, "confirmed"),
    }
    assert len(ideas) == 60


async def test_a_persons_proposal_is_never_taken_back(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 20)
    first, second = pair(ideas[0], ideas[-1])
    await connection.execute(
        "INSERT INTO duplicate_pairs (id, idea_a, idea_b, challenge_id, probability, evidence, model_version,"
        " proposed_by, proposed_at) VALUES ($1, $2, $3, $4, 1, '{}', 'person', $5, $6)",
        new_id(),
        first,
        second,
        challenge_id,
        await make_person(connection),
        NOW,
    )
    await refresh(connection, challenge_id)
    row = await connection.fetchrow(
        "SELECT probability, model_version FROM duplicate_pairs WHERE idea_a = $1 AND idea_b = $2", first, second
    )
    assert row is not None
    assert tuple(row) == (1.0, "person")


async def test_odd_texts_spoil_nothing_for_the_others(connection: Connection) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 20)
    author_id = await make_person(connection)
    odd = [await make_idea(connection, challenge_id, author_id, title=title, body=body) for title, body in ODD_TEXTS]
    await refresh(connection, challenge_id)
    assert set(await theme_of(connection, challenge_id)) == {*ideas, *odd}
    numbers = await connection.fetch("SELECT typicality, novelty, x, y FROM idea_placements")
    assert all(math.isfinite(value) for row in numbers for value in row)
    assert pair(odd[-2], odd[-1]) in await proposed(connection, challenge_id)


@pytest.mark.parametrize("count", [0, 1, 2, 6])
async def test_small_challenges_have_a_run_too(connection: Connection, count: int) -> None:
    challenge_id, ideas = await make_real_challenge(connection, count)
    await refresh(connection, challenge_id)
    assert set(await theme_of(connection, challenge_id)) == set(ideas)
    kinds = await connection.fetch("SELECT kind, idea_count, error FROM analysis_runs ORDER BY kind")
    assert [tuple(row) for row in kinds] == [("duplicates", count, None), ("themes", count, None)]


async def test_ideas_changed_while_computing_are_left_to_the_next_run_and_the_others_are_written(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge_id, ideas = await make_real_challenge(connection, 20)
    find_themes = job.find_themes
    edits: list[Any] = []

    async def edited_meanwhile(*given: Any) -> Any:
        found = find_themes(*given)
        edits.append(await connection.execute("UPDATE ideas SET revision = 2 WHERE id = $1", ideas[0]))
        return found

    async def to_thread(function: Any, *given: Any) -> Any:
        return await edited_meanwhile(*given) if function is job.find_themes else function(*given)

    monkeypatch.setattr(asyncio, "to_thread", to_thread)
    await refresh(connection, challenge_id)
    assert edits == ["UPDATE 1"]
    assert set(await theme_of(connection, challenge_id)) == set(ideas[1:])
    assert await staged(connection) == [("refresh_themes", str(challenge_id))]


async def test_a_failure_is_recorded_and_goes_on_to_the_job(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenge_id, _ = await make_real_challenge(connection, 8)

    def broken(*_: Any) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(job, "find_themes", broken)
    with pytest.raises(RuntimeError):
        await refresh(connection, challenge_id)
    runs = await connection.fetch("SELECT kind, error FROM analysis_runs ORDER BY kind")
    assert [tuple(run) for run in runs] == [("duplicates", None), ("themes", "RuntimeError: no memory")]


async def test_novelty_falls_when_an_earlier_challenge_said_the_same(connection: Connection) -> None:
    first, _ = await make_real_challenge(connection, 20, created_at=NOW - timedelta(days=400))
    await refresh(connection, first)
    second, _ = await make_real_challenge(connection, 20)
    await refresh(connection, second)
    mean = "SELECT avg(novelty) FROM idea_placements WHERE challenge_id = $1"
    assert await connection.fetchval(mean, second) < await connection.fetchval(mean, first)


async def test_splitting_by_the_worker_makes_a_kept_theme_of_the_smaller_part(connection: Connection) -> None:
    challenge_id, _ = await make_real_challenge(connection, 40)
    await refresh(connection, challenge_id)
    places = await theme_of(connection, challenge_id)
    largest = max(set(filter(None, places.values())), key=list(places.values()).count)
    # One theme with everything in it can certainly be divided.
    await connection.execute("UPDATE idea_placements SET theme_id = $2 WHERE challenge_id = $1", challenge_id, largest)
    await split_theme(context(connection, largest))
    after = await theme_of(connection, challenge_id)
    (new,) = set(after.values()) - {largest}
    assert 0 < list(after.values()).count(new) <= 20
    row = await connection.fetchrow("SELECT pinned, retired_at FROM themes WHERE id = $1", new)
    assert row is not None
    assert tuple(row) == (True, None)
    assert await staged(connection) == [("refresh_themes", str(challenge_id))]
    await refresh(connection, challenge_id)
    assert {largest, new} <= set(await standing(connection, challenge_id))


async def test_a_large_challenge_is_left_to_the_lane_that_keeps_no_small_one_waiting(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_rules, "LARGE_FROM_IDEAS", 8)
    challenge_id, ideas = await make_real_challenge(connection, 8)
    await refresh(connection, challenge_id)
    assert await theme_of(connection, challenge_id) == {}
    rows = await connection.fetch("SELECT job, subject, queue, arguments FROM staged_jobs")
    assert [tuple(row) for row in rows] == [("refresh_themes", str(challenge_id), "large", {"large": True})]
    await refresh_themes(dataclasses.replace(context(connection, challenge_id), arguments={"large": True}))
    assert set(await theme_of(connection, challenge_id)) == set(ideas)


async def test_a_challenge_that_is_gone_needs_nothing(connection: Connection) -> None:
    await refresh_themes(context(connection, new_id()))
    await split_theme(context(connection, new_id()))
    assert await connection.fetchval("SELECT count(*) FROM analysis_runs") == 0
