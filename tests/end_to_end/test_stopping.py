"""Asked to stop, every process ends what it has begun; killed, it loses nothing that was acknowledged."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from ideation.cli.children import PROCESSES, Children
from ideation.database import Connection, open_connection
from tests.end_to_end.conftest import (
    Engine,
    Person,
    engine_environment,
    eventually,
    free_port,
    what_doctor_finds,
)
from tests.end_to_end.test_idea_to_decision import open_challenge

# uvicorn ends by the signal it was sent, once it has answered everything.
ENDED_WELL = (0, -signal.SIGTERM)

# Processes start and stop here several times, which takes long on a machine that is busy with other tests.
pytestmark = pytest.mark.timeout(400)


@asynccontextmanager
async def looking_at(engine: Engine) -> AsyncIterator[Connection]:
    connection = await open_connection(engine.environment["IDEATION_DATABASE_URL"])
    try:
        yield connection
    finally:
        await connection.close()


def idea(title: str) -> dict[str, str]:
    return {"title": title, "body": "Replace the paper cups in the canteen by cups that people bring back."}


async def waits_for_a_lock(connection: Connection, words: str) -> bool:
    """Whether a statement with these words waits for somebody."""
    waiting = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, $1) > 0"
        " AND datname = current_database()",
        words,
    )
    return bool(waiting)


@contextmanager
def api_process(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "api"], env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def wait_for_api(url: str) -> None:
    async def ready() -> int:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{url}/health/ready")).status_code
        except httpx.TransportError:
            return 0

    await eventually(ready, lambda status: status == 200)


async def submit_until_told(author: Person, path: str, body: dict[str, str], key: str) -> httpx.Response:
    async def attempt() -> httpx.Response | None:
        try:
            return await author.client.post(f"/v1{path}", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError:
            return None

    answer = await eventually(attempt, lambda told: told is not None and told.status_code < 500)
    assert answer is not None
    return answer


async def test_api_killed_in_the_middle_of_a_request_takes_the_idea_once(
    database_url: str, redis_url: str, tmp_path: Path, stack: AsyncExitStack
) -> None:
    environment = engine_environment(database_url, redis_url, free_port())
    engine = Engine(environment["IDEATION_PUBLIC_URL"], environment, Children({}), tmp_path)
    async with looking_at(engine) as looking, looking_at(engine) as holding:
        owner = await engine.person(stack, looking, roles=["challenge_owner"])
        author = await engine.person(stack, looking)
        with api_process(environment) as first:
            await wait_for_api(engine.url)
            ideas = f"/challenges/{await open_challenge(owner)}/ideas"
            held = holding.transaction()
            await held.start()
            await holding.execute("SELECT FROM challenges FOR UPDATE")
            told = asyncio.create_task(submit_until_told(author, ideas, idea("Only once"), "one key"))
            await eventually(lambda: waits_for_a_lock(looking, "INSERT INTO ideas"), bool)
            first.kill()
            first.wait()
            await held.rollback()
        with api_process(environment):
            answer = await told
        stored = await looking.fetch("SELECT id FROM ideas")
        assert (answer.status_code, [str(row["id"]) for row in stored]) == (201, [answer.json()["id"]])
        assert await what_doctor_finds(looking) == {}


async def test_ended_connections_lose_nothing_acknowledged(engine: Engine, stack: AsyncExitStack) -> None:
    async with looking_at(engine) as looking:
        owner = await engine.person(stack, looking, roles=["challenge_owner"])
        authors = [await engine.person(stack, looking) for _ in range(4)]
        ideas = f"/challenges/{await open_challenge(owner)}/ideas"

        async def cut() -> None:
            for _ in range(8):
                with_others = (
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                )
                await looking.execute(f"{with_others} AND pid <> pg_backend_pid()")
                await asyncio.sleep(0.2)

        async def write(author: Person, name: str) -> list[str]:
            told = []
            for number in range(8):
                answer = await submit_until_told(author, ideas, idea(f"{name} {number}"), f"{name} {number}")
                assert answer.status_code == 201
                told.append(answer.json()["title"])
            return told

        written, _ = await asyncio.gather(
            asyncio.gather(*(write(author, f"Author {number}") for number, author in enumerate(authors))), cut()
        )
        stored = sorted(row["title"] for row in await looking.fetch("SELECT title FROM ideas"))
        assert stored == sorted(title for titles in written for title in titles)

        async def unfinished() -> int:
            count: int = await looking.fetchval(
                "SELECT count(*) FROM staged_jobs WHERE job = 'find_duplicates' AND finished_at IS NULL"
            )
            return count

        await eventually(unfinished, lambda count: count == 0)
        assert await what_doctor_finds(looking) == {}


async def test_no_request_and_no_job_is_cut_when_everything_is_asked_to_stop(
    engine: Engine, stack: AsyncExitStack
) -> None:
    async with looking_at(engine) as looking, looking_at(engine) as holding:
        owner = await engine.person(stack, looking, roles=["challenge_owner"])
        author = await engine.person(stack, looking)
        challenge_id = await open_challenge(owner)
        ideas = f"/challenges/{challenge_id}/ideas"
        held = holding.transaction()
        await held.start()
        await holding.execute("LOCK TABLE duplicate_pairs IN ACCESS EXCLUSIVE MODE")
        first = await author.call("POST", ideas, idea("Its job is in the middle of its work"), expect=201)
        await eventually(lambda: waits_for_a_lock(looking, "duplicate_pairs"), bool)
        await holding.execute("SELECT FROM challenges FOR UPDATE")
        second = asyncio.create_task(author.call("POST", ideas, idea("Its request is being answered"), expect=201))
        await eventually(lambda: waits_for_a_lock(looking, "INSERT INTO ideas"), bool)

        stopping = asyncio.create_task(asyncio.to_thread(engine.children.stop))
        await asyncio.sleep(1)
        assert not stopping.done()
        await held.rollback()
        answered = await second
        await stopping

        codes = {name: engine.children.exit_code(name) for name in PROCESSES}
        assert {name: code for name, code in codes.items() if code not in ENDED_WELL} == {}
        jobs = await looking.fetch(
            "SELECT subject, job_state(staged_jobs) AS state, attempts FROM staged_jobs WHERE job = 'find_duplicates'"
        )
        states = {row["subject"]: (row["state"], row["attempts"]) for row in jobs}
        assert states[first["id"]] == ("finished", 1)
        assert states[answered["id"]][0] in ("waiting", "finished")
        assert await what_doctor_finds(looking) == {}
