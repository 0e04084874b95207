"""One installation to be broken: servers behind proxies, the engine's processes, and people with tokens."""

import asyncio
import contextlib
import os
import signal
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit
from uuid import UUID

import asyncpg
import httpx
import msgspec
from redis import Redis

from benchmarks.ending import orderly_end
from benchmarks.faults.fleet import Fleet, Program, program
from benchmarks.faults.proxy import Proxy
from benchmarks.faults.shim import Shim, compile_library
from benchmarks.machine import process_tree
from ideation.actions.people import add_person
from ideation.actions.policies import accept_policy, add_policy
from ideation.actions.tokens import issue_token
from ideation.database import Connection, open_connection
from ideation.entities.people import ALL_SCOPES, Actor, NewPerson, Role
from ideation.entities.policies import NewPolicy
from ideation.local.places import LocalServersError
from ideation.local.servers import LocalServers
from ideation.migrate import migrate_up

# Generous, for machines that are busy with other work.
READY_SECONDS = 240.0
_POSTGRES_SOCKET = ".s.PGSQL.5432"
EMPLOYEES, REVIEWERS = 16, 3


class Member(msgspec.Struct, frozen=True):
    """Somebody of the company, and the secret of an access token."""

    id: UUID
    secret: str


class Company(msgspec.Struct, frozen=True):
    """Who takes part in every round."""

    owner: Member
    employees: list[Member]
    reviewers: list[Member]


class Site:
    """Everything that runs; faults take hold of its parts."""

    def __init__(self, directory: Path, servers: LocalServers, library: Path | None) -> None:
        self.directory = directory
        self.servers = servers
        self.log_folder = directory / "logs"
        self.log_folder.mkdir()
        self.fleet = Fleet(self.log_folder)
        self.disk = None if library is None else Shim(library, directory / "disk.control")
        self.clock = None if library is None else Shim(library, directory / "clock.control")
        self._postgres_environment = {} if self.disk is None else self.disk.environment
        sockets = directory / "proxies"
        sockets.mkdir()
        direct = parse_qs(urlsplit(servers.database_url).query)["host"][0]
        self.postgres_proxy = Proxy(sockets / _POSTGRES_SOCKET, Path(direct) / _POSTGRES_SOCKET)
        redis_socket = Path(unquote(urlsplit(servers.redis_url).path))
        self.redis_proxy = Proxy(sockets / "redis.sock", redis_socket)
        self.ports = {"api-1": _free_port(), "api-2": _free_port()}
        self._urls = {
            "IDEATION_DATABASE_URL": f"postgresql://ideation@/ideation?host={quote(str(sockets), safe='')}",
            "IDEATION_REDIS_URL": f"unix://{quote(str(sockets / 'redis.sock'))}?db=0",
        }

    def environment(self, **more: str) -> dict[str, str]:
        """The settings of every process; people here are quicker than any limit."""
        return {
            **self._urls,
            "IDEATION_SECRET_KEY": "a secret key for benchmarks, 32 characters or more",
            "IDEATION_REQUESTS_PER_MINUTE": "1000000",
            "IDEATION_WRITES_PER_MINUTE": "1000000",
            "IDEATION_RANKING_INTERVAL_SECONDS": "5",
            "IDEATION_LOG_LEVEL": "warning",
            "OMP_NUM_THREADS": "1",
            **({} if self.clock is None else self.clock.environment),
            **more,
        }

    def program(self, kind: str, number: int, folder: Path | None = None) -> Program:
        """The first or second process of a kind; an API has a port of its own."""
        name = f"{kind}-{number}"
        port = {"IDEATION_PORT": str(self.ports[name])} if kind == "api" else {}
        return program(kind, name, self.environment(**port), folder)

    def addresses(self) -> list[str]:
        """Where the APIs that are to run listen."""
        return [f"http://127.0.0.1:{self.ports[name]}" for name in self.fleet.names("api")]

    def start_engine(self) -> None:
        """One process of each kind."""
        self.fleet.start([self.program(kind, 1) for kind in ("api", "drain", "work", "schedule")])

    def wait_until_ready(self) -> None:
        """Return once every API says that it can answer."""
        deadline = time.monotonic() + READY_SECONDS
        for address in self.addresses():
            while not _is_ready(address):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{address} does not become ready; see {self.log_folder}")
                time.sleep(0.05)

    async def connect(self) -> Connection:
        """A connection past the proxy, to look with; waits for the server."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                return await open_connection(self.servers.database_url)
            except (OSError, asyncpg.PostgresError, TimeoutError):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.05)

    def redis(self) -> Redis:
        """A client past the proxy."""
        return Redis.from_url(self.servers.redis_url)

    def start_postgres(self) -> None:
        """Start PostgreSQL again, also right after it was killed, when its last processes still hold its memory."""
        deadline = time.monotonic() + READY_SECONDS
        with environment(self._postgres_environment):
            while True:
                try:
                    return self.servers.start_postgres()
                except LocalServersError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.1)

    async def kill_postgres(self) -> None:
        """kill -9 the server's parent process and every process of it at once, as a power cut would."""
        connection = await self.connect()
        data = await connection.fetchval("SHOW data_directory")
        await connection.close()
        postmaster = int((Path(data) / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        for pid in process_tree(postmaster):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_redis(self) -> None:
        """kill -9 Redis."""
        with self.redis() as client:
            pid = int(client.info("server")["process_id"])
        os.kill(pid, signal.SIGKILL)


@contextmanager
def running_site() -> Iterator[tuple[Site, Company]]:
    """An installation with its people; everything is gone at the end, also when the end comes by a signal."""
    with orderly_end(), tempfile.TemporaryDirectory(prefix="ideation-faults-", ignore_cleanup_errors=True) as name:
        directory = Path(name).resolve()
        directory.chmod(0o711)
        library = compile_library(directory)
        disk = {} if library is None else Shim(library, directory / "disk.control").environment
        with contextlib.ExitStack() as stack:
            with environment(disk):
                servers = stack.enter_context(LocalServers.start(directory / "servers", durable=True))
            site = Site(directory, servers, library)
            company = asyncio.run(_hire(site))
            stack.callback(site.fleet.stop)
            site.start_engine()
            site.wait_until_ready()
            yield site, company


@contextmanager
def environment(more: Mapping[str, str]) -> Iterator[None]:
    """Let what is started meanwhile find these variables."""
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


async def _hire(site: Site) -> Company:
    await _migrate(site.servers.database_url)
    connection = await site.connect()
    try:
        now = datetime.now(UTC) - timedelta(hours=1)
        await add_policy(connection, NewPolicy(title="Fair play", body="Be fair."), now)
        owner = await _member(connection, "owner", "Strategy", [Role.CHALLENGE_OWNER, Role.ADMINISTRATOR], now)
        employees = [
            await _member(connection, f"employee{n}", f"Department {n % 5}", [], now) for n in range(EMPLOYEES)
        ]
        reviewers = [await _member(connection, f"reviewer{n}", "Panel", [Role.REVIEWER], now) for n in range(REVIEWERS)]
        return Company(owner, employees, reviewers)
    finally:
        await connection.close()


async def _migrate(database_url: str) -> None:
    # A plain connection: the types that others decode come with the first migration.
    connection = await asyncpg.connect(database_url)
    try:
        await migrate_up(connection)
    finally:
        await connection.close()


async def _member(connection: Connection, name: str, department: str, roles: list[Role], now: datetime) -> Member:
    person = await add_person(
        connection,
        NewPerson(name=name, email=f"{name}@example.org", department=department, site="Oslo", roles=roles),
        now,
    )
    actor = Actor(
        person_id=person.id,
        name=name,
        department=department,
        site="Oslo",
        roles=frozenset(roles),
        scopes=ALL_SCOPES,
        policy_accepted=True,
    )
    await accept_policy(connection, actor, 1, now + timedelta(minutes=1))
    issued = await issue_token(connection, person.id, name="faults", scopes=ALL_SCOPES, now=now, days=2)
    return Member(person.id, issued.token)


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
