"""Votes: what counts, who may, and that repeats and races leave one."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from ideation.actions.feed import deal
from ideation.actions.ideas_listing import list_ideas
from ideation.actions.ideas_reading import read_idea
from ideation.actions.votes import answer_card, put_vote, read_counts, remove_vote
from ideation.database import Connection, open_connection
from ideation.entities.feed import DealInput
from ideation.entities.people import Actor, Role, Scope
from ideation.entities.votes import Answer, AnswerInput, VoteCounts, Word
from ideation.errors import (
    ChallengeClosed,
    Forbidden,
    Invalid,
    MissingScope,
    NotFound,
    OwnIdea,
    PolicyNotAccepted,
)
from ideation.ids import new_id
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea

AFTER_CLOSE = NOW + timedelta(days=11)


def answer(given: Answer) -> AnswerInput:
    return AnswerInput(answer=given)


@dataclass
class Scene:
    challenge_id: UUID
    idea_id: UUID
    card_id: UUID
    actor: Actor


async def make_scene(connection: Connection, **challenge: object) -> Scene:
    challenge_id = await make_challenge(connection, **challenge)
    idea_id = await make_idea(connection, challenge_id)
    actor = await make_actor(connection)
    hand = await deal(connection, actor, challenge_id, DealInput(), NOW)
    return Scene(challenge_id=challenge_id, idea_id=idea_id, card_id=hand.cards[0].id, actor=actor)


async def tally(connection: Connection, idea_id: UUID) -> dict[str, object]:
    row = await connection.fetchrow(
        "SELECT views, yes, no, skips, supporters, stars_sum, stars_count FROM idea_tallies WHERE idea_id = $1", idea_id
    )
    assert row is not None
    return {name: value for name, value in row.items() if value}


async def test_answer_counts_once_however_often_it_is_sent(connection: Connection) -> None:
    scene = await make_scene(connection)
    first = await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)
    again = await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW + timedelta(hours=1))
    assert first == again
    assert (first.answer, first.ranks) == (Word.YES, True)
    assert await tally(connection, scene.idea_id) == {"views": 1, "yes": 1}


@pytest.mark.parametrize(("given", "counted"), [(Word.NO, {"no": 1}), (Word.SKIP, {"skips": 1})])
async def test_answer_can_be_changed_while_voting_is_open(
    connection: Connection, given: Word, counted: dict[str, int]
) -> None:
    scene = await make_scene(connection)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)
    await answer_card(connection, scene.actor, scene.card_id, answer(given), NOW)
    assert await tally(connection, scene.idea_id) == {"views": 1} | counted


async def test_answer_lifts_the_trend(connection: Connection) -> None:
    scene = await make_scene(connection)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)
    trend = await connection.fetchval("SELECT trend FROM idea_tallies WHERE idea_id = $1", scene.idea_id)
    twice = await connection.fetchval("SELECT trend_after($1, $2)", trend, NOW)
    assert twice - trend == pytest.approx(0.693147, abs=1e-6)


async def test_stars_are_summed_and_averaged(connection: Connection) -> None:
    scene = await make_scene(connection, voting_method="stars")
    await answer_card(connection, scene.actor, scene.card_id, answer(2), NOW)
    await answer_card(connection, scene.actor, scene.card_id, answer(4), NOW)
    assert await tally(connection, scene.idea_id) == {"views": 1, "stars_sum": 4, "stars_count": 1}
    counts = await read_counts(connection, scene.actor, scene.idea_id, NOW)
    assert (counts.ratings, counts.mean_stars, counts.own_answer, counts.yes) == (1, 4.0, 4, 0)


async def test_up_vote_challenge_takes_up(connection: Connection) -> None:
    scene = await make_scene(connection, voting_method="up_vote")
    given = await answer_card(connection, scene.actor, scene.card_id, answer(Word.UP), NOW)
    assert given.answer is Word.UP
    assert await tally(connection, scene.idea_id) == {"views": 1, "yes": 1}


@pytest.mark.parametrize(("method", "given"), [("yes_no", 3), ("yes_no", Word.UP), ("stars", Word.YES), ("up_vote", 1)])
async def test_answer_of_another_method_is_refused(connection: Connection, method: str, given: Answer) -> None:
    scene = await make_scene(connection, voting_method=method)
    with pytest.raises(Invalid, match="This challenge asks for"):
        await answer_card(connection, scene.actor, scene.card_id, answer(given), NOW)


async def test_card_of_another_person_is_not_found(connection: Connection) -> None:
    scene = await make_scene(connection)
    stranger = await make_actor(connection)
    with pytest.raises(NotFound):
        await answer_card(connection, stranger, scene.card_id, answer(Word.YES), NOW)
    assert await tally(connection, scene.idea_id) == {"views": 1}


async def test_answer_after_the_close_is_refused(connection: Connection) -> None:
    scene = await make_scene(connection)
    with pytest.raises(ChallengeClosed):
        await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), AFTER_CLOSE)


async def test_answer_at_the_closing_instant_is_refused(connection: Connection) -> None:
    scene = await make_scene(connection)
    closes_at = NOW + timedelta(days=10)
    with pytest.raises(ChallengeClosed):
        await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), closes_at)
    just_before = closes_at - timedelta(microseconds=1)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), just_before)


async def test_answer_before_the_opening_is_refused(connection: Connection) -> None:
    scene = await make_scene(connection)
    with pytest.raises(ChallengeClosed):
        await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW - timedelta(hours=25))


async def test_card_of_a_person_who_became_co_author_is_refused(connection: Connection) -> None:
    scene = await make_scene(connection)
    person_id = scene.actor.person_id
    author = {"idea_id": scene.idea_id, "person_id": person_id, "invited_by": person_id, "invited_at": NOW}
    await insert(connection, "idea_authors", **author, agreed_at=NOW)
    with pytest.raises(OwnIdea):
        await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)


async def test_card_of_a_hidden_idea_is_not_found(connection: Connection) -> None:
    scene = await make_scene(connection)
    await connection.execute("UPDATE ideas SET hidden_at = $1 WHERE id = $2", NOW, scene.idea_id)
    with pytest.raises(NotFound):
        await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)


async def test_voting_needs_the_policy_and_the_scope(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    idea_id = await make_idea(connection, challenge_id)
    newcomer = await make_actor(connection, policy_accepted=False)
    with pytest.raises(PolicyNotAccepted):
        await put_vote(connection, newcomer, idea_id, answer(Word.YES), NOW)
    reader = await make_actor(connection, scopes=frozenset({Scope.READ}))
    with pytest.raises(MissingScope):
        await put_vote(connection, reader, idea_id, answer(Word.YES), NOW)


async def test_link_vote_supports_and_does_not_rank(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    idea_id = await make_idea(connection, challenge_id)
    actor = await make_actor(connection)
    vote = await put_vote(connection, actor, idea_id, answer(Word.YES), NOW)
    assert vote == await put_vote(connection, actor, idea_id, answer(Word.YES), NOW)
    assert not vote.ranks
    assert await tally(connection, idea_id) == {"supporters": 1}


@pytest.mark.parametrize("given", [Word.NO, Word.SKIP])
async def test_link_vote_cannot_oppose(connection: Connection, given: Word) -> None:
    challenge_id = await make_challenge(connection)
    idea_id = await make_idea(connection, challenge_id)
    with pytest.raises(Invalid, match="only support"):
        await put_vote(connection, await make_actor(connection), idea_id, answer(given), NOW)


@pytest.mark.parametrize(("given", "counted"), [(Word.NO, {"no": 1}), (Word.SKIP, {"skips": 1})])
async def test_link_vote_after_a_card_changes_its_answer(
    connection: Connection, given: Word, counted: dict[str, int]
) -> None:
    scene = await make_scene(connection)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)
    vote = await put_vote(connection, scene.actor, scene.idea_id, answer(given), NOW)
    assert (vote.answer, vote.ranks) == (given, True)
    assert await tally(connection, scene.idea_id) == {"views": 1} | counted


async def test_removed_vote_leaves_nothing_and_repeats_change_nothing(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    idea_id = await make_idea(connection, challenge_id)
    actor = await make_actor(connection)
    await put_vote(connection, actor, idea_id, answer(Word.YES), NOW)
    await remove_vote(connection, actor, idea_id, NOW)
    await remove_vote(connection, actor, idea_id, NOW)
    assert await tally(connection, idea_id) == {}


async def test_vote_cannot_be_removed_after_the_close(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    idea_id = await make_idea(connection, challenge_id)
    actor = await make_actor(connection)
    await put_vote(connection, actor, idea_id, answer(Word.YES), NOW)
    with pytest.raises(ChallengeClosed):
        await remove_vote(connection, actor, idea_id, AFTER_CLOSE)
    assert await tally(connection, idea_id) == {"supporters": 1}


async def test_own_idea_cannot_be_supported(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    actor = await make_actor(connection)
    idea_id = await make_idea(connection, challenge_id, actor.person_id)
    with pytest.raises(OwnIdea):
        await put_vote(connection, actor, idea_id, answer(Word.YES), NOW)


async def test_author_of_a_merged_idea_cannot_vote_on_the_survivor(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    survivor_id = await make_idea(connection, challenge_id)
    actor = await make_actor(connection)
    await make_idea(connection, challenge_id, actor.person_id, canonical_id=survivor_id)
    with pytest.raises(OwnIdea):
        await put_vote(connection, actor, survivor_id, answer(Word.YES), NOW)


async def test_whoever_answered_what_was_merged_into_an_idea_sees_its_counts(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    survivor_id = await make_idea(connection, challenge_id)
    merged_id = await make_idea(connection, challenge_id)
    voter, other = await make_actor(connection), await make_actor(connection)
    await put_vote(connection, voter, merged_id, answer(Word.YES), NOW)
    await connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", merged_id, survivor_id)

    seen = await read_idea(connection, voter, survivor_id, NOW)
    listed = (await list_ideas(connection, voter, challenge_id, now=NOW, limit=5)).items
    assert [counts and counts.supporters for counts in (seen.counts, listed[0].counts)] == [1, 1]
    assert (await read_counts(connection, voter, survivor_id, NOW)).supporters == 1
    assert (listed[0].id, listed[0].answered) == (survivor_id, True)

    assert (await read_idea(connection, other, survivor_id, NOW)).counts is None
    with pytest.raises(Forbidden):
        await read_counts(connection, other, survivor_id, NOW)


async def test_answer_to_the_card_of_a_merged_idea_changes_through_the_survivor(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    merged_id = await make_idea(connection, challenge_id)
    voter = await make_actor(connection)
    (card,) = (await deal(connection, voter, challenge_id, DealInput(), NOW)).cards
    await answer_card(connection, voter, card.id, answer(Word.NO), NOW)
    survivor_id = await make_idea(connection, challenge_id)
    await connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", merged_id, survivor_id)

    for target in (survivor_id, merged_id, survivor_id):
        vote = await put_vote(connection, voter, target, answer(Word.YES), NOW)
        assert (vote.idea_id, vote.answer, vote.ranks) == (merged_id, Word.YES, True)
    counts = await read_counts(connection, voter, survivor_id, NOW)
    assert (counts.yes, counts.no, counts.supporters) == (1, 0, 0)
    with pytest.raises(ChallengeClosed):
        await put_vote(connection, voter, survivor_id, answer(Word.NO), AFTER_CLOSE)
    await connection.execute("UPDATE ideas SET canonical_id = NULL WHERE id = $1", merged_id)
    assert (await put_vote(connection, voter, survivor_id, answer(Word.YES), NOW)).idea_id == survivor_id


async def test_vote_given_to_what_was_merged_can_be_taken_back(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    survivor_id, merged_id, other_id = [await make_idea(connection, challenge_id) for _ in range(3)]
    voter, other = await make_actor(connection), await make_actor(connection)
    for actor, idea_id in ((voter, merged_id), (voter, other_id), (other, merged_id)):
        await put_vote(connection, actor, idea_id, answer(Word.YES), NOW)
    await connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", merged_id, survivor_id)

    for idea_id in (merged_id, survivor_id):
        await remove_vote(connection, voter, idea_id, NOW)
        left = await connection.fetch("SELECT idea_id, person_id FROM votes WHERE challenge_id = $1", challenge_id)
        assert {tuple(row) for row in left} == {(other_id, voter.person_id), (merged_id, other.person_id)}
    assert (await read_counts(connection, other, survivor_id, NOW)).supporters == 1


@pytest.mark.parametrize(("minutes_later", "expected"), [(None, Word.NO), (-1, Word.NO), (1, Word.YES)])
async def test_survivor_shows_the_newest_answer_given_to_it_or_to_what_was_merged_into_it(
    connection: Connection, minutes_later: int | None, expected: Word
) -> None:
    scene = await make_scene(connection)
    survivor_id = await make_idea(connection, scene.challenge_id)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.NO), NOW)
    if minutes_later is not None:
        at = NOW + timedelta(minutes=minutes_later)
        await put_vote(connection, scene.actor, survivor_id, answer(Word.YES), at)
    await connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", scene.idea_id, survivor_id)

    async def own_answers(actor: Actor) -> list[object]:
        seen = await read_idea(connection, actor, survivor_id, NOW)
        (listed,) = (await list_ideas(connection, actor, scene.challenge_id, now=NOW, limit=5)).items
        counted = await read_counts(connection, actor, survivor_id, NOW)
        return [counts and counts.own_answer for counts in (seen.counts, listed.counts, counted)]

    assert await own_answers(scene.actor) == [expected] * 3
    await connection.execute("UPDATE challenges SET counts_hidden = false WHERE id = $1", scene.challenge_id)
    assert await own_answers(await make_actor(connection)) == [None] * 3
    await remove_vote(connection, scene.actor, survivor_id, NOW)
    assert await own_answers(scene.actor) == [None] * 3


async def test_vote_on_a_merged_idea_goes_to_the_survivor(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    survivor_id = await make_idea(connection, challenge_id)
    merged_id = await make_idea(connection, challenge_id, canonical_id=survivor_id)
    vote = await put_vote(connection, await make_actor(connection), merged_id, answer(Word.YES), NOW)
    assert vote.idea_id == survivor_id


async def test_challenge_of_another_department_is_not_found(connection: Connection) -> None:
    challenge_id = await make_challenge(connection, audience_departments=["Sales"])
    idea_id = await make_idea(connection, challenge_id)
    with pytest.raises(NotFound):
        await put_vote(connection, await make_actor(connection), idea_id, answer(Word.YES), NOW)


async def test_administrator_outside_the_audience_may_not_vote(connection: Connection) -> None:
    challenge_id = await make_challenge(connection, audience_departments=["Sales"])
    idea_id = await make_idea(connection, challenge_id)
    administrator = await make_actor(connection, roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(Forbidden):
        await put_vote(connection, administrator, idea_id, answer(Word.YES), NOW)


async def test_counts_are_hidden_until_answered(connection: Connection) -> None:
    scene = await make_scene(connection)
    with pytest.raises(Forbidden):
        await read_counts(connection, scene.actor, scene.idea_id, NOW)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.NO), NOW)
    assert await read_counts(connection, scene.actor, scene.idea_id, NOW) == VoteCounts(
        idea_id=scene.idea_id,
        views=1,
        yes=0,
        no=1,
        skips=0,
        ratings=0,
        mean_stars=None,
        supporters=0,
        own_answer=Word.NO,
    )


async def test_survivor_counts_distinct_people(connection: Connection) -> None:
    scene = await make_scene(connection)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)
    twin_id = await make_idea(connection, scene.challenge_id)
    await put_vote(connection, scene.actor, twin_id, answer(Word.YES), NOW)
    await put_vote(connection, await make_actor(connection), twin_id, answer(Word.YES), NOW)
    await connection.execute("UPDATE ideas SET canonical_id = $1 WHERE id = $2", scene.idea_id, twin_id)
    counts = await read_counts(connection, scene.actor, scene.idea_id, NOW)
    assert (counts.yes, counts.supporters) == (1, 1)


async def test_reviewer_who_owes_the_review_sees_no_counts(connection: Connection) -> None:
    scene = await make_scene(connection)
    await answer_card(connection, scene.actor, scene.card_id, answer(Word.YES), NOW)
    await insert(
        connection,
        "review_assignments",
        id=new_id(),
        challenge_id=scene.challenge_id,
        idea_id=scene.idea_id,
        reviewer_id=scene.actor.person_id,
        position=1,
        assigned_at=NOW,
    )
    with pytest.raises(Forbidden):
        await read_counts(connection, scene.actor, scene.idea_id, NOW)


async def test_fifty_simultaneous_votes_of_one_person_leave_one(database_url: str) -> None:
    arranging = await open_connection(database_url)
    scene = await make_scene(arranging)
    values = [Word.YES, Word.NO, Word.SKIP]

    async def vote(number: int) -> None:
        connection = await open_connection(database_url)
        try:
            given = answer(values[number % 3])
            if number % 2:
                await answer_card(connection, scene.actor, scene.card_id, given, NOW)
            else:
                await put_vote(connection, scene.actor, scene.idea_id, answer(Word.YES), NOW)
        finally:
            await connection.close()

    await asyncio.gather(*(vote(number) for number in range(50)))
    rows = await arranging.fetch("SELECT value, impression_id FROM votes WHERE idea_id = $1", scene.idea_id)
    counted = await tally(arranging, scene.idea_id)
    await arranging.close()
    assert [row["impression_id"] for row in rows] == [scene.card_id]
    assert counted == {"views": 1, {1: "yes", 0: "no", None: "skips"}[rows[0]["value"]]: 1}
