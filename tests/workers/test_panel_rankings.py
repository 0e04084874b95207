"""The panel's ranking and its results, by the jobs, on the real database."""

import msgspec
import pytest

from ideation.actions import panel_rankings
from ideation.database import Connection
from ideation.queries import panel_rankings as ranking_queries
from ideation.queries.rankings import list_stored
from tests.factories import NOW, insert, make_idea
from tests.panel_world import (
    add_sent_review,
    make_ideas,
    make_panel_world,
    make_ranking,
    make_reviewer,
)
from tests.workers.panel_jobs import context, rank
from workers.jobs.panels import publish_results, rank_panel


async def test_the_panel_ranking_is_a_snapshot_that_recomputes_to_the_last_digit(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 8)
    crowd = await make_ranking(connection, world.challenge_id, ideas[:6])
    reviewers = [await make_reviewer(connection, world.challenge_id) for _ in range(3)]
    for place, idea_id in enumerate(ideas[:5]):
        for number, reviewer in enumerate(reviewers):
            scores = {"value": 1 + (place + number) % 5, "effort": 5 - place}
            await add_sent_review(connection, world, idea_id, reviewer, scores)
    ranking_id = await rank(connection, world)
    assert await panel_rankings.recompute(connection, ranking_id)
    assert await rank(connection, world, minutes=2) == ranking_id
    entries = await list_stored(connection, ranking_id)
    assert sorted(entry.idea_id for entry in entries) == ideas
    assert [entry.position for entry in entries] == list(range(1, 9))
    assert sum(entry.probability_top for entry in entries) == pytest.approx(2)
    for entry in entries:
        parts = entry.contributions
        assert parts["base"] + parts["crowd"] + parts["reviews"] + parts["severity"] == pytest.approx(entry.score)
        assert parts["review_count"] == (3 if entry.idea_id in ideas[:5] else 0)
    head = await ranking_queries.latest(connection, world.challenge_id)
    assert head is not None
    assert (head.summary["review_count"], head.summary["crowd_ranking_id"]) == (15, str(crowd))
    assert "severity" not in msgspec.json.encode(head.summary).decode()


async def test_a_further_review_makes_a_further_point_of_the_curve(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 3)
    first, second = [await make_reviewer(connection, world.challenge_id) for _ in range(2)]
    await rank_panel(context(connection, world))
    assert await connection.fetchval("SELECT count(*) FROM rankings") == 0
    await add_sent_review(connection, world, ideas[0], first, {"value": 5, "effort": 5})
    before = await rank(connection, world)
    await add_sent_review(connection, world, ideas[1], second, {"value": 1, "effort": 2})
    after = await rank(connection, world, minutes=2)
    assert before != after
    out = await panel_rankings.read_panel_ranking(connection, world.owner, world.challenge_id, NOW)
    assert (out.id, [point.reviews for point in out.curve], out.unconnected_groups) == (after, [1, 2], 2)


async def test_wildcards_disagreement_and_scales_of_any_length_reach_the_panel(connection: Connection) -> None:
    world = await make_panel_world(connection, shortlist_size=1)
    await connection.execute("UPDATE criteria SET scale_max = 9 WHERE key = 'effort'")
    ideas = await make_ideas(connection, world.challenge_id, 4)
    reviewers = [await make_reviewer(connection, world.challenge_id) for _ in range(3)]
    for reviewer, value in zip(reviewers, (1, 5, 5), strict=True):
        await add_sent_review(connection, world, ideas[0], reviewer, {"value": value, "effort": 9 if value == 5 else 1})
        await add_sent_review(connection, world, ideas[1], reviewer, {"value": 5, "effort": 9})
    await add_sent_review(connection, world, ideas[2], reviewers[0], {"value": 1, "effort": 1}, wildcard=True)
    await rank(connection, world)
    out = await panel_rankings.read_panel_ranking(connection, world.owner, world.challenge_id, NOW)
    assert [(one.idea_id, one.why) for one in out.always_see] == [
        (ideas[2], "a reviewer's wildcard"),
        (ideas[0], "the reviewers disagree"),
    ]
    entries = {entry.idea_id: entry for entry in await list_stored(connection, out.id)}
    assert entries[ideas[0]].contributions["disagreement"] == "reviewers disagree on Value: 1 against 5"
    assert entries[ideas[1]].contributions["raw_mean"] == 5
    assert entries[ideas[1]].position == 1


async def test_reviews_of_a_merged_idea_count_for_its_survivor(connection: Connection) -> None:
    world = await make_panel_world(connection)
    survivor, twin = await make_ideas(connection, world.challenge_id, 2)
    reviewer = await make_reviewer(connection, world.challenge_id)
    await add_sent_review(connection, world, twin, reviewer, {"value": 4, "effort": 4})
    await connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", twin, survivor)
    ranking_id = await rank(connection, world)
    (entry,) = await list_stored(connection, ranking_id)
    assert (entry.idea_id, entry.contributions["review_count"]) == (survivor, 1)


@pytest.mark.parametrize("by", ["agreeing", "a merge"])
async def test_review_of_somebody_who_became_an_author_no_longer_counts(connection: Connection, by: str) -> None:
    world = await make_panel_world(connection)
    (idea,) = await make_ideas(connection, world.challenge_id, 1)
    author, other = [await make_reviewer(connection, world.challenge_id) for _ in range(2)]
    for reviewer, value in ((author, 5), (other, 2)):
        await add_sent_review(connection, world, idea, reviewer, {"value": value, "effort": value})
    if by == "agreeing":
        person = {"person_id": author.person_id, "invited_by": author.person_id}
        await insert(connection, "idea_authors", idea_id=idea, **person, invited_at=NOW, agreed_at=NOW)
    else:
        await make_idea(connection, world.challenge_id, author.person_id, canonical_id=idea)
    (entry,) = await list_stored(connection, await rank(connection, world))
    assert (entry.idea_id, entry.contributions["review_count"]) == (idea, 1)


async def test_results_are_announced_once_to_authors_and_voters(connection: Connection) -> None:
    world = await make_panel_world(connection, stage="decided", decided_at=NOW)
    author, voter = [(await make_reviewer(connection, world.challenge_id)).person_id for _ in range(2)]
    idea_id = await make_idea(connection, world.challenge_id, author)
    vote = {"person_id": voter, "challenge_id": world.challenge_id, "value": 1, "created_at": NOW, "updated_at": NOW}
    await insert(connection, "votes", idea_id=idea_id, **vote)
    await publish_results(context(connection, world))
    await publish_results(context(connection, world, minutes=2))
    rows = await connection.fetch("SELECT person_id, message FROM notifications")
    assert {row["person_id"] for row in rows} == {author, voter}
    assert [row["message"] for row in rows] == ["The results of “How could we waste less?” are out."] * 2
