"""The crowd's ranking: what counts, why, and the same digits again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec
import numpy as np
import pytest

from ideation.actions.rankings import list_entries, list_rankings, read_latest
from ideation.actions.rankings_making import gather, pack, recompute, store
from ideation.database import Connection, open_connection
from ideation.entities.challenges import VotingMethod
from ideation.entities.people import Actor, Role
from ideation.entities.rankings import CrowdInputs, RankingKind
from ideation.errors import Forbidden, NotFound
from ideation.ids import new_id
from ideation.queries.challenges import find_challenge
from ideation.queries.columns import copy_columns
from ideation.rules.crowd_scores import compute
from tests.factories import NOW, insert, make_actor, make_challenge, make_idea, make_person


@pytest.fixture
async def committing(database_url: str) -> AsyncIterator[Connection]:
    """A connection without a transaction: reading at one instant needs to begin its own."""
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


def make_inputs(
    yes: list[list[int]], *, method: VotingMethod = VotingMethod.YES_NO, supporters: list[int] | None = None
) -> CrowdInputs:
    """`yes[idea][person]`: the answer of everybody to every idea, each person beginning at another; -1 is a skip."""
    answers = np.array(yes, dtype=np.int8).reshape(len(yes), len(yes[0]) if yes else 0)
    idea, person = np.indices(answers.shape).reshape(2, -1).astype("<i4")
    zeros = np.zeros(answers.size, dtype="<i4")
    return CrowdInputs(
        challenge_id=new_id(),
        kind=RankingKind.CLOSING,
        frozen_at=NOW,
        voting_method=method,
        token_budget=100,
        shortlist_size=1,
        seed=7,
        draws=500,
        ideas=[new_id() for _ in yes],
        supporters=supporters or [0] * len(yes),
        novelty=[None] * len(yes),
        person_count=answers.shape[1],
        department_count=1 if answers.size else 0,
        idea=idea.tobytes(),
        person=person.tobytes(),
        department=zeros.tobytes(),
        position=((idea + person) % max(len(yes), 1) + 1).astype("<i4").tobytes(),
        shown_count=zeros.tobytes(),
        own_department=zeros.astype(np.int8).tobytes(),
        value=answers.tobytes(),
        against=((idea + 1) % max(len(yes), 1)).astype("<i4").tobytes() if method is VotingMethod.PAIRWISE else b"",
    )


def ordered(inputs: CrowdInputs) -> list[int]:
    return [inputs.ideas.index(entry.idea_id) for entry in compute(inputs).entries]


@pytest.mark.parametrize("people", [4, 40])
def test_liked_idea_ranks_first_in_both_models(people: int) -> None:
    inputs = make_inputs([[0] * people, [1] * people, [1, 0] * (people // 2)])
    assert ordered(inputs) == [1, 2, 0]
    first = compute(inputs).entries[0]
    assert 0 <= first.score_low <= first.score <= first.score_high <= 1


@pytest.mark.parametrize("people", [4, 40])
@pytest.mark.parametrize("method", list(VotingMethod))
def test_contributions_add_up_to_the_score(people: int, method: VotingMethod) -> None:
    random = np.random.default_rng(3)
    values = random.integers(-1, 6 if method is VotingMethod.STARS else 2, size=(5, people))
    for entry in compute(make_inputs(values.tolist(), method=method)).entries:
        assert sum(entry.contributions["parts"].values()) == pytest.approx(entry.score, abs=1e-9)


def test_scores_fall_with_the_position() -> None:
    random = np.random.default_rng(5)
    chances = np.linspace(0.1, 0.9, 30)[:, None]
    entries = compute(make_inputs((random.random((30, 25)) < chances).astype(int).tolist())).entries
    assert [entry.score for entry in entries] == sorted((entry.score for entry in entries), reverse=True)
    assert sum(entry.probability_top for entry in entries) == pytest.approx(1.0)
    assert [entry.position for entry in entries] == list(range(1, 31))


def test_reasons_say_the_counts_and_who_does_not_rank() -> None:
    inputs = make_inputs([[1, 1, 0, -1], [0, 0, 0, 0]], supporters=[15, 0])
    told = {entry.idea_id: entry.contributions for entry in compute(inputs).entries}
    first = told[inputs.ideas[0]]
    assert first["counts"] == {"answers": 4, "yes": 2, "skips": 1, "supporters": 15, "mean_place": 1.5}
    assert first["reasons"][0] == "2 of 4 people it was dealt to said yes."
    assert first["reasons"][-1] == "15 people support it through its link; that is shown and does not rank."


@pytest.mark.parametrize("method", list(VotingMethod))
def test_every_idea_says_what_would_change_its_place(method: VotingMethod) -> None:
    random = np.random.default_rng(4)
    inputs = make_inputs(random.integers(0, 2, size=(6, 20)).tolist(), method=method)
    entries = compute(inputs).entries
    sides: dict[str, list[int]] = {"onto": [], "off": []}
    for entry in entries:
        text = entry.contributions["what_would_change"]
        sides["off" if text.endswith("take it off the shortlist.") else "onto"].append(entry.position)
        assert isinstance(entry.contributions["grey_zone"], bool)
    assert (sides["off"], sides["onto"]) == ([1], [2, 3, 4, 5, 6])


def test_nothing_would_change_when_everything_fits_on_the_shortlist() -> None:
    told = [entry.contributions for entry in compute(make_inputs([[1, 0, 1, 1]])).entries]
    assert [one["what_would_change"] for one in told] == [None]


def test_contested_and_novel_ideas_are_always_seen_with_why() -> None:
    answers = np.zeros((20, 40), dtype=int)
    answers[0] = 1
    answers[1, :20] = 1
    inputs = make_inputs(answers.tolist())
    department = (np.indices((20, 40))[1] >= 20).astype("<i4").ravel()
    novelty = [0.9 if place == 7 else 0.1 for place in range(20)]
    inputs = msgspec.structs.replace(inputs, department=department.tobytes(), department_count=2, novelty=novelty)
    seen = {inputs.ideas.index(UUID(one["idea_id"])): one["why"] for one in compute(inputs).summary["always_see"]}
    assert seen == {
        1: "departments disagree: 0% yes against 100%",
        7: "unlike the other ideas, and scored low",
    }


def test_supporters_change_no_place() -> None:
    answers = [[1, 1, 0, 0], [1, 0, 0, 0]]
    plain, ring = make_inputs(answers), make_inputs(answers, supporters=[0, 500])
    assert ordered(plain) == ordered(ring)


def test_without_ideas_or_answers_the_ranking_is_defined() -> None:
    assert compute(make_inputs([])).entries == []
    entries = compute(make_inputs([[], [], []])).entries
    assert [(entry.score, entry.band, entry.rank_low) for entry in entries] == [(0.25, 1, 1)] * 3
    assert entries[0].contributions["reasons"][0].startswith("Nobody has answered it yet")


@pytest.mark.parametrize("value", [0, 1, -1])
def test_all_equal_answers_are_one_band(value: int) -> None:
    result = compute(make_inputs([[value] * 30] * 4))
    assert {entry.band for entry in result.entries} == {1}
    assert all(np.isfinite(entry.score) for entry in result.entries)


def test_stars_rank_by_the_lower_bound() -> None:
    inputs = make_inputs([[5, -1, -1, -1], [5, 5, 5, 5], [1, 1, 1, 1]], method=VotingMethod.STARS)
    assert ordered(inputs) == [1, 0, 2]


async def make_card(
    connection: Connection, challenge_id: UUID, idea_id: UUID, person_id: UUID, value: int | None, minutes: int = 0
) -> None:
    card_id, at = new_id(), NOW + timedelta(minutes=minutes)
    ids = {"challenge_id": challenge_id, "idea_id": idea_id, "person_id": person_id}
    card = {"sitting_id": new_id(), "position": 3, "dealt_by": "feed", "own_department": True, "dealt_at": at}
    await insert(connection, "impressions", id=card_id, **ids, **card)
    await insert(connection, "votes", **ids, value=value, impression_id=card_id, created_at=at, updated_at=at)


async def rank(connection: Connection, challenge_id: UUID) -> UUID | None:
    challenge = await find_challenge(connection, challenge_id, NOW)
    assert challenge is not None
    inputs = await gather(connection, challenge)
    async with connection.transaction():
        return await store(connection, inputs, *pack(inputs), compute(inputs), NOW)


async def test_ranking_reads_answers_to_cards_folds_merged_ideas_and_recomputes(committing: Connection) -> None:
    challenge_id = await make_challenge(committing, shortlist_size=1)
    survivor_id = await make_idea(committing, challenge_id)
    author = await make_person(committing)
    merged_id = await make_idea(committing, challenge_id, author, canonical_id=survivor_id)
    other_id = await make_idea(committing, challenge_id)
    await make_idea(committing, challenge_id, state="draft")
    await make_idea(committing, challenge_id, hidden_at=NOW)
    both, one, supporter = [await make_person(committing) for _ in range(3)]
    await make_card(committing, challenge_id, merged_id, both, 0, minutes=5)
    await make_card(committing, challenge_id, survivor_id, both, 1)
    await make_card(committing, challenge_id, merged_id, one, None)
    await make_card(committing, challenge_id, survivor_id, author, 1)
    times = {"created_at": NOW, "updated_at": NOW}
    for idea_id, person_id in ((merged_id, supporter), (survivor_id, supporter), (merged_id, author)):
        vote = {"idea_id": idea_id, "person_id": person_id, "challenge_id": challenge_id, "value": 1}
        await insert(committing, "votes", **vote, **times)

    ranking_id = await rank(committing, challenge_id)
    assert ranking_id is not None
    rows = await committing.fetch(
        "SELECT idea_id, contributions -> 'counts' AS counts FROM ranking_entries WHERE ranking_id = $1", ranking_id
    )
    counts = {row["idea_id"]: row["counts"] for row in rows}
    none = {"answers": 0, "yes": 0, "skips": 0, "supporters": 0, "mean_place": 0.0}
    # The author's own answer is left out; his link vote on what he wrote, arranged past all checks, is support at most.
    assert counts == {
        survivor_id: {"answers": 2, "yes": 1, "skips": 1, "supporters": 1, "mean_place": 3.0},
        other_id: none,
    }
    assert await rank(committing, challenge_id) is None
    assert await recompute(committing, ranking_id)
    await committing.execute("SET session_replication_role = replica")
    await committing.execute("UPDATE ranking_entries SET score = score + 1e-15 WHERE position = 1")
    assert not await recompute(committing, ranking_id)


async def test_new_closing_makes_a_new_snapshot_and_reopening_stores_none(committing: Connection) -> None:
    challenge_id = await make_challenge(committing, frozen_at=NOW)
    await make_idea(committing, challenge_id)
    first = await rank(committing, challenge_id)
    await committing.execute("UPDATE challenges SET frozen_at = $1 WHERE id = $2", NOW + timedelta(1), challenge_id)
    second = await rank(committing, challenge_id)
    challenge = await find_challenge(committing, challenge_id, NOW)
    assert challenge is not None
    inputs = await gather(committing, challenge)
    await committing.execute("UPDATE challenges SET frozen_at = NULL WHERE id = $1", challenge_id)
    async with committing.transaction():
        late = await store(committing, inputs, *pack(inputs), compute(inputs), NOW)
    kinds = await committing.fetch("SELECT kind FROM rankings")
    assert first is not None
    assert second is not None
    assert late is None
    assert [row["kind"] for row in kinds] == ["closing", "closing"]


async def test_a_freeze_has_one_closing_ranking_though_the_themes_change_after_it(committing: Connection) -> None:
    challenge_id = await make_challenge(committing, frozen_at=NOW + timedelta(hours=1))
    idea_id = await make_idea(committing, challenge_id)
    first = await rank(committing, challenge_id)
    place = {"typicality": 1.0, "novelty": 0.9, "x": 0.0, "y": 0.0, "placed_at": NOW}
    await insert(committing, "idea_placements", idea_id=idea_id, challenge_id=challenge_id, **place)
    assert await rank(committing, challenge_id) is None
    # Ranked by a clock that was set back after the freeze, it is still the ranking of that freeze.
    stored = await committing.fetch("SELECT id, created_at FROM rankings")
    assert [tuple(row) for row in stored] == [(first, NOW + timedelta(hours=1))]


async def test_closing_ranking_stages_the_panels_jobs(committing: Connection) -> None:
    challenge_id = await make_challenge(committing, frozen_at=NOW)
    reviewer = await make_person(committing, roles=["reviewer"])
    member = {"challenge_id": challenge_id, "person_id": reviewer, "added_by": reviewer, "added_at": NOW}
    await insert(committing, "panel_members", **member)
    await rank(committing, challenge_id)
    jobs = await committing.fetch("SELECT job FROM staged_jobs WHERE subject = $1 ORDER BY job", str(challenge_id))
    assert [row["job"] for row in jobs] == ["assign_reviews", "check_integrity", "rank_panel"]


async def make_ranking(connection: Connection, challenge_id: UUID, kind: str, hours_ago: int, ideas: int = 0) -> UUID:
    ranking_id = new_id()
    sizes = {"shortlist_size": 1, "seed": 1, "inputs": b"", "inputs_sha256": str(hours_ago), "idea_count": ideas}
    ranking = {"id": ranking_id, "challenge_id": challenge_id, "kind": kind, "formula_version": "x"}
    await insert(connection, "rankings", **ranking, **sizes, created_at=NOW - timedelta(hours=hours_ago))
    for position in range(1, ideas + 1):
        entry = {"score": 0.5, "score_low": 0.4, "score_high": 0.6, "rank_low": 1, "rank_high": ideas, "band": 1}
        idea_id = await make_idea(connection, challenge_id)
        ids = {"ranking_id": ranking_id, "idea_id": idea_id, "position": position}
        await insert(connection, "ranking_entries", **ids, **entry, probability_top=0.5, contributions={})
    return ranking_id


async def owner_of(connection: Connection, challenge_id: UUID) -> Actor:
    owner = await make_actor(connection, roles=frozenset({Role.CHALLENGE_OWNER}))
    await connection.execute("UPDATE challenges SET owner_id = $1 WHERE id = $2", owner.person_id, challenge_id)
    return owner


async def test_owner_pages_through_every_snapshot(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    ids = [await make_ranking(connection, challenge_id, "interim", hours_ago) for hours_ago in (1, 2, 3)]
    owner = await owner_of(connection, challenge_id)
    first = await list_rankings(connection, owner, challenge_id, NOW, limit=2, after=None)
    second = await list_rankings(connection, owner, challenge_id, NOW, limit=2, after=first.next_key)
    assert [ranking.id for ranking in [*first.items, *second.items]] == ids
    assert second.next_key is None


async def test_entries_are_paged_by_position(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    ranking_id = await make_ranking(connection, challenge_id, "interim", 1, ideas=5)
    owner = await owner_of(connection, challenge_id)
    first = await list_entries(connection, owner, ranking_id, NOW, limit=3, after=None)
    second = await list_entries(connection, owner, ranking_id, NOW, limit=3, after=first.next_key)
    assert [entry.position for entry in first.items] == [1, 2, 3]
    assert [entry.position for entry in second.items] == [4, 5]
    assert second.next_key is None


async def test_employees_see_the_closing_ranking_once_it_is_decided(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    closing = await make_ranking(connection, challenge_id, "closing", 2)
    interim = await make_ranking(connection, challenge_id, "interim", 1)
    employee = await make_actor(connection)
    with pytest.raises(Forbidden):
        await read_latest(connection, employee, challenge_id, None, NOW)
    await connection.execute("UPDATE challenges SET stage = 'decided' WHERE id = $1", challenge_id)
    assert (await read_latest(connection, employee, challenge_id, None, NOW)).id == closing
    with pytest.raises(NotFound):
        await list_entries(connection, employee, interim, NOW, limit=5, after=None)
    with pytest.raises(NotFound):
        await read_latest(connection, employee, challenge_id, RankingKind.INTERIM, NOW)


async def test_reviewer_sees_no_ranking_before_all_reviews_are_sent(connection: Connection) -> None:
    challenge_id = await make_challenge(connection)
    ranking_id = await make_ranking(connection, challenge_id, "closing", 1)
    reviewer = await make_actor(connection, roles=frozenset({Role.REVIEWER}))
    member = {"challenge_id": challenge_id, "person_id": reviewer.person_id, "added_by": reviewer.person_id}
    await insert(connection, "panel_members", **member, added_at=NOW)
    idea_id, assignment_id = await make_idea(connection, challenge_id), new_id()
    ids = {"challenge_id": challenge_id, "idea_id": idea_id, "reviewer_id": reviewer.person_id}
    await insert(connection, "review_assignments", id=assignment_id, **ids, position=1, assigned_at=NOW)
    with pytest.raises(Forbidden, match="sent all your reviews"):
        await read_latest(connection, reviewer, challenge_id, None, NOW)
    times = {"created_at": NOW, "updated_at": NOW, "sent_at": NOW}
    await insert(connection, "reviews", id=new_id(), assignment_id=assignment_id, **ids, **times)
    assert (await read_latest(connection, reviewer, challenge_id, None, NOW)).id == ranking_id


async def test_ranking_of_an_unknown_challenge_is_not_found(connection: Connection) -> None:
    challenge_id = await make_challenge(connection, audience_departments=["Sales"])
    ranking_id = await make_ranking(connection, challenge_id, "closing", 1)
    employee = await make_actor(connection)
    for wanted in (challenge_id, new_id()):
        with pytest.raises(NotFound):
            await list_rankings(connection, employee, wanted, NOW, limit=5, after=None)
    for unseen in (ranking_id, new_id()):
        with pytest.raises(NotFound):
            await list_entries(connection, employee, unseen, NOW, limit=5, after=None)


@pytest.mark.parametrize("given", ["1::bigint", "NULL::integer"])
async def test_columns_of_another_width_and_nulls_are_refused(committing: Connection, given: str) -> None:
    types = {"first": ">i4", "second": ">i4"}
    rows = await copy_columns(committing, "SELECT $1::integer, 7", 5, types=types)
    assert [(row["first"], row["second"]) for row in rows] == [(5, 7)]
    assert len(await copy_columns(committing, "SELECT 1, 7 WHERE false", types=types)) == 0
    with pytest.raises(ValueError, match="without nulls"):
        await copy_columns(committing, f"SELECT 1, {given}", types=types)


async def test_of_two_merged_ideas_the_later_answer_speaks(committing: Connection) -> None:
    challenge_id = await make_challenge(committing)
    survivor_id = await make_idea(committing, challenge_id)
    merged = [await make_idea(committing, challenge_id, canonical_id=survivor_id) for _ in range(2)]
    for order in (1, -1):
        person_id = await make_person(committing)
        for minutes, (idea_id, value) in enumerate([(merged[0], 0), (merged[1], 1)][::order]):
            await make_card(committing, challenge_id, idea_id, person_id, value, minutes=minutes)
    challenge = await find_challenge(committing, challenge_id, NOW)
    assert challenge is not None
    inputs = await gather(committing, challenge)
    assert sorted(inputs.value) == [0, 1]
    assert (inputs.person_count, len(inputs.person)) == (2, 2 * 4)
