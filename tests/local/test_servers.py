import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from ideation.local import places
from ideation.local.lock import DirectoryLock
from ideation.local.places import LocalServersError
from ideation.local.postgres import PostgresServer
from ideation.local.redis import RedisServer
from ideation.local.servers import LocalServers
from tests.harness import server_directory

# What a run is: it starts the servers, says so, and works until somebody ends it. A shell that starts the tests in the
# background has them ignore SIGINT, and children would too.
RUN = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)
from ideation.local.servers import LocalServers
with LocalServers.start(Path(sys.argv[1]), durable=False) as servers:
    exec(sys.argv[2])
    print(servers._guard.pid, flush=True)
    signal.pause()
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    with server_directory() as path:
        yield path


@contextmanager
def another_run(directory: Path, then: str = "") -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A run in a process of its own that does `then` with its servers, with the process id of its guard."""
    command = [sys.executable, "-c", RUN, str(directory), then]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


async def ask(servers: LocalServers, query: str) -> object:
    connection = await asyncpg.connect(servers.database_url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def remember(servers: LocalServers) -> None:
    with Redis.from_url(servers.redis_url) as client:
        client.set("kept", "yes")


def recall(servers: LocalServers) -> object:
    with Redis.from_url(servers.redis_url) as client:
        return client.get("kept")


def are_running(directory: Path) -> tuple[bool, bool]:
    postgres = PostgresServer(directory, durable=False).is_running()
    return postgres, RedisServer(directory, durable=False).is_running()


async def test_durable_servers_keep_their_data_from_run_to_run(directory: Path) -> None:
    with LocalServers.start(directory) as servers:
        assert await ask(servers, "SHOW fsync") == "on"
        await ask(servers, "CREATE TABLE kept AS SELECT 42 AS answer")
        remember(servers)
    assert are_running(directory) == (False, False)
    with LocalServers.start(directory) as servers:
        assert await ask(servers, "SELECT answer FROM kept") == 42
        assert recall(servers) == b"yes"


async def test_postgres_restarts_alone_and_open_connections_break(private_servers: LocalServers) -> None:
    assert await ask(private_servers, "SHOW fsync") == "off"
    remember(private_servers)
    connection = await asyncpg.connect(private_servers.database_url)
    private_servers.restart_postgres()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    assert await ask(private_servers, "SELECT count(*) > 0 FROM schema_migrations") is True
    assert recall(private_servers) == b"yes"
    await connection.close()


async def test_redis_stops_alone_and_is_empty_when_it_comes_back(private_servers: LocalServers) -> None:
    remember(private_servers)
    private_servers.stop_redis()
    with pytest.raises(RedisConnectionError):
        recall(private_servers)
    assert await ask(private_servers, "SELECT 1") == 1
    private_servers.start_redis()
    assert recall(private_servers) is None


def test_start_refuses_a_folder_that_a_live_run_has(private_servers: LocalServers) -> None:
    with pytest.raises(LocalServersError) as refusal:
        LocalServers.start(private_servers.directory)
    assert str(refusal.value) == (
        f"{private_servers.directory} is in use by another run (process {os.getpid()}); "
        "stop that one first, or choose another folder"
    )


def test_stop_twice_stops_once(directory: Path) -> None:
    servers = LocalServers.start(directory, durable=False)
    servers.stop()
    servers.stop()
    assert are_running(directory) == (False, False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_servers_end_with_their_run_however_it_ends(directory: Path, number: signal.Signals) -> None:
    with another_run(directory) as (process, _):
        assert are_running(directory) == (True, True)
        os.killpg(process.pid, number)
        process.wait()
    # Waits for the guard, as the next run does.
    DirectoryLock.acquire(directory).release()
    assert are_running(directory) == (False, False)


def test_servers_end_with_their_run_though_a_fork_of_it_lives_on(directory: Path) -> None:
    with another_run(directory, "import os, time\nif os.fork() == 0: time.sleep(300)") as (process, _):
        assert are_running(directory) == (True, True)
        process.kill()
        process.wait()
        DirectoryLock.acquire(directory).release()
        assert are_running(directory) == (False, False)
        os.killpg(process.pid, signal.SIGKILL)


async def test_start_takes_over_from_a_run_killed_together_with_its_guard(directory: Path) -> None:
    with another_run(directory) as (process, guard):
        os.kill(guard, signal.SIGKILL)
        process.kill()
        process.wait()
    assert are_running(directory) == (True, True)
    with LocalServers.start(directory, durable=False) as servers:
        assert await ask(servers, "SELECT 1") == 1
        assert recall(servers) is None
    assert are_running(directory) == (False, False)


async def test_start_recovers_when_the_stale_pid_now_belongs_to_another_program(directory: Path) -> None:
    with LocalServers.start(directory, durable=False) as servers:
        pid_file = PostgresServer(directory, durable=False).data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        servers.stop_postgres()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
        servers.start_postgres()
        assert await ask(servers, "SELECT 1") == 1


async def test_start_clears_away_a_cluster_that_was_never_finished(directory: Path) -> None:
    (directory / "postgres.unfinished" / "base").mkdir(parents=True)
    with LocalServers.start(directory, durable=False) as servers:
        assert await ask(servers, "SELECT 1") == 1
    assert sorted(entry.name for entry in directory.iterdir()) == ["lock", "postgres", "redis"]


async def test_start_works_under_a_path_too_long_for_sockets(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    deep = directory / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with LocalServers.start(deep, durable=False) as servers:
        assert await ask(servers, "SELECT 1") == 1
        assert recall(servers) is None
        assert len(list(directory.glob("ideation-*"))) == 2
    assert list(directory.glob("ideation-*")) == []


async def test_start_works_where_only_the_owner_may_enter(
    directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SHARED_HOME", directory / "elsewhere")
    with LocalServers.start(tmp_path, durable=False) as servers:
        await ask(servers, "CREATE TABLE kept AS SELECT 42 AS answer")
    with LocalServers.start(tmp_path, durable=False) as servers:
        assert await ask(servers, "SELECT answer FROM kept") == 42


def test_start_says_what_is_wrong_with_a_damaged_cluster(directory: Path) -> None:
    LocalServers.start(directory, durable=False).stop()
    (directory / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(LocalServersError, match=r"^PostgreSQL's pg_ctl failed: (.|\n)*version 9\.6"):
        LocalServers.start(directory, durable=False)
    assert are_running(directory) == (False, False)


def test_start_says_when_the_folder_cannot_be_made(directory: Path) -> None:
    (directory / "file").write_text("")
    with pytest.raises(LocalServersError, match=r"^cannot use .*/file: (File exists|Not a directory)$"):
        LocalServers.start(directory / "file")
