"""The engine while a part of it is away: nothing accepted is lost, and the work is done once the part is back."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from ideation.cli.children import Children
from ideation.database import open_connection
from ideation.local.servers import LocalServers
from tests.end_to_end.conftest import (
    Engine,
    engine_environment,
    eventually,
    free_port,
    wait_until_ready,
    what_doctor_finds,
)
from tests.end_to_end.test_idea_to_decision import open_challenge


@pytest.fixture
def private_engine(private_servers: LocalServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """All processes over servers of their own, which a test may stop; sound at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = engine_environment(private_servers.database_url, private_servers.redis_url, port)
    log_folder = tmp_path_factory.mktemp("logs")
    with Children(environment, log_folder=log_folder) as children:
        children.start()
        wait_until_ready(url, children)
        yield Engine(url, environment, children, log_folder)


async def test_ideas_submitted_without_redis_and_across_a_database_restart_are_all_processed(
    private_engine: Engine, private_servers: LocalServers, stack: AsyncExitStack
) -> None:
    looking = await open_connection(private_servers.database_url)
    owner = await private_engine.person(stack, looking, roles=["challenge_owner"])
    author = await private_engine.person(stack, looking)
    challenge_id = await open_challenge(owner)
    ideas = f"/challenges/{challenge_id}/ideas"

    private_servers.stop_redis()
    for number in range(10):
        body = {"title": f"Idea {number} written without Redis", "body": f"Text number {number} about something."}
        await author.call("POST", ideas, body, expect=201)
    await looking.close()
    private_servers.restart_postgres()

    async def submit_after_restart() -> int:
        body = {"title": "Written after the database came back", "body": "It takes a moment."}
        return (await author.client.post(f"/v1{ideas}", json=body)).status_code

    assert await eventually(submit_after_restart, lambda status: status != 503) == 201
    private_servers.start_redis()

    looking = await open_connection(private_servers.database_url)

    async def waiting_jobs() -> int:
        count: int = await looking.fetchval(
            "SELECT count(*) FROM staged_jobs WHERE job = 'find_duplicates' AND finished_at IS NULL"
        )
        return count

    assert await eventually(waiting_jobs, lambda count: count == 0) == 0
    attempts = await looking.fetch("SELECT DISTINCT failed_at FROM staged_jobs WHERE job = 'find_duplicates'")
    placed = await looking.fetchval("SELECT count(DISTINCT subject) FROM staged_jobs WHERE job = 'find_duplicates'")
    stored = await looking.fetchval("SELECT count(*) FROM ideas WHERE state = 'submitted'")
    assert await what_doctor_finds(looking) == {}
    await looking.close()
    assert ([row["failed_at"] for row in attempts], placed, stored) == ([None], 11, 11)
