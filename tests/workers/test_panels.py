"""Reviews that the panel's jobs ask for, on the real database."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ideation.actions import assignments, panel_rankings, review_plans
from ideation.actions.assignments_dealing import read_first_round, store_assignments
from ideation.database import Connection
from ideation.entities.assignments import DirectReviews, StartAssignment
from ideation.entities.people import Actor
from ideation.entities.review_plans import SetReviewPlan
from ideation.ids import new_id
from ideation.queries.rankings import read_inputs
from ideation.rules.panel_rankings import chances_to_settle
from tests.factories import NOW, insert, make_idea
from tests.panel_world import (
    REVIEW_CLOSES_AT,
    PanelWorld,
    add_sent_review,
    ask_for_review,
    make_ideas,
    make_panel_world,
    make_ranking,
    make_reviewer,
)
from tests.workers.panel_jobs import context, pairs, rank, told
from workers.jobs.panels import assign_reviews, direct_reviews, rank_panel


async def test_every_idea_gets_its_reviews_in_an_order_of_each_reviewers_own(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 6)
    reviewers = [await make_reviewer(connection, world.challenge_id, max_reviews=5) for _ in range(3)]
    await assign_reviews(context(connection, world))
    rows = await connection.fetch("SELECT * FROM review_assignments")
    assert sorted(row["idea_id"] for row in rows) == sorted([*ideas, *ideas])
    assert {row["due_at"] for row in rows} == {REVIEW_CLOSES_AT}
    orders = []
    for reviewer in reviewers:
        own = [row for row in rows if row["reviewer_id"] == reviewer.person_id]
        assert len(own) <= 5
        assert sorted(row["position"] for row in own) == list(range(1, len(own) + 1))
        orders.append([ideas.index(row["idea_id"]) for row in sorted(own, key=lambda row: row["position"])])
        assert await told(connection, reviewer) == [
            "There are ideas for you to review in “How could we waste less?”, please by 09 March 2026."
        ]
    assert any(order != sorted(order) for order in orders)


async def test_dealing_twice_changes_nothing_and_a_higher_number_only_fills_up(connection: Connection) -> None:
    world = await make_panel_world(connection)
    await make_ideas(connection, world.challenge_id, 4)
    for _ in range(3):
        await make_reviewer(connection, world.challenge_id)
    await assign_reviews(context(connection, world, reviews_per_idea=1))
    first = await pairs(connection)
    await assign_reviews(context(connection, world, reviews_per_idea=1))
    assert (len(first), await pairs(connection)) == (4, first)
    await assign_reviews(context(connection, world, reviews_per_idea=3))
    assert len(await pairs(connection)) == 12
    assert first < await pairs(connection)


async def test_nobody_is_asked_in_conflict_beyond_their_load_or_again_after_a_release(connection: Connection) -> None:
    world = await make_panel_world(connection, reviews_per_idea=1)
    own = await make_reviewer(connection, world.challenge_id, department="Research")
    busy = await make_reviewer(connection, world.challenge_id, max_reviews=1)
    asleep = await make_reviewer(connection, world.challenge_id, active=False)
    first, second, third = await make_ideas(connection, world.challenge_id, 3)
    await ask_for_review(connection, world, third, busy)
    await connection.execute("UPDATE review_assignments SET released_at = $1", NOW)
    await assign_reviews(context(connection, world))
    ((idea_id, reviewer_id),) = await pairs(connection)
    assert reviewer_id == busy.person_id
    assert idea_id in (first, second)
    assert not {own.person_id, asleep.person_id} & {reviewer for _, reviewer in await pairs(connection)}
    details = await connection.fetchval("SELECT details FROM audit_events WHERE action = 'panel.assigned'")
    assert details == {"reviews": 1, "without_reviewer": 2}


async def test_the_pool_is_the_top_of_the_crowds_ranking_and_the_best_of_every_other_theme(
    connection: Connection,
) -> None:
    world = await make_panel_world(connection, shortlist_size=1, reviews_per_idea=1)
    await make_reviewer(connection, world.challenge_id, max_reviews=100)
    ideas = await make_ideas(connection, world.challenge_id, 14)
    await make_ranking(connection, world.challenge_id, ideas)
    common, rare = [await make_theme(connection, world, label) for label in ("common", "rare")]
    for place, idea_id in enumerate(ideas):
        await place_idea(connection, world, idea_id, rare if place >= 12 else common)
    await assign_reviews(context(connection, world))
    assert {idea for idea, _ in await pairs(connection)} == {*ideas[:10], ideas[12]}


async def test_reviews_go_to_those_who_wrote_about_the_matter(connection: Connection) -> None:
    world = await make_panel_world(connection, reviews_per_idea=1)
    electrician = await make_reviewer(connection, world.challenge_id, max_reviews=1)
    cook = await make_reviewer(connection, world.challenge_id, max_reviews=1)
    solar = await make_idea(connection, world.challenge_id, title="Solar panels on the roof", body="Roof power")
    canteen = await make_idea(
        connection, world.challenge_id, title="Smaller canteen portions", body="Less leftover food"
    )
    for reviewer, text in ((electrician, "I wire solar panels"), (cook, "Canteen food portions are my trade")):
        comment = {"author_id": reviewer.person_id, "body": text, "created_at": NOW}
        await insert(connection, "comments", id=UUID(int=reviewer.person_id.int ^ 1), idea_id=solar, **comment)
    await assign_reviews(context(connection, world))
    assert await pairs(connection) == {(solar, electrician.person_id), (canteen, cook.person_id)}


async def test_open_reviews_that_became_a_conflict_are_released_and_go_to_somebody_else(connection: Connection) -> None:
    world = await make_panel_world(connection, reviews_per_idea=1)
    (idea_id,) = await make_ideas(connection, world.challenge_id, 1)
    partner = await make_reviewer(connection, world.challenge_id)
    await assign_reviews(context(connection, world))
    values = {"person_id": partner.person_id, "invited_by": partner.person_id, "invited_at": NOW}
    await insert(connection, "idea_authors", idea_id=idea_id, **values)
    other = await make_reviewer(connection, world.challenge_id, department="Elsewhere")
    await assign_reviews(context(connection, world))
    assert await pairs(connection) == {(idea_id, other.person_id)}


async def test_work_that_was_read_before_the_panel_changed_is_not_stored(connection: Connection) -> None:
    world = await make_panel_world(connection)
    await make_ideas(connection, world.challenge_id, 2)
    await make_reviewer(connection, world.challenge_id)
    work = await read_first_round(connection, world.challenge_id, NOW, 2)
    assert work is not None
    await make_reviewer(connection, world.challenge_id)
    assert not await store_assignments(connection, work, [(0, 0)], NOW)
    assert await pairs(connection) == set()


@pytest.mark.parametrize("stage", ["decided", "archived", "draft"])
async def test_no_reviews_are_asked_for_outside_the_time_of_the_panel(connection: Connection, stage: str) -> None:
    world = await make_panel_world(connection, stage=stage)
    await make_ideas(connection, world.challenge_id, 2)
    await make_reviewer(connection, world.challenge_id)
    await assign_reviews(context(connection, world))
    assert await pairs(connection) == set()


async def request_batch(
    connection: Connection, world: PanelWorld, batch_size: int, target: float = 0.0
) -> dict[str, Any]:
    """What the owner's request stages."""
    wanted = DirectReviews(batch_size=batch_size, target_wrong_calls=target)
    job = await assignments.direct_reviews(connection, world.owner, world.challenge_id, wanted, NOW)
    arguments: dict[str, Any] = await connection.fetchval("SELECT arguments FROM staged_jobs WHERE id = $1", job.job_id)
    return arguments


async def test_a_directed_batch_asks_where_a_review_tells_most_once(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 5)
    readers = [await make_reviewer(connection, world.challenge_id) for _ in range(2)]
    for idea_id in ideas:
        await ask_for_review(connection, world, idea_id, readers[0])
    await make_ranking(connection, world.challenge_id, ideas, summary={"expected_wrong_calls": 1.5})
    arguments = await request_batch(connection, world, 2)
    before = await pairs(connection)
    await direct_reviews(context(connection, world, **arguments))
    # P falls by .2 from 1: the second and third of .8 and .6, then .4 have the largest P(1-P).
    assert {idea for idea, _ in await pairs(connection) - before} == {ideas[2], ideas[3]}
    after = await pairs(connection)
    await direct_reviews(context(connection, world, minutes=2, **arguments))
    assert await pairs(connection) == after


async def test_a_directed_batch_is_dealt_once_whatever_else_is_dealt_in_between(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 5)
    reader = await make_reviewer(connection, world.challenge_id)
    await make_ranking(connection, world.challenge_id, ideas, summary={"expected_wrong_calls": 1.5})
    arguments = await request_batch(connection, world, 2)
    await assign_reviews(context(connection, world, minutes=2, reviews_per_idea=1))
    between = await pairs(connection)
    assert between == {(idea, reader.person_id) for idea in ideas}
    await make_reviewer(connection, world.challenge_id)
    await direct_reviews(context(connection, world, minutes=3, **arguments))
    after = await pairs(connection)
    assert {idea for idea, _ in after - between} == {ideas[2], ideas[3]}
    await connection.execute("UPDATE review_assignments SET released_at = $1 WHERE idea_id = $2", NOW, ideas[0])
    await direct_reviews(context(connection, world, minutes=4, **arguments))
    assert await pairs(connection) == {(idea, person) for idea, person in after if idea != ideas[0]}
    trail = "SELECT details FROM audit_events WHERE action = 'panel.assigned' ORDER BY id"
    assert [row["details"] for row in await connection.fetch(trail)] == [
        {"reviews": 5, "without_reviewer": 0},
        {"reviews": 2, "without_reviewer": 0, "requested_at": NOW.isoformat()},
    ]


async def test_the_next_directed_batch_is_dealt_though_it_was_asked_for_before_the_last_was_dealt(
    connection: Connection,
) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 5)
    for _ in range(2):
        await make_reviewer(connection, world.challenge_id)
    await make_ranking(connection, world.challenge_id, ideas, summary={"expected_wrong_calls": 1.5})
    arguments = await request_batch(connection, world, 1)
    second = arguments | {"requested_at": (NOW + timedelta(seconds=1)).isoformat()}
    counts = []
    for minutes, asked in enumerate((arguments, second, arguments, second), start=1):
        await direct_reviews(context(connection, world, minutes=minutes, **asked))
        counts.append(len(await pairs(connection)))
    assert counts == [1, 2, 2, 2]


async def test_a_batch_after_a_panel_ranking_asks_about_the_ideas_at_the_line(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 8)
    readers = [await make_reviewer(connection, world.challenge_id) for _ in range(3)]
    for place, idea_id in enumerate(ideas):
        for reader in readers[:2]:
            score = 5 - min(place, 4)
            await add_sent_review(connection, world, idea_id, reader, {"value": score, "effort": score})
    stored = await read_inputs(connection, await rank(connection, world))
    assert stored is not None
    chances = chances_to_settle(panel_rankings.unpack(stored.inputs))
    telling = sorted(chances, key=lambda chance: -chance.probability_top * (1 - chance.probability_top))
    before = await pairs(connection)
    arguments = await request_batch(connection, world, 2)
    await direct_reviews(context(connection, world, minutes=2, **arguments))
    assert {idea for idea, _ in await pairs(connection) - before} == {chance.idea_id for chance in telling[:2]}


async def test_no_further_batch_is_asked_for_once_the_target_is_reached(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 5)
    await make_reviewer(connection, world.challenge_id)
    await make_ranking(connection, world.challenge_id, ideas, kind="panel", summary={"expected_wrong_calls": 1.5})
    await direct_reviews(context(connection, world, **await request_batch(connection, world, 2, target=1.5)))
    assert await pairs(connection) == set()


async def two_groups(connection: Connection, world: PanelWorld) -> tuple[list[UUID], list[Actor]]:
    """Ideas 0 to 2 reviewed by two people, 3 to 5 by two others, who have no time left."""
    ideas = await make_ideas(connection, world.challenge_id, 6)
    loads = (15, 15, 3, 3)
    readers = [await make_reviewer(connection, world.challenge_id, max_reviews=most) for most in loads]
    for place, idea_id in enumerate(ideas):
        for reader in readers[:2] if place < 3 else readers[2:]:
            score = 5 - place % 3
            await add_sent_review(connection, world, idea_id, reader, {"value": score, "effort": score})
    return ideas, readers


async def test_the_next_batch_joins_reviewers_who_share_no_idea(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas, readers = await two_groups(connection, world)
    await rank(connection, world)
    apart = await panel_rankings.read_panel_ranking(connection, world.owner, world.challenge_id, NOW)
    before = await pairs(connection)
    await direct_reviews(context(connection, world, minutes=2, **await request_batch(connection, world, 2)))
    new = await pairs(connection) - before
    # Those who have time have judged the ideas of their own group already: whatever they are asked joins the two.
    assert {idea for idea, _ in new} & set(ideas[3:]) == {idea for idea, _ in new} != set()
    assert {reviewer for _, reviewer in new} <= {reader.person_id for reader in readers[:2]}
    await send_all(connection, world, {idea: 5 - place % 3 for place, idea in enumerate(ideas)})
    await rank_panel(context(connection, world, minutes=10))
    joined = await panel_rankings.read_panel_ranking(connection, world.owner, world.challenge_id, NOW)
    assert (apart.unconnected_groups, joined.unconnected_groups) == (2, 1)
    assert (len(apart.anchor_ideas), joined.anchor_ideas) == (3, [])


async def test_an_anchor_outside_the_batch_joins_them_when_no_idea_of_the_batch_can(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas, readers = await two_groups(connection, world)
    # P falls by sixths from 1: by this ranking a review tells most of idea 0, which both people with time have judged.
    await make_ranking(connection, world.challenge_id, [*ideas[3:], ideas[0], *ideas[1:3]])
    before = await pairs(connection)
    await direct_reviews(context(connection, world, **await request_batch(connection, world, 1)))
    ((idea_id, reviewer_id),) = await pairs(connection) - before
    assert idea_id in ideas[3:]
    assert reviewer_id in {reader.person_id for reader in readers[:2]}


async def set_plan(connection: Connection, world: PanelWorld, target: float, budget: int, batch_size: int) -> None:
    plan = SetReviewPlan(target_wrong_calls=target, review_budget=budget, batch_size=batch_size)
    await review_plans.set_plan(connection, world.owner, world.challenge_id, plan, NOW)


async def follow(connection: Connection, world: PanelWorld, minutes: int) -> bool:
    """Rank, and run the batch that the plan staged; whether there was one."""
    await rank_panel(context(connection, world, minutes=minutes))
    arguments = await connection.fetchval("DELETE FROM staged_jobs WHERE job = 'direct_reviews' RETURNING arguments")
    if arguments is not None:
        await direct_reviews(context(connection, world, minutes=minutes + 1, **arguments))
    return arguments is not None


async def send_all(connection: Connection, world: PanelWorld, score: dict[UUID, int]) -> None:
    """Every open review is sent, with the idea's own score on both criteria."""
    rows = await connection.fetch(
        "SELECT id, idea_id, reviewer_id FROM review_assignments WHERE id NOT IN (SELECT assignment_id FROM reviews)"
    )
    for row in rows:
        review_id = new_id()
        ids = {"assignment_id": row["id"], "idea_id": row["idea_id"], "reviewer_id": row["reviewer_id"]}
        times = {"created_at": NOW, "updated_at": NOW, "sent_at": NOW}
        await insert(connection, "reviews", id=review_id, challenge_id=world.challenge_id, **ids, **times)
        for criterion_id in world.criteria.values():
            given = {"criterion_id": criterion_id, "score": score[row["idea_id"]]}
            await insert(connection, "review_scores", review_id=review_id, **given)


async def test_a_plan_asks_for_one_review_each_then_for_batches_until_the_budget_is_spent(
    connection: Connection,
) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 6)
    for _ in range(4):
        await make_reviewer(connection, world.challenge_id)
    await set_plan(connection, world, target=0.0, budget=11, batch_size=3)
    await assign_reviews(context(connection, world))
    assert len(await pairs(connection)) == 6
    assert not await follow(connection, world, minutes=2)
    score = {idea: 1 + place % 5 for place, idea in enumerate(ideas)}
    asked = []
    for minutes in (10, 20, 30):
        await send_all(connection, world, score)
        await follow(connection, world, minutes)
        asked.append(len(await pairs(connection)))
    assert asked == [9, 11, 11]


async def test_a_plan_waits_for_open_reviews_and_stops_at_the_target(connection: Connection) -> None:
    world = await make_panel_world(connection)
    ideas = await make_ideas(connection, world.challenge_id, 6)
    for _ in range(4):
        await make_reviewer(connection, world.challenge_id)
    await assign_reviews(context(connection, world, reviews_per_idea=1))
    await set_plan(connection, world, target=0.0, budget=100, batch_size=4)
    await send_all(connection, world, {idea: 1 + place % 5 for place, idea in enumerate(ideas)})
    assert await follow(connection, world, minutes=10)
    assert not await follow(connection, world, minutes=20)
    await set_plan(connection, world, target=500.0, budget=100, batch_size=4)
    await send_all(connection, world, {idea: 1 + place % 5 for place, idea in enumerate(ideas)})
    assert not await follow(connection, world, minutes=30)


async def test_the_owners_request_stages_the_job(connection: Connection) -> None:
    world = await make_panel_world(connection)
    await make_reviewer(connection, world.challenge_id)
    wanted = StartAssignment(reviews_per_idea=None)
    started = await assignments.start_assignment(connection, world.owner, world.challenge_id, wanted, NOW)
    row = await connection.fetchrow("SELECT * FROM staged_jobs WHERE id = $1", started.job_id)
    assert row is not None
    assert (row["job"], row["subject"], row["queue"]) == ("assign_reviews", str(world.challenge_id), "analysis")
    assert row["arguments"] == {"reviews_per_idea": 2}


async def make_theme(connection: Connection, world: PanelWorld, label: str) -> UUID:
    theme_id = new_id()
    values = {"id": theme_id, "label": label, "created_at": NOW, "updated_at": NOW}
    await insert(connection, "themes", challenge_id=world.challenge_id, **values)
    return theme_id


async def place_idea(connection: Connection, world: PanelWorld, idea_id: UUID, theme_id: UUID) -> None:
    place = {"typicality": 1.0, "novelty": 0.1, "x": 0.0, "y": 0.0, "placed_at": NOW}
    await insert(
        connection, "idea_placements", idea_id=idea_id, challenge_id=world.challenge_id, theme_id=theme_id, **place
    )
