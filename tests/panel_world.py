"""A challenge in review with criteria, a panel and rankings, for the tests of everything the panel does."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from ideation.database import Connection
from ideation.entities.people import ALL_SCOPES, Actor, Role
from ideation.ids import new_id
from tests.factories import NOW, insert, make_challenge, make_criterion, make_idea, make_person

CLOSED_AT = NOW - timedelta(days=1)
REVIEW_CLOSES_AT = NOW + timedelta(days=7)


class PanelWorld(msgspec.Struct, frozen=True, kw_only=True):
    """The challenge's id and its people: the owner runs it, everybody else does not."""

    challenge_id: UUID
    owner: Actor
    criteria: dict[str, UUID]


async def make_panel_world(connection: Connection, **given: object) -> PanelWorld:
    """A challenge of two criteria (value .6, effort .4) that closed yesterday and takes reviews for a week."""
    owner_id = await make_person(connection, roles=["challenge_owner"], department="Strategy")
    window = {
        "submit_opens_at": NOW - timedelta(days=20),
        "vote_opens_at": NOW - timedelta(days=20),
        "submit_closes_at": CLOSED_AT,
        "vote_closes_at": CLOSED_AT,
        "review_opens_at": CLOSED_AT,
        "review_closes_at": REVIEW_CLOSES_AT,
        "frozen_at": CLOSED_AT,
        "shortlist_size": 2,
        "reviews_per_idea": 2,
    }
    challenge_id = await make_challenge(connection, owner_id=owner_id, **(window | given))
    criteria = {
        "value": await make_criterion(connection, challenge_id, "value", 0.6, position=1),
        "effort": await make_criterion(connection, challenge_id, "effort", 0.4, position=2),
    }
    owner = as_actor(owner_id, Role.CHALLENGE_OWNER, department="Strategy")
    return PanelWorld(challenge_id=challenge_id, owner=owner, criteria=criteria)


def as_actor(person_id: UUID, *roles: Role, department: str = "Panel") -> Actor:
    """This person with a token that may do everything the roles allow."""
    return Actor(
        person_id=person_id,
        name="Somebody",
        department=department,
        site="Oslo",
        roles=frozenset(roles),
        scopes=ALL_SCOPES,
        policy_accepted=True,
    )


async def make_reviewer(connection: Connection, challenge_id: UUID, *, max_reviews: int = 15, **given: object) -> Actor:
    """A member of the panel, from a department of the panel's own."""
    values: dict[str, object] = {"roles": ["reviewer"], "department": "Panel"}
    person_id = await make_person(connection, **(values | given))
    member = {"person_id": person_id, "max_reviews": max_reviews, "added_by": person_id, "added_at": NOW}
    await insert(connection, "panel_members", challenge_id=challenge_id, **member)
    return as_actor(person_id, Role.REVIEWER)


async def ask_for_review(connection: Connection, world: PanelWorld, idea_id: UUID, reviewer: Actor) -> UUID:
    """An assignment, as the job makes it."""
    assignment_id = new_id()
    await insert(
        connection,
        "review_assignments",
        id=assignment_id,
        challenge_id=world.challenge_id,
        idea_id=idea_id,
        reviewer_id=reviewer.person_id,
        position=1,
        due_at=REVIEW_CLOSES_AT,
        assigned_at=NOW,
    )
    return assignment_id


async def add_sent_review(
    connection: Connection,
    world: PanelWorld,
    idea_id: UUID,
    reviewer: Actor,
    scores: Mapping[str, int],
    *,
    wildcard: bool = False,
) -> UUID:
    """A review that was sent, with its assignment."""
    assignment_id = await ask_for_review(connection, world, idea_id, reviewer)
    review_id = new_id()
    await insert(
        connection,
        "reviews",
        id=review_id,
        assignment_id=assignment_id,
        challenge_id=world.challenge_id,
        idea_id=idea_id,
        reviewer_id=reviewer.person_id,
        wildcard=wildcard,
        created_at=NOW,
        updated_at=NOW,
        sent_at=NOW,
    )
    for key, score in scores.items():
        await insert(connection, "review_scores", review_id=review_id, criterion_id=world.criteria[key], score=score)
    return review_id


async def make_ranking(
    connection: Connection,
    challenge_id: UUID,
    best_first: Sequence[UUID],
    *,
    kind: str = "closing",
    created_at: datetime = CLOSED_AT,
    summary: Mapping[str, Any] | None = None,
    inputs: bytes = b"",
    contributions: Mapping[str, Any] | None = None,
) -> UUID:
    """A stored ranking of these ideas with scores falling from 1 to 0 and chances likewise."""
    ranking_id = new_id()
    await insert(
        connection,
        "rankings",
        id=ranking_id,
        challenge_id=challenge_id,
        kind=kind,
        formula_version="test/1",
        shortlist_size=2,
        seed=1,
        inputs=inputs,
        inputs_sha256=str(ranking_id),
        summary=dict(summary or {"expected_wrong_calls": 1.0, "grey_zone": 1}),
        idea_count=len(best_first),
        created_at=created_at,
    )
    for place, idea_id in enumerate(best_first):
        score = 1 - place / len(best_first)
        await insert(
            connection,
            "ranking_entries",
            ranking_id=ranking_id,
            idea_id=idea_id,
            position=place + 1,
            score=score,
            score_low=score - 0.1,
            score_high=score + 0.1,
            rank_low=1,
            rank_high=len(best_first),
            probability_top=score,
            band=1,
            contributions=dict(contributions or {}),
        )
    return ranking_id


async def make_ideas(connection: Connection, challenge_id: UUID, count: int, **given: object) -> list[UUID]:
    """Submitted ideas, each by somebody else of the research department, in the order of their ids."""
    ids = [await make_idea(connection, challenge_id, None, **given) for _ in range(count)]
    return sorted(ids)
