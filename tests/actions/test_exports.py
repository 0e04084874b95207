"""Exports of challenges, on the real database."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from ideation.actions.exports import export_csv, export_jsonl, plan_export
from ideation.actions.imports import take_batch
from ideation.database import Connection
from ideation.entities.people import Actor, Role
from ideation.errors import Forbidden
from ideation.ids import new_id
from ideation.rules.transfer import parse_csv_header, parse_csv_record
from tests.actions.transfer_lines import ADMINISTRATOR, AT, idea, parse, person, review, start, vote
from tests.factories import NOW, insert, make_actor, make_challenge, make_criterion, make_idea, make_person


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
