"""Imports of challenges, on the real database."""

from datetime import timedelta

import pytest

from ideation.actions.imports import finish_import, list_rejections, start_import, take_batch
from ideation.database import Connection
from ideation.entities.people import Role
from ideation.errors import ChallengeClosed, Forbidden, NotFound, WrongState
from tests.actions.transfer_lines import ADMINISTRATOR, AT, idea, parse, person, rejections, review, start, vote
from tests.factories import NOW, make_actor, make_challenge, make_criterion


async def test_import_tidies_the_text_of_ideas_as_writing_does(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    lines = parse(
        person("ada"),
        idea("one", "ada", title="  Reuse \n the\tboxes ", body="\n Again. \n", tags=[" Energy", "energy", "a  b"]),
        idea("two", "ada", title=" \t "),
    )
    await take_batch(connection, actor, import_id, lines, NOW)
    rows = await connection.fetch("SELECT title, body, tags FROM ideas WHERE challenge_id = $1", challenge_id)
    assert [tuple(row) for row in rows] == [("Reuse the boxes", "Again.", ["Energy", "a b"])]


async def test_import_takes_lines_of_every_kind(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    await make_criterion(connection, challenge_id, "value", 1.0)
    lines = parse(
        person("ada"),
        person("ben"),
        person("eva", "Legal"),
        idea("one", "ada", tags=["energy"], co_authors=["ben@example.org"]),
        vote("one", "eva", "yes", position=3),
        {"kind": "comment", "id": "c1", "idea": "one", "author": "ben@example.org", "body": "Good.", "at": AT},
        {
            "kind": "comment",
            "id": "c2",
            "idea": "one",
            "author": "ada@example.org",
            "body": "!",
            "parent": "c1",
            "at": AT,
        },
        review("one", "eva", {"value": 4}),
        {"kind": "decision", "idea": "one", "outcome": "planned", "at": AT},
    )

    done = await take_batch(connection, actor, import_id, lines, NOW)
    finished = await finish_import(connection, actor, import_id, NOW)

    assert (done.accepted, done.rejected, done.lines_done) == (9, 0, 9)
    assert finished.state == "finished"
    row = await connection.fetchrow(
        "SELECT * FROM ideas JOIN idea_tallies ON idea_id = id WHERE ideas.challenge_id = $1", challenge_id
    )
    assert row is not None
    counted = {key: row[key] for key in ("title", "tags", "state", "views", "yes", "no", "skips", "supporters")}
    assert counted == {
        "title": "Title of one",
        "tags": ["energy"],
        "state": "planned",
        "views": 1,
        "yes": 1,
        "no": 0,
        "skips": 0,
        "supporters": 0,
    }
    assert row["comments"] == 2
    assert await connection.fetchval("SELECT position FROM impressions WHERE challenge_id = $1", challenge_id) == 3
    assert await connection.fetchval("SELECT count(*) FROM idea_authors WHERE idea_id = $1", row["id"]) == 2
    assert await connection.fetchval("SELECT score FROM review_scores") == 4
    staged = await connection.fetch("SELECT job FROM staged_jobs WHERE subject = $1 ORDER BY job", str(challenge_id))
    assert [job["job"] for job in staged] == ["rank_challenge", "rank_panel", "refresh_themes"]


async def test_import_rejects_a_line_and_loses_nothing_else(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    _, import_id = await start(connection, actor)
    lines = parse(
        person("ada"),
        person("ben"),
        {"kind": "idea", "id": "bad"},
        idea("one", "ada"),
        idea("two", "nobody"),
        vote("one", "ada"),
        vote("one", "ben", "maybe"),
        vote("one", "ben", 4),
        vote("missing", "ben"),
        vote("one", "ben"),
        vote("one", "ben", "no"),
        {"kind": "surprise"},
        {"kind": "decision", "idea": "one", "outcome": "declined", "at": AT},
    )

    done = await take_batch(connection, actor, import_id, lines, NOW)

    assert (done.accepted, done.rejected) == (4, 9)
    assert await rejections(connection, actor, import_id) == [
        (3, "Object missing required field `author`"),
        (5, "Nobody here has the e-mail nobody@example.org."),
        (6, "Nobody votes on an idea of their own."),
        (7, "Invalid enum value 'maybe' - at `$.answer`"),
        (8, "The answer '4' is not one this challenge (yes_no) can have."),
        (9, "There is no idea 'missing' in this challenge."),
        (11, "ben@example.org has voted on idea 'one' already."),
        (12, "Invalid value 'surprise' - at `$.kind`"),
        (13, "The outcome 'declined' needs a reason."),
    ]


async def test_import_goes_on_where_it_was_cut_off(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    lines = parse(person("ada"), person("ben"), idea("one", "ada"), vote("one", "ben"))

    await take_batch(connection, actor, import_id, lines[:3], NOW)
    again = await take_batch(connection, actor, import_id, lines, NOW)
    repeated = await take_batch(connection, actor, import_id, lines, NOW)

    assert (again.accepted, again.rejected, again.lines_done) == (4, 0, 4)
    assert repeated == again
    assert await connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 1


async def test_importing_the_same_file_twice_doubles_no_idea(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, first = await start(connection, actor)
    lines = parse(person("ada"), idea("one", "ada"))
    await take_batch(connection, actor, first, lines, NOW)
    second = await start_import(connection, actor, challenge_id, "jsonl", "again", NOW)

    done = await take_batch(connection, actor, second.id, lines, NOW)

    assert (done.accepted, done.rejected) == (2, 0)
    assert await connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 1


async def test_import_refuses_reviews_with_a_conflict_or_wrong_scores(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    await make_criterion(connection, challenge_id, "value", 1.0)
    lines = parse(
        person("ada"),
        person("colleague"),
        person("eva", "Legal"),
        idea("one", "ada"),
        review("one", "ada", {"value": 3}),
        review("one", "colleague", {"value": 3}),
        review("one", "eva", {"value": 6}),
        review("one", "eva", {"worth": 3}),
    )

    await take_batch(connection, actor, import_id, lines, NOW)

    assert await rejections(connection, actor, import_id) == [
        (5, "ada@example.org has a conflict of interest with idea 'one'."),
        (6, "colleague@example.org has a conflict of interest with idea 'one'."),
        (7, "The score 6 for 'value' is not from 1 to 5."),
    ]


async def test_import_refuses_decisions_about_ideas_of_whoever_imports(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    email = await connection.fetchval("SELECT email FROM people WHERE id = $1", actor.person_id)
    lines = parse(
        person("ada"),
        idea("one", "ada", co_authors=[email]),
        idea("two", "ada"),
        {"kind": "decision", "idea": "one", "outcome": "selected", "at": AT},
        {"kind": "decision", "idea": "two", "outcome": "selected", "at": AT},
    )

    await take_batch(connection, actor, import_id, lines, NOW)

    assert await rejections(connection, actor, import_id) == [
        (4, "You had a hand in idea 'one', so somebody else has to import what was decided.")
    ]
    states = await connection.fetch("SELECT state FROM ideas WHERE challenge_id = $1 ORDER BY title", challenge_id)
    assert [row["state"] for row in states] == ["submitted", "selected"]


async def test_only_administrators_add_people(connection: Connection) -> None:
    owner = await make_actor(connection, roles=frozenset({Role.CHALLENGE_OWNER}))
    _, import_id = await start(connection, owner, owner_id=owner.person_id)

    done = await take_batch(connection, owner, import_id, parse(person("stranger")), NOW)

    assert (done.accepted, done.rejected) == (0, 1)
    assert await connection.fetchval("SELECT count(*) FROM people WHERE email = 'stranger@example.org'") == 0


async def test_import_is_for_those_who_run_the_challenge(connection: Connection) -> None:
    employee, moderator = await make_actor(connection), await make_actor(connection, roles=frozenset({Role.MODERATOR}))
    open_challenge = await make_challenge(connection)
    draft = await make_challenge(connection, stage="draft")

    with pytest.raises(Forbidden):
        await start_import(connection, employee, open_challenge, "jsonl", "f", NOW)
    with pytest.raises(Forbidden):
        await start_import(connection, moderator, open_challenge, "jsonl", "f", NOW)
    with pytest.raises(NotFound):
        await start_import(connection, employee, draft, "jsonl", "f", NOW)


async def test_import_into_a_frozen_ranking_is_refused(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id = await make_challenge(connection, frozen_at=NOW)

    with pytest.raises(ChallengeClosed):
        await start_import(connection, actor, challenge_id, "jsonl", "f", NOW)


async def test_a_finished_import_takes_no_more(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    _, import_id = await start(connection, actor)
    await finish_import(connection, actor, import_id, NOW)

    with pytest.raises(WrongState):
        await take_batch(connection, actor, import_id, parse(person("late")), NOW)


async def test_line_of_a_moment_to_come_is_rejected(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    lines = parse(
        person("ada"),
        idea("now", "ada", submitted_at=NOW.isoformat()),
        idea("later", "ada", submitted_at=(NOW + timedelta(seconds=1)).isoformat()),
        {
            "kind": "comment",
            "id": "c",
            "idea": "now",
            "author": "ada@example.org",
            "body": "x",
            "at": "2999-01-01T00:00:00Z",
        },
        idea("first", "ada", submitted_at="0001-01-01T00:00:00+11:00"),
        idea("last", "ada", submitted_at="9999-12-31T23:59:59-11:00"),
    )

    await take_batch(connection, actor, import_id, lines, NOW)

    rejected = await list_rejections(connection, actor, import_id, 0, 10, NOW)
    assert [(one.line_number, one.reason) for one in rejected.items] == [
        (3, "submitted_at lies in the future."),
        (4, "at lies in the future."),
        (5, "This time is too far away."),
        (6, "This time is too far away."),
    ]
    assert await connection.fetchval("SELECT count(*) FROM ideas WHERE challenge_id = $1", challenge_id) == 1
