"""Reviews that their reviewer cannot write: somebody else is asked, by the job, once."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from ideation.actions.assignments_dealing import read_first_round, store_assignments
from ideation.actions.idea_authors import answer_invitation
from ideation.actions.merges import merge_ideas
from ideation.actions.panels import remove_panel_member
from ideation.actions.people import deactivate_person, remove_role
from ideation.actions.personal_data import erase_person
from ideation.actions.reviews import declare_conflict
from ideation.database import Connection
from ideation.entities.conflicts import DeclareConflict
from ideation.entities.idea_authors import InvitationAnswer
from ideation.entities.merges import NewMerge
from ideation.entities.people import Actor, Role
from tests.factories import NOW, insert, make_actor, make_idea, make_person
from tests.panel_world import PanelWorld, add_sent_review, as_actor, ask_for_review, make_panel_world, make_reviewer
from tests.workers.panel_jobs import SETTINGS, context, pairs, told
from workers.context import JobContext
from workers.jobs.panels import assign_reviews, replace_reviewer

MODERATOR = frozenset({Role.MODERATOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


async def declares_a_conflict(connection: Connection, idea_id: UUID, reviewer: Actor) -> None:
    assignment = await connection.fetchval(
        "SELECT id FROM review_assignments WHERE idea_id = $1 AND reviewer_id = $2", idea_id, reviewer.person_id
    )
    await declare_conflict(connection, reviewer, assignment, DeclareConflict(reason="We are married."), NOW)


async def becomes_a_co_author(connection: Connection, idea_id: UUID, reviewer: Actor) -> None:
    given = {"idea_id": idea_id, "person_id": reviewer.person_id, "invited_by": reviewer.person_id}
    await insert(connection, "idea_authors", **given, invited_at=NOW)
    await answer_invitation(connection, reviewer, idea_id, InvitationAnswer(agree=True), NOW)


async def wrote_what_is_merged_into_it(connection: Connection, idea_id: UUID, reviewer: Actor) -> None:
    challenge_id = await connection.fetchval("SELECT challenge_id FROM ideas WHERE id = $1", idea_id)
    own = await make_idea(connection, challenge_id, reviewer.person_id)
    moderator = await make_actor(connection, roles=MODERATOR)
    new = NewMerge(idea_ids=[idea_id, own], survivor_id=idea_id, reason="The same.")
    await merge_ideas(connection, moderator, challenge_id, new, NOW)


async def leaves(connection: Connection, _idea_id: UUID, reviewer: Actor) -> None:
    administrator = await make_actor(connection, roles=ADMINISTRATOR)
    await deactivate_person(connection, administrator, reviewer.person_id, NOW)


async def is_erased(connection: Connection, _idea_id: UUID, reviewer: Actor) -> None:
    await erase_person(connection, await make_actor(connection, roles=ADMINISTRATOR), reviewer.person_id, NOW)


async def loses_the_role(connection: Connection, _idea_id: UUID, reviewer: Actor) -> None:
    administrator = await make_actor(connection, roles=ADMINISTRATOR)
    await remove_role(connection, administrator, reviewer.person_id, Role.REVIEWER, NOW)


async def leaves_the_panel(connection: Connection, idea_id: UUID, reviewer: Actor) -> None:
    challenge_id = await connection.fetchval("SELECT challenge_id FROM ideas WHERE id = $1", idea_id)
    owner_id = await connection.fetchval("SELECT owner_id FROM challenges WHERE id = $1", challenge_id)
    owner = as_actor(owner_id, Role.CHALLENGE_OWNER)
    await remove_panel_member(connection, owner, challenge_id, reviewer.person_id, NOW)


HINDRANCES = [
    declares_a_conflict,
    becomes_a_co_author,
    wrote_what_is_merged_into_it,
    leaves,
    is_erased,
    loses_the_role,
    leaves_the_panel,
]


async def run_staged(connection: Connection) -> None:
    """Run the jobs that wait, each twice, as may happen to any job."""
    rows = await connection.fetch("SELECT * FROM staged_jobs WHERE job = 'replace_reviewer' ORDER BY staged_at, id")
    for row in [*rows, *rows]:
        await replace_reviewer(
            JobContext(
                connection=connection,
                settings=SETTINGS,
                subject=row["subject"],
                arguments=row["arguments"],
                now=NOW,
            )
        )


@pytest.mark.parametrize("hindered", HINDRANCES, ids=lambda hindered: hindered.__name__)
async def test_somebody_else_is_asked_for_a_review_that_its_reviewer_cannot_write(
    connection: Connection, hindered: Callable[[Connection, UUID, Actor], Awaitable[None]]
) -> None:
    world = await make_panel_world(connection)
    idea_id, other = [await make_idea(connection, world.challenge_id) for _ in range(2)]
    first, second, third = [
        await make_reviewer(connection, world.challenge_id, department=name) for name in ("Legal", "Finance", "Sales")
    ]
    await ask_for_review(connection, world, idea_id, first)
    await ask_for_review(connection, world, idea_id, second)
    await add_sent_review(connection, world, other, first, {"value": 4, "effort": 3})

    await hindered(connection, idea_id, first)
    assert await pairs(connection) == {(idea_id, second.person_id), (other, first.person_id)}
    await run_staged(connection)

    assert await pairs(connection) == {
        (idea_id, second.person_id),
        (idea_id, third.person_id),
        (other, first.person_id),
    }
    assert [len(await told(connection, reviewer)) for reviewer in (second, third)] == [0, 1]


async def test_whoever_becomes_an_author_while_reviews_are_dealt_is_replaced(connection: Connection) -> None:
    world = await make_panel_world(connection)
    idea_id = await make_idea(connection, world.challenge_id)
    reviewers = [await make_reviewer(connection, world.challenge_id, department=name) for name in ("Legal", "Sales")]
    work = await read_first_round(connection, world.challenge_id, NOW, 1)
    assert work is not None
    author = work.panel[0].person_id
    given = {"idea_id": idea_id, "person_id": author, "invited_by": author}
    await insert(connection, "idea_authors", **given, invited_at=NOW, agreed_at=NOW)
    assert await store_assignments(connection, work, [(0, 0)], NOW)
    assert await pairs(connection) == set()
    await run_staged(connection)
    assert await pairs(connection) == {(idea_id, one.person_id) for one in reviewers if one.person_id != author}


# What happens past these actions, in the database alone, or before they freed anything.
CHANGES = {
    "role": "UPDATE people SET roles = '{}' WHERE id = $1",
    "access": "UPDATE people SET active = false WHERE id = $1",
    "panel": "DELETE FROM panel_members WHERE person_id = $1",
    "department": "UPDATE people SET department = 'Research' WHERE id = $1",
    "manager": "UPDATE people SET manager_id = $2 WHERE id = $1",
    "report": "UPDATE people SET manager_id = $1 WHERE id = $2",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_the_next_dealing_frees_whoever_may_no_longer_review(connection: Connection, change: str) -> None:
    world, idea_id, (first, second) = await _asked(connection, asked=1, free=1, reviews_per_idea=1)
    sent = await make_idea(connection, world.challenge_id, await make_person(connection, department="Sales"))
    await add_sent_review(connection, world, sent, first, {"value": 4, "effort": 3})
    await assign_reviews(context(connection, world))
    assert await pairs(connection) == {(idea_id, first.person_id), (sent, first.person_id)}
    author_id = await connection.fetchval("SELECT author_id FROM ideas WHERE id = $1", idea_id)
    people = [first.person_id, author_id]
    await connection.execute(CHANGES[change], *people[: 1 + ("$2" in CHANGES[change])])
    await assign_reviews(context(connection, world))
    await run_staged(connection)
    assert await pairs(connection) == {(idea_id, second.person_id), (sent, first.person_id)}


async def test_two_who_cannot_are_both_replaced_and_nobody_is_asked_for_more(connection: Connection) -> None:
    _, idea_id, reviewers = await _asked(connection, asked=2, free=3)
    for reviewer in reviewers[:2]:
        await declares_a_conflict(connection, idea_id, reviewer)
    await run_staged(connection)
    standing = await pairs(connection)
    assert (len(standing), standing & {(idea_id, reviewer.person_id) for reviewer in reviewers[:2]}) == (2, set())


async def test_where_nobody_is_free_the_trail_says_that_a_review_is_missing(connection: Connection) -> None:
    _, idea_id, reviewers = await _asked(connection, asked=1, free=0)
    await declares_a_conflict(connection, idea_id, reviewers[0])
    await make_person(connection)
    await run_staged(connection)
    assert await pairs(connection) == set()
    details = await connection.fetchval("SELECT details FROM audit_events WHERE action = 'panel.assigned' LIMIT 1")
    assert details == {"reviews": 0, "without_reviewer": 1}


async def test_after_the_time_for_reviews_nobody_is_asked(connection: Connection) -> None:
    world, idea_id, reviewers = await _asked(connection, asked=1, free=1)
    await declares_a_conflict(connection, idea_id, reviewers[0])
    await connection.execute("UPDATE challenges SET review_closes_at = $2 WHERE id = $1", world.challenge_id, NOW)
    await run_staged(connection)
    assert await pairs(connection) == set()


NO_LONGER_REVIEWED = {
    "selected": "UPDATE ideas SET state = 'selected' WHERE id = $1",
    "withdrawn": "UPDATE ideas SET state = 'withdrawn' WHERE id = $1",
    "hidden": "UPDATE ideas SET hidden_at = now() WHERE id = $1",
    "merged": "UPDATE ideas SET canonical_id = $2 WHERE id = $1",
}


@pytest.mark.parametrize("change", NO_LONGER_REVIEWED)
async def test_for_an_idea_that_waits_for_no_decision_nobody_is_asked_and_nobody_is_missing(
    connection: Connection, change: str
) -> None:
    world, idea_id, reviewers = await _asked(connection, asked=1, free=1)
    survivor = await make_idea(connection, world.challenge_id)
    await declares_a_conflict(connection, idea_id, reviewers[0])
    statement = NO_LONGER_REVIEWED[change]
    await connection.execute(statement, *[idea_id, survivor][: 1 + ("$2" in statement)])
    await run_staged(connection)
    assert await pairs(connection) == set()
    dealt = "SELECT count(*) FROM audit_events WHERE action = 'panel.assigned' AND challenge_id = $1"
    assert await connection.fetchval(dealt, world.challenge_id) == 0


async def _asked(
    connection: Connection, *, asked: int, free: int, **given: object
) -> tuple[PanelWorld, UUID, list[Actor]]:
    world = await make_panel_world(connection, **given)
    idea_id = await make_idea(connection, world.challenge_id)
    reviewers = [await make_reviewer(connection, world.challenge_id) for _ in range(asked + free)]
    for reviewer in reviewers[:asked]:
        await ask_for_review(connection, world, idea_id, reviewer)
    return world, idea_id, reviewers
