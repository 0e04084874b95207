"""Counts of merged ideas, computed from counters and corrections, against counting every person one by one."""

import random
from datetime import timedelta
from uuid import UUID

import pytest

from ideation.database import Connection
from ideation.entities.votes import CountRow
from ideation.ids import new_id
from ideation.queries.votes import count_votes
from tests.factories import NOW, insert, make_challenge, make_idea, make_person

METHODS = {"yes_no": [0, 1, None], "stars": [1, 2, 5, None], "budget": [0, 1, 4, None], "up_vote": [1, None]}
IDEAS, PEOPLE = 6, 7


async def deal(connection: Connection, challenge_id: UUID, idea_id: UUID, person_id: UUID) -> UUID:
    card_id = new_id()
    await insert(
        connection, "impressions", id=card_id, challenge_id=challenge_id, idea_id=idea_id, person_id=person_id,
        sitting_id=new_id(), position=1, dealt_by="feed", own_department=False, dealt_at=NOW,
    )  # fmt: skip
    return card_id


async def vote_at_random(connection: Connection, challenge_id: UUID, method: str, pick: random.Random) -> list[UUID]:
    """Cards, answers to some of them, votes through links; some of the ideas merged into others. All the ideas."""
    people = [await make_person(connection) for _ in range(PEOPLE)]
    ideas: list[UUID] = []
    for _ in range(IDEAS):
        canonical_id = pick.choice([None, ideas[0], pick.choice(ideas)]) if ideas else None
        ideas.append(await make_idea(connection, challenge_id, canonical_id=canonical_id))
    for idea_id in ideas:
        for person_id in pick.sample(people, pick.randint(0, PEOPLE)):
            cards = [await deal(connection, challenge_id, idea_id, person_id) for _ in range(pick.randint(0, 2))]
            if cards and pick.random() < 0.3:
                continue
            at = NOW + timedelta(minutes=pick.randint(0, 3))
            await insert(
                connection, "votes", idea_id=idea_id, person_id=person_id, challenge_id=challenge_id,
                value=pick.choice(METHODS[method]) if cards else 1, impression_id=cards[0] if cards else None,
                created_at=at, updated_at=at,
            )  # fmt: skip
    return ideas


async def count_one_by_one(connection: Connection, idea_id: UUID) -> CountRow:
    parents = {row["id"]: row["canonical_id"] for row in await connection.fetch("SELECT id, canonical_id FROM ideas")}

    def belongs(other: UUID | None) -> bool:
        return other == idea_id or (other is not None and belongs(parents[other]))

    votes = [row for row in await connection.fetch("SELECT * FROM votes") if belongs(row["idea_id"])]
    votes.sort(key=lambda row: (row["impression_id"] is not None, row["updated_at"], -row["idea_id"].int))
    standing = {row["person_id"]: row for row in votes}.values()
    dealt = [row["value"] for row in standing if row["impression_id"] is not None]
    given = [value for value in dealt if value is not None]
    # Its own cards, as without merged ideas, and people who saw a merged one only.
    cards = [row for row in await connection.fetch("SELECT * FROM impressions") if belongs(row["idea_id"])]
    own = [row["person_id"] for row in cards if row["idea_id"] == idea_id]
    return CountRow(
        views=len(own) + len({row["person_id"] for row in cards} - set(own)),
        positive=sum(value > 0 for value in given),
        no=given.count(0),
        skips=dealt.count(None),
        supporters=sum(row["impression_id"] is None and row["value"] > 0 for row in standing),
        mean_stars=sum(given) / len(given) if given else None,
    )


@pytest.mark.parametrize("method", METHODS)
async def test_counts_of_merged_ideas_are_those_of_counting_one_by_one(connection: Connection, method: str) -> None:
    for seed in range(8):
        challenge_id = await make_challenge(connection, voting_method=method)
        ideas = await vote_at_random(connection, challenge_id, method, random.Random(seed))
        counts = await count_votes(connection, ideas)
        for idea_id in ideas:
            expected = await count_one_by_one(connection, idea_id)
            found = counts[idea_id]
            assert (found.views, found.positive, found.no, found.skips, found.supporters) == (
                expected.views, expected.positive, expected.no, expected.skips, expected.supporters,
            )  # fmt: skip
            if method == "stars":
                assert found.mean_stars == pytest.approx(expected.mean_stars)
