"""A dump of the running system, restored into a fresh database, is whole and goes on working."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from redis import Redis

from ideation.cli.children import Children
from ideation.database import Connection, open_connection
from ideation.local.servers import LocalServers
from tests.end_to_end.conftest import (
    Engine,
    Person,
    engine_environment,
    eventually,
    free_port,
    wait_until_ready,
    what_doctor_finds,
)
from tests.end_to_end.test_idea_to_decision import open_challenge
from tests.harness import with_database, with_redis_database

WRITERS = 3
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "backup.md"

# Processes start and stop here several times, which takes long on a machine that is busy with other tests.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def running(private_servers: LocalServers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """All processes but the workers, so that jobs wait while the dump is made."""
    port = free_port()
    environment = engine_environment(private_servers.database_url, private_servers.redis_url, port)
    log_folder = tmp_path_factory.mktemp("logs")
    with Children(environment, log_folder=log_folder) as children:
        children.start(("api", "drain"))
        wait_until_ready(environment["IDEATION_PUBLIC_URL"], children)
        yield Engine(environment["IDEATION_PUBLIC_URL"], environment, children, log_folder)


def documented_commands(heading: str) -> str:
    """What the how-to tells to type below this heading."""
    text = HOW_TO.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    commands = re.findall(r"^\$ (.+?)(?:\s+#.*)?$", text, re.MULTILINE)
    assert commands
    return "\n".join(commands)


def type_in(heading: str, engine: Engine, servers: LocalServers, folder: Path) -> str:
    """Type what the how-to says, in this folder; returns what was printed. The first command that fails ends it."""
    place = urlsplit(servers.database_url)
    programs = [str(Path(sys.executable).parent), str(servers.postgres_binaries), os.environ["PATH"]]
    # What somebody's own environment says, so that the commands of the how-to need no address.
    connecting = {"PGHOST": parse_qs(place.query)["host"][0], "PGUSER": str(place.username)}
    environment = os.environ | engine.environment | connecting | {"PATH": ":".join(programs)}
    typed = ["bash", "-euc", documented_commands(heading)]
    done = subprocess.run(typed, check=False, cwd=folder, env=environment, timeout=200, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def write_until(stopping: asyncio.Event, author: Person, ideas: str) -> list[str]:
    """Submit and comment, one after another; returns the titles that were acknowledged."""
    told: list[str] = []
    while not stopping.is_set():
        body = {"title": f"Idea {uuid4()}", "body": "Written while the dump is made."}
        idea = await author.call("POST", ideas, body, expect=201)
        told.append(idea["title"])
        await author.call("POST", f"/ideas/{idea['id']}/comments", {"body": "Why not?"}, expect=201)
    return told


async def titles(connection: Connection) -> set[str]:
    return {row["title"] for row in await connection.fetch("SELECT title FROM ideas")}


async def test_dump_of_the_running_system_is_whole_when_restored_and_its_jobs_go_on(
    running: Engine, private_servers: LocalServers, stack: AsyncExitStack, tmp_path: Path
) -> None:
    looking = await open_connection(private_servers.database_url)
    owner = await running.person(stack, looking, roles=["challenge_owner"])
    authors = [await running.person(stack, looking) for _ in range(WRITERS)]
    ideas = f"/challenges/{await open_challenge(owner)}/ideas"
    stopping = asyncio.Event()
    writing = [asyncio.create_task(write_until(stopping, author, ideas)) for author in authors]
    await eventually(lambda: titles(looking), lambda found: len(found) >= WRITERS)
    before = await titles(looking)

    await asyncio.to_thread(type_in, "Back up", running, private_servers, tmp_path)
    stopping.set()
    told = {title for titles_of_one in await asyncio.gather(*writing) for title in titles_of_one}
    await looking.close()

    said = await asyncio.to_thread(type_in, "Restore", running, private_servers, tmp_path)
    assert [line for line in said.splitlines() if line.startswith("fail")] == []
    assert "ok   every row: " in said
    restored_url = with_database(private_servers.database_url, "ideation_restored")
    restored = await open_connection(restored_url)
    there = await titles(restored)
    assert before <= there <= told
    assert await what_doctor_finds(restored) == {}
    assert await restored.fetchval("SELECT count(*) FROM staged_jobs WHERE finished_at IS NOT NULL") == 0
    await finish_jobs(restored, restored_url, private_servers, running.log_folder)
    assert await what_doctor_finds(restored) == {}
    await restored.close()


async def finish_jobs(restored: Connection, restored_url: str, servers: LocalServers, log_folder: Path) -> None:
    """Start drain and workers on the restored database with an empty Redis, until every idea was compared."""
    # Handed over long ago, as in any dump that is restored later; nobody waits for that here.
    await restored.execute("UPDATE staged_jobs SET enqueued_at = enqueued_at - interval '1 minute'")
    redis_url = with_redis_database(servers.redis_url, 5)
    with Redis.from_url(redis_url) as client:
        client.flushdb()
    environment = engine_environment(restored_url, redis_url, free_port())

    async def unfinished() -> int:
        count: int = await restored.fetchval(
            "SELECT count(*) FROM staged_jobs WHERE job = 'find_duplicates' AND finished_at IS NULL"
        )
        return count

    with Children(environment, log_folder=log_folder) as children:
        children.start(("drain", "work"))
        await eventually(unfinished, lambda count: count == 0)
