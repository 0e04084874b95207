"""Servers that stop and come back under requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from api.platform import Platform, platform_of
from api.unit_of_work import UnitOfWork
from ideation.credentials import hash_secret
from ideation.database import open_connection
from ideation.ids import new_id
from ideation.local.servers import LocalServers
from tests.api.conftest import BASE_URL, Clock, application, make_settings
from tests.factories import NOW, insert, make_person


@asynccontextmanager
async def running(servers: LocalServers) -> AsyncIterator[tuple[httpx.AsyncClient, Platform]]:
    """The application on these servers, and a client of an administrator."""
    connection = await open_connection(servers.database_url)
    person_id = await make_person(connection, roles=["administrator"])
    token = {"token_hash": hash_secret(f"idt_{person_id}"), "name": "t", "scopes": ["read", "administer"]}
    times = {"created_at": NOW, "expires_at": NOW.replace(year=2030)}
    await insert(connection, "access_tokens", id=new_id(), person_id=person_id, **token, **times)
    await connection.close()
    app = application(make_settings(servers.database_url, servers.redis_url), Clock(), beside=True)
    await platform_of(app).open()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer idt_{person_id}"}
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
        yield client, platform_of(app)
    await platform_of(app).close()


def person(number: int) -> dict[str, str]:
    """Somebody to add."""
    return {"name": f"Outage {number}", "email": f"outage-{new_id()}@example.org", "department": "Research"}


async def test_database_down_is_unavailable_and_back_is_fine(private_servers: LocalServers) -> None:
    async with running(private_servers) as (client, _):
        before = await client.get("/v1/me")
        private_servers.stop_postgres()
        down = [await client.get("/v1/me"), await client.post("/v1/people", json=person(0))]
        ready = await client.get("/health/ready")
        alive = await client.get("/health/live")
        private_servers.start_postgres()
        back = await client.get("/v1/me")
    assert before.status_code == 200
    assert [(r.status_code, r.json()["type"], r.headers["retry-after"]) for r in down] == [
        (503, "/problems/unavailable", "1")
    ] * 2
    assert (ready.status_code, ready.json()["database"], alive.status_code) == (503, "unavailable", 200)
    assert (back.status_code, back.json()) == (200, before.json())


async def test_restart_under_requests_loses_nothing_acknowledged(private_servers: LocalServers) -> None:
    async with running(private_servers) as (client, _):
        tasks = [asyncio.create_task(_add_people(client, offset)) for offset in range(4)]
        await asyncio.to_thread(private_servers.restart_postgres)
        answers = [answer for answers in await asyncio.gather(*tasks) for answer in answers]
    assert {status for _, status in answers} <= {201, 503}
    acknowledged = {email for email, status in answers if status == 201}
    connection = await asyncpg.connect(private_servers.database_url)
    stored = {row["email"] for row in await connection.fetch("SELECT email FROM people WHERE name LIKE 'Outage%'")}
    await connection.close()
    assert acknowledged <= stored
    assert answers[-1][1] == 201


async def _add_people(client: httpx.AsyncClient, offset: int) -> list[tuple[str, int]]:
    answers = []
    for number in range(25):
        given = person(100 * offset + number)
        response = await client.post("/v1/people", json=given)
        answers.append((given["email"], response.status_code))
        await asyncio.sleep(0.05 if response.status_code == 503 else 0)
    # The last one is tried until the server is back.
    while answers[-1][1] == 503:
        await asyncio.sleep(0.05)
        given = person(100 * offset + 99)
        answers.append((given["email"], (await client.post("/v1/people", json=given)).status_code))
    return answers


async def test_redis_down_changes_no_answer(private_servers: LocalServers) -> None:
    async with running(private_servers) as (client, platform):
        private_servers.stop_redis()
        answers = [await client.get("/v1/me")]
        await platform.rate_limiter.synchronise()
        answers += [await client.get("/v1/me"), await client.post("/v1/people", json=person(1))]
        ready = await client.get("/health/ready")
        private_servers.start_redis()
    assert [answer.status_code for answer in answers] == [200, 200, 201]
    assert (ready.status_code, ready.json()["redis"]) == (200, "degraded")


async def test_connection_lost_in_a_request_is_given_back_quietly(private_servers: LocalServers) -> None:
    async with running(private_servers) as (client, platform):
        work = UnitOfWork(platform, writes=True)
        backend = await (await work.connection()).fetchval("SELECT pg_backend_pid()")
        connection = await asyncpg.connect(private_servers.database_url)
        await connection.execute("SELECT pg_terminate_backend($1)", backend)
        lost = "cannot call Connection.is_closed"
        with pytest.raises(asyncpg.InterfaceError, match=lost):
            await _until_lost(work)
        await connection.close()
        await work.release()
        after = await client.post("/v1/people", json=person(2))
    assert after.status_code == 201


async def _until_lost(work: UnitOfWork) -> None:
    connection = await work.connection()
    for _ in range(500):
        connection.is_closed()
        await asyncio.sleep(0.01)


async def test_ended_backend_is_unavailable_once(private_servers: LocalServers) -> None:
    async with running(private_servers) as (client, _):
        assert (await client.get("/v1/me")).status_code == 200
        connection = await asyncpg.connect(private_servers.database_url)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ideation-api'"
        )
        await connection.close()
        statuses = [(await client.get("/v1/me")).status_code for _ in range(3)]
    assert (set(statuses[:-1]) <= {200, 503}, statuses[-1]) == (True, 200)
