"""Ideas on the real database: what HTTP tests cannot arrange."""

import asyncio

import pytest

from ideation.actions import ideas
from ideation.actions.comments import add_comment
from ideation.actions.reports import report_idea
from ideation.database import Connection, open_connection
from ideation.entities.comments import NewComment
from ideation.entities.ideas_forms import IdeaEdit, NewDraft, NewIdea
from ideation.entities.moderation import NewReport
from ideation.errors import AlreadyExists, PolicyNotAccepted, PreconditionFailed
from tests.factories import NOW, make_actor, make_challenge, make_idea


async def test_writing_needs_the_policy_accepted(connection: Connection) -> None:
    actor = await make_actor(connection, policy_accepted=False)
    challenge_id = await make_challenge(connection)
    idea_id = await make_idea(connection, challenge_id)
    with pytest.raises(PolicyNotAccepted):
        await ideas.submit_idea(connection, actor, challenge_id, NewIdea(title="x"), NOW)
    with pytest.raises(PolicyNotAccepted):
        await ideas.create_draft(connection, actor, challenge_id, NewDraft(), NOW)
    with pytest.raises(PolicyNotAccepted):
        await add_comment(connection, actor, idea_id, NewComment(body="x"), NOW)
    assert (await report_idea(connection, actor, idea_id, NewReport(reason="x"), NOW)).outcome is None


async def test_two_edits_of_the_same_version_leave_one(database_url: str) -> None:
    connections = [await open_connection(database_url) for _ in range(2)]
    actor, challenge_id = await make_actor(connections[0]), await make_challenge(connections[0])
    idea = await ideas.submit_idea(connections[0], actor, challenge_id, NewIdea(title="First"), NOW)

    async def edit(connection: Connection, title: str) -> str:
        async with connection.transaction():
            return (await ideas.edit_idea(connection, actor, idea.id, IdeaEdit(title=title), 1, NOW)).title

    outcomes = await asyncio.gather(
        *(edit(connection, title) for connection, title in zip(connections, ("A", "B"), strict=True)),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, str)] == [PreconditionFailed]
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]
    rows = await connections[0].fetch("SELECT revision, title FROM idea_revisions ORDER BY revision")
    assert [tuple(row) for row in rows] == [(1, "First"), (2, won[0])]
    for connection in connections:
        await connection.close()


async def test_many_reports_of_one_person_at_once_leave_one(database_url: str) -> None:
    connections = [await open_connection(database_url) for _ in range(4)]
    actor = await make_actor(connections[0])
    idea_id = await make_idea(connections[0], await make_challenge(connections[0]))

    async def report(connection: Connection) -> object:
        async with connection.transaction():
            return await report_idea(connection, actor, idea_id, NewReport(reason="Again"), NOW)

    outcomes = await asyncio.gather(*(report(connection) for connection in connections), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(AlreadyExists) == 3
    assert await connections[0].fetchval("SELECT count(*) FROM reports") == 1
    for connection in connections:
        await connection.close()
