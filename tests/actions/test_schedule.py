"""What the schedule starts, and what it sweeps."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from ideation.actions.schedule import ENTRIES, run_entry
from ideation.database import Connection
from ideation.entities.jobs import AnalysisKind
from ideation.ids import new_id
from ideation.queries import jobs as job_queries
from ideation.staging import stage_job
from tests.actions.test_closing import make_settings
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person

SETTINGS = make_settings("postgresql://unused")


async def staged(connection: Connection) -> list[tuple[str, UUID]]:
    rows = await connection.fetch("SELECT job, subject FROM staged_jobs ORDER BY job, subject")
    return [(row["job"], UUID(row["subject"])) for row in rows]


async def run(connection: Connection, name: str) -> None:
    await run_entry(connection, SETTINGS, name, NOW)


async def make_run(connection: Connection, challenge_id: UUID, kind: AnalysisKind, hours_ago: int) -> None:
    at = NOW - timedelta(hours=hours_ago)
    run_id = await job_queries.start_analysis(connection, challenge_id, kind, at)
    await job_queries.finish_analysis(connection, run_id, at, idea_count=1, details={})


async def make_support(connection: Connection, challenge_id: UUID, hours_ago: int) -> None:
    at = NOW - timedelta(hours=hours_ago)
    voter = await make_actor(connection)
    idea_id = await make_idea(connection, challenge_id, submitted_at=NOW - timedelta(hours=9))
    times = {"created_at": at, "updated_at": at}
    vote = {"idea_id": idea_id, "person_id": voter.person_id, "challenge_id": challenge_id, "value": 1}
    await insert(connection, "votes", **vote, **times)


async def test_every_entry_runs_on_an_empty_database_and_says_so(connection: Connection) -> None:
    for name in ENTRIES:
        await run(connection, name)
    rows = await connection.fetch("SELECT name FROM schedule_runs WHERE last_succeeded_at = $1", NOW)
    assert {row["name"] for row in rows} == set(ENTRIES)


async def test_entry_that_fails_is_recorded_as_started_only(connection: Connection) -> None:
    with pytest.raises(KeyError):
        await run(connection, "nonsense")
    row = await connection.fetchrow("SELECT last_started_at, last_succeeded_at FROM schedule_runs")
    assert row is not None
    assert tuple(row) == (NOW, None)


async def test_due_challenges_are_opened_and_closed(connection: Connection) -> None:
    await make_challenge(connection, stage="draft")
    due_to_open = await make_challenge(connection)
    past = {"submit_closes_at": NOW, "vote_closes_at": NOW}
    due_to_close = await make_challenge(connection, opened_at=NOW, **past)
    await make_challenge(connection, opened_at=NOW, frozen_at=NOW, **past)
    await run(connection, "open_challenges")
    await run(connection, "close_challenges")
    assert await staged(connection) == [("close_challenge", due_to_close), ("open_challenge", due_to_open)]


async def test_only_changed_challenges_are_ranked_again(connection: Connection) -> None:
    never = await make_challenge(connection)
    changed, unchanged = await make_challenge(connection), await make_challenge(connection)
    for challenge_id, ranked_hours_ago in ((changed, 2), (unchanged, 0)):
        await make_run(connection, challenge_id, AnalysisKind.RANKING, ranked_hours_ago)
        await make_support(connection, challenge_id, hours_ago=1)
    await make_challenge(connection, stage="decided")
    await run(connection, "rank_changed")
    assert await staged(connection) == sorted(("rank_challenge", one) for one in (never, changed))


@pytest.mark.parametrize(("minutes_ago", "ranked_again"), [(39, False), (40, True)])
async def test_running_challenge_is_ranked_for_a_quarter_of_the_time(
    connection: Connection, minutes_ago: int, *, ranked_again: bool
) -> None:
    challenge_id = await make_challenge(connection)
    began_at = NOW - timedelta(minutes=minutes_ago)
    run_id = await job_queries.start_analysis(connection, challenge_id, AnalysisKind.RANKING, began_at)
    ended_at = began_at + timedelta(minutes=10)
    await job_queries.finish_analysis(connection, run_id, ended_at, idea_count=1, details={})
    await make_support(connection, challenge_id, hours_ago=0)
    await run(connection, "rank_changed")
    assert await staged(connection) == ([("rank_challenge", challenge_id)] if ranked_again else [])


async def test_merged_and_hidden_ideas_make_a_new_ranking(connection: Connection) -> None:
    merged, hidden = await make_challenge(connection), await make_challenge(connection)
    for challenge_id in (merged, hidden):
        await make_run(connection, challenge_id, AnalysisKind.RANKING, 1)
    earlier = NOW - timedelta(hours=9)
    await make_idea(connection, hidden, submitted_at=earlier, hidden_at=NOW)
    author = await make_person(connection)
    one, other = [await make_idea(connection, merged, author, submitted_at=earlier) for _ in range(2)]
    merge = {"id": new_id(), "idea_id": one, "canonical_id": other, "merged_by": author}
    await insert(connection, "merges", **merge, merged_at=NOW)
    await run(connection, "rank_changed")
    assert await staged(connection) == sorted(("rank_challenge", one) for one in (merged, hidden))


async def test_frozen_challenge_is_ranked_until_its_closing_ranking_exists(connection: Connection) -> None:
    frozen = await make_challenge(connection, frozen_at=NOW - timedelta(hours=1))
    ranked = await make_challenge(connection, frozen_at=NOW - timedelta(hours=1))
    await make_run(connection, frozen, AnalysisKind.RANKING, 2)
    await make_run(connection, ranked, AnalysisKind.RANKING, 0)
    await run(connection, "rank_changed")
    assert await staged(connection) == [("rank_challenge", frozen)]


async def test_failed_ranking_is_left_alone_for_an_hour(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    await stage_job(connection, "rank_challenge", challenge_id, NOW)
    await connection.execute("UPDATE staged_jobs SET enqueued_at = $1, failed_at = $1", NOW)
    await run(connection, "rank_changed")
    assert len(await staged(connection)) == 1


async def test_only_changed_challenges_are_clustered_again(connection: Connection) -> None:
    await make_challenge(connection)
    new, done = await make_challenge(connection), await make_challenge(connection)
    await make_idea(connection, new)
    await make_idea(connection, done, updated_at=NOW - timedelta(hours=1))
    await make_run(connection, done, AnalysisKind.THEMES, 0)
    await run(connection, "recluster_changed")
    assert await staged(connection) == [("refresh_themes", new)]


async def test_one_new_idea_among_many_waits_for_a_quiet_quarter_of_an_hour(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    for minutes in (5, *[60] * 24):
        await make_idea(connection, challenge_id, updated_at=NOW - timedelta(minutes=minutes))
    await make_run(connection, challenge_id, AnalysisKind.THEMES, 0)
    at = NOW - timedelta(minutes=10)
    await connection.execute("UPDATE analysis_runs SET idea_count = 24, started_at = $1, finished_at = $1", at)
    await run(connection, "recluster_changed")
    assert await staged(connection) == []
    await run_entry(connection, SETTINGS, "recluster_changed", NOW + timedelta(minutes=5))
    assert await staged(connection) == [("refresh_themes", challenge_id)]


async def test_reviewers_are_reminded_once_for_each_due_date(connection: Connection) -> None:
    challenge_id = await make_challenge(connection, question="Why?")
    reviewer = await make_person(connection, roles=["reviewer"])
    for position, days in ((1, 2), (2, 2), (3, 20)):
        idea_id = await make_idea(connection, challenge_id)
        ids = {"id": new_id(), "challenge_id": challenge_id, "idea_id": idea_id, "reviewer_id": reviewer}
        due_at = NOW + timedelta(days=days)
        await insert(connection, "review_assignments", **ids, position=position, due_at=due_at, assigned_at=NOW)
    await run(connection, "remind")
    await run(connection, "remind")
    rows = await connection.fetch("SELECT person_id, message FROM notifications")
    assert [tuple(row) for row in rows] == [(reviewer, "2 of your reviews for “Why?” are due on 2026-03-04.")]


async def test_owners_are_reminded_before_the_promised_day_and_after_it(connection: Connection) -> None:
    challenge_id = await make_challenge(connection, question="Why?", answer_by=NOW + timedelta(days=1))
    await make_idea(connection, challenge_id)
    await run(connection, "remind")
    await run(connection, "remind")
    await run_entry(connection, SETTINGS, "remind", NOW + timedelta(days=2))
    rows = await connection.fetch("SELECT message FROM notifications ORDER BY created_at")
    assert [row["message"] for row in rows] == [
        "1 idea of “Why?” waits for an answer; you promised it by 2026-03-03.",
        "1 idea of “Why?” waits for an answer; you promised it by 2026-03-03.",
    ]


async def test_sweep_removes_what_is_over_and_nothing_else(connection: Connection) -> None:
    person_id = await make_person(connection)
    for days in (1, 15):
        await stage_job(connection, "note", str(days), NOW)
        at = NOW - timedelta(days=days)
        await connection.execute(
            "UPDATE staged_jobs SET enqueued_at = $2, finished_at = $2 WHERE subject = $1", str(days), at
        )
        session = {"id": new_id(), "person_id": person_id, "token_hash": new_id().bytes * 2, "csrf_token": "x"}
        ended = NOW - timedelta(days=30 * days)
        await insert(connection, "sessions", **session, created_at=ended, expires_at=ended)
        key = {"person_id": person_id, "key": str(days), "request_sha256": "x"}
        await insert(connection, "idempotency_keys", **key, created_at=at + timedelta(hours=1))
    await run(connection, "sweep")
    assert [row["subject"] for row in await connection.fetch("SELECT subject FROM staged_jobs")] == ["1"]
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 1
    assert [row["key"] for row in await connection.fetch("SELECT key FROM idempotency_keys")] == ["1"]


async def test_sweep_keeps_the_last_interim_rankings_and_all_others(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    for number in range(23):
        kind = "closing" if number == 0 else "interim"
        ranking = {"id": new_id(), "challenge_id": challenge_id, "kind": kind, "formula_version": "x"}
        sizes = {"shortlist_size": 1, "seed": 1, "inputs": b"", "inputs_sha256": str(number), "idea_count": 0}
        await insert(connection, "rankings", **ranking, **sizes, created_at=NOW - timedelta(hours=50 - number))
    await run(connection, "sweep")
    rows = await connection.fetch("SELECT inputs_sha256 FROM rankings ORDER BY created_at")
    assert [row["inputs_sha256"] for row in rows] == ["0", *(str(number) for number in range(3, 23))]


async def test_sweep_that_keeps_as_long_as_settings_allow_forgets_nothing(connection: Connection) -> None:
    await stage_job(connection, "note", "old", NOW)
    await connection.execute("UPDATE staged_jobs SET finished_at = $1", NOW - timedelta(days=36_500))
    longest = msgspec.structs.replace(SETTINGS, job_retention_days=100_000, retention_days=100_000)
    await run_entry(connection, longest, "sweep", NOW)
    assert await connection.fetchval("SELECT count(*) FROM staged_jobs WHERE job = 'note'") == 1
