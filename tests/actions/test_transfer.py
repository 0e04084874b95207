"""Imports and exports of challenges, on the real database."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from ideation.actions.exports import export_csv, export_jsonl, plan_export
from ideation.actions.import_lines import Numbered
from ideation.actions.imports import Parsed, finish_import, list_rejections, start_import, take_batch
from ideation.database import Connection
from ideation.entities.people import Actor, Role
from ideation.errors import ChallengeClosed, Forbidden, Invalid, NotFound, WrongState
from ideation.ids import new_id
from ideation.rules.transfer import parse_csv_header, parse_csv_record, parse_json_line
from tests.factories import NOW, insert, make_actor, make_challenge, make_criterion, make_idea, make_person

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
AT = "2026-03-01T10:00:00Z"


def parse(*records: dict[str, object]) -> list[Numbered[Parsed]]:
    parsed: list[Numbered[Parsed]] = []
    for number, record in enumerate(records, start=1):
        try:
            parsed.append(Numbered(number, parse_json_line(msgspec.json.encode(record))))
        except Invalid as error:
            parsed.append(Numbered(number, error))
    return parsed


def person(name: str, department: str = "Sales") -> dict[str, object]:
    return {"kind": "person", "email": f"{name}@example.org", "name": name.capitalize(), "department": department}


def idea(external_id: str, author: str, **more: object) -> dict[str, object]:
    given: dict[str, object] = {
        "kind": "idea",
        "id": external_id,
        "author": f"{author}@example.org",
        "title": f"Title of {external_id}",
    }
    return given | {"submitted_at": AT} | more


def vote(external_id: str, voter: str, answer: object = "yes", **more: object) -> dict[str, object]:
    return {"kind": "vote", "idea": external_id, "person": f"{voter}@example.org", "answer": answer, "at": AT} | more


def review(external_id: str, reviewer: str, scores: dict[str, object]) -> dict[str, object]:
    line: dict[str, object] = {
        "kind": "review",
        "id": f"{external_id}-{reviewer}",
        "idea": external_id,
        "scores": scores,
        "at": AT,
    }
    return line | {"reviewer": f"{reviewer}@example.org"}


async def start(connection: Connection, actor: Actor, **challenge: object) -> tuple[UUID, UUID]:
    challenge_id = await make_challenge(connection, **challenge)
    started = await start_import(connection, actor, challenge_id, "jsonl", "a file", NOW)
    return challenge_id, started.id


async def rejections(connection: Connection, actor: Actor, import_id: UUID) -> list[tuple[int, str]]:
    page = await list_rejections(connection, actor, import_id, 0, 100, NOW)
    return [(item.line_number, item.reason) for item in page.items]


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


async def _export(
    connection: Connection, actor: Actor, challenge_id: UUID, naming: str = "names"
) -> list[dict[str, object]]:
    plan = await plan_export(connection, actor, challenge_id, naming, "k" * 32, NOW)  # type: ignore[arg-type]
    return [msgspec.json.decode(line) async for line in export_jsonl(connection, plan)]


async def _comment(connection: Connection, idea_id: UUID, author_id: UUID, body: str) -> None:
    given = {"id": new_id(), "idea_id": idea_id, "author_id": author_id, "body": body, "created_at": NOW}
    await insert(connection, "comments", **given)


async def test_an_export_imports_into_another_challenge_as_the_same(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    told = {"description": "What it is worth", "anchors": [{"score": 1, "text": "Nothing"}]}
    await make_criterion(connection, challenge_id, "value", 1.0, **told)
    lines = parse(
        person("ada"),
        person("ben"),
        person("eva", "Legal"),
        idea("one", "ada", body="Text\nover lines"),
        vote("one", "ben", "no"),
        vote("one", "eva", "skip"),
        {"kind": "comment", "id": "c1", "idea": "one", "author": "ben@example.org", "body": "Good.", "at": AT},
        review("one", "eva", {"value": 4}),
        {"kind": "decision", "idea": "one", "outcome": "declined", "reason": "Tried.", "at": AT},
    )
    await take_batch(connection, actor, import_id, lines, NOW)
    exported = await _export(connection, actor, challenge_id)

    scale = {"key": "value", "label": "Value", "weight": 1.0, "scale_min": 1, "scale_max": 5}
    assert exported[0]["criteria"] == [scale | told]
    copy_id, copy_import = await start(connection, actor)
    await make_criterion(connection, copy_id, "value", 1.0, **told)
    done = await take_batch(connection, actor, copy_import, parse(*exported), NOW)

    assert (done.accepted, done.rejected) == (len(exported), 0)
    assert [line["kind"] for line in exported] == [
        "challenge", "person", "person", "person", "idea", "vote", "vote", "comment", "review", "decision",
    ]  # fmt: skip
    again = await _export(connection, actor, copy_id)
    # Votes of one moment come in any order.
    assert sorted(map(str, map(_without_ids, again))) == sorted(map(str, map(_without_ids, exported)))


def _without_ids(line: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in line.items() if key not in ("id", "idea")}


async def test_export_names_nobody_who_judged_unless_an_administrator_asks(connection: Connection) -> None:
    owner = await make_actor(connection, roles=frozenset({Role.CHALLENGE_OWNER}))
    challenge_id = await make_challenge(connection, owner_id=owner.person_id)
    voter = await make_person(connection, email="voter@example.org")
    author = await make_person(connection, email="author@example.org")
    idea_id = await make_idea(connection, challenge_id, author)
    await insert(
        connection,
        "votes",
        idea_id=idea_id,
        person_id=voter,
        challenge_id=challenge_id,
        value=1,
        created_at=NOW,
        updated_at=NOW,
    )

    exported = await _export(connection, owner, challenge_id, "pseudonyms")

    text = str(exported)
    assert "voter@example.org" not in text
    assert [line["author"] for line in exported if line["kind"] == "idea"] == ["author@example.org"]
    with pytest.raises(Forbidden):
        await _export(connection, owner, challenge_id, "names")


async def test_export_of_sealed_authors_names_them_to_nobody(connection: Connection) -> None:
    administrator = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id = await make_challenge(connection, authorship="sealed")
    author = await make_person(connection, email="sealed@example.org", name="Sealed Author", department="Tiny")
    await make_idea(connection, challenge_id, author)

    text = str(await _export(connection, administrator, challenge_id, "names"))

    assert ("sealed@example.org" in text, "Sealed Author" in text, "Tiny" in text) == (False, False, False)


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


@pytest.mark.parametrize("naming", ["pseudonyms", "names"])
async def test_comment_of_a_sealed_author_on_the_own_idea_names_nobody(connection: Connection, naming: str) -> None:
    administrator = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id = await make_challenge(connection, authorship="sealed")
    author = await make_person(connection, email="sealed@example.org", name="Sealed Author", department="Tiny")
    own = await make_idea(connection, challenge_id, author)
    other = await make_idea(connection, challenge_id, await make_person(connection))
    await _comment(connection, own, author, "on the own one")
    assert "sealed@example.org" not in str(await _export(connection, administrator, challenge_id, naming))
    await _comment(connection, other, author, "on another one")

    exported = await _export(connection, administrator, challenge_id, naming)

    by = {line["body"]: line["author"] for line in exported if line["kind"] == "comment"}
    ideas = {line["id"]: line["author"] for line in exported if line["kind"] == "idea"}
    assert by["on the own one"] == ideas[str(own)]
    assert (by["on another one"] == "sealed@example.org") == (naming == "names")


async def test_export_does_not_tell_who_keeps_a_draft_withdrew_or_was_invited(connection: Connection) -> None:
    administrator = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id = await make_challenge(connection)
    author = await make_person(connection, email="author@example.org")
    idea_id = await make_idea(connection, challenge_id, author)
    await make_idea(connection, challenge_id, await make_person(connection), state="draft")
    await make_idea(connection, challenge_id, await make_person(connection), state="withdrawn")
    await insert(
        connection,
        "idea_authors",
        idea_id=idea_id,
        person_id=await make_person(connection),
        invited_by=author,
        invited_at=NOW,
    )

    exported = await _export(connection, administrator, challenge_id, "names")

    assert [line["email"] for line in exported if line["kind"] == "person"] == ["author@example.org"]


async def test_panel_that_reviews_blind_exports_no_author_and_nothing_before_its_own_reviews(
    connection: Connection,
) -> None:
    owner = await make_actor(connection, roles=frozenset({Role.CHALLENGE_OWNER, Role.REVIEWER}), department="Panel")
    challenge_id = await make_challenge(connection, owner_id=owner.person_id)
    author = await make_person(connection, email="author@example.org", department="Sales")
    idea_id = await make_idea(connection, challenge_id, author)
    await insert(
        connection,
        "panel_members",
        challenge_id=challenge_id,
        person_id=owner.person_id,
        max_reviews=5,
        added_by=owner.person_id,
        added_at=NOW,
    )

    assert "author@example.org" not in str(await _export(connection, owner, challenge_id, "pseudonyms"))

    await insert(
        connection,
        "review_assignments",
        id=new_id(),
        challenge_id=challenge_id,
        idea_id=idea_id,
        reviewer_id=owner.person_id,
        position=1,
        assigned_at=NOW,
    )
    with pytest.raises(Forbidden):
        await _export(connection, owner, challenge_id, "pseudonyms")


async def test_order_of_an_export_ties_no_sealed_author_to_a_judge(connection: Connection) -> None:
    administrator = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id = await make_challenge(connection, authorship="sealed")
    people = [await make_person(connection) for _ in range(5)]
    ideas = [await make_idea(connection, challenge_id, author) for author in people]
    for voter, idea_id in zip(people, ideas[1:] + ideas[:1], strict=True):
        given = {"idea_id": idea_id, "person_id": voter, "challenge_id": challenge_id, "value": 1}
        await insert(connection, "votes", created_at=NOW, updated_at=NOW, **given)

    exported = await _export(connection, administrator, challenge_id, "names")

    emails = [str(line["email"]) for line in exported if line["kind"] == "person"]
    assert (len(emails), emails) == (10, sorted(emails))


async def test_order_of_votes_in_an_export_is_not_that_of_people(connection: Connection) -> None:
    """Whoever knows the directory would otherwise tell by it who is who, and who of all never voted on an idea."""
    owner = await make_actor(connection)
    challenge_id = await make_challenge(connection, owner_id=owner.person_id, authorship="sealed")
    ideas = [await make_idea(connection, challenge_id, None) for _ in range(2)]
    voters = [await make_person(connection) for _ in range(6)]
    for idea_id in ideas:
        for minutes, person_id in enumerate(reversed(voters)):
            at = NOW + timedelta(minutes=minutes)
            vote = {"idea_id": idea_id, "challenge_id": challenge_id, "person_id": person_id, "value": 1}
            await insert(connection, "votes", created_at=at, updated_at=at, **vote)
    votes = [line for line in await _export(connection, owner, challenge_id, "pseudonyms") if line["kind"] == "vote"]
    for idea_id in ideas:
        times = [str(line["at"]) for line in votes if line["idea"] == str(idea_id)]
        assert (times, len(times)) == (sorted(times), len(voters))


@pytest.mark.parametrize(("authorship", "named"), [("sealed", False), ("hidden", True), ("shown", True)])
async def test_no_export_tells_who_of_all_never_voted_on_a_sealed_idea(
    connection: Connection, authorship: str, *, named: bool
) -> None:
    administrator = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id = await make_challenge(connection, authorship=authorship)
    people = [await make_person(connection, email=f"{name}-{challenge_id}@example.org") for name in ("a", "b", "c")]
    ideas = {person_id: await make_idea(connection, challenge_id, person_id) for person_id in people}
    for author, idea_id in ideas.items():
        for person_id in people:
            if person_id != author:
                vote = {"idea_id": idea_id, "challenge_id": challenge_id, "person_id": person_id, "value": 1}
                await insert(connection, "votes", created_at=NOW, updated_at=NOW, **vote)
    await _comment(connection, ideas[people[0]], people[1], "Named by wish.")
    called = {}
    for naming in ("names", "pseudonyms"):
        lines = await _export(connection, administrator, challenge_id, naming)
        called[naming] = {str(line["person"]) for line in lines if line["kind"] == "vote"}
        assert len(called[naming]) == len(people)
        said = {str(line["author"]) for line in lines if line["kind"] == "comment"}
        # Otherwise the comment, named in one export, would name the votes in the other.
        assert bool(said & called[naming]) == named
    assert (called["names"] == {f"{name}-{challenge_id}@example.org" for name in ("a", "b", "c")}) == named


async def test_csv_export_is_what_csv_import_takes(connection: Connection) -> None:
    actor = await make_actor(connection, roles=ADMINISTRATOR)
    challenge_id, import_id = await start(connection, actor)
    title = '=HYPERLINK("http://evil") "quoted", and a comma'
    lines = parse(person("ada"), idea("one", "ada", title=title, body="two\nlines", tags=["a", "b"]))
    await take_batch(connection, actor, import_id, lines, NOW + timedelta(seconds=1))
    plan = await plan_export(connection, actor, challenge_id, "names", "k" * 32, NOW)

    header, record = [row async for row in export_csv(connection, plan, "idea")]
    line = parse_csv_record("idea", parse_csv_header(header), record)

    assert b"'=HYPERLINK" in record
    assert (line.title, line.body, line.tags) == (title, "two\nlines", ["a", "b"])  # type: ignore[union-attr]
