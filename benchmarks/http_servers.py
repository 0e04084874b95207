"""The processes that a load is sent to: real PostgreSQL and Redis, the real API, and the bare handlers."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

import msgspec

from benchmarks.ending import orderly_end
from benchmarks.machine import ended_children_seconds, process_tree, processor_seconds
from ideation.cli.children import END_WITH_PARENT
from ideation.local.servers import LocalServers

_NO_LIMIT = "1000000"
_READY_SECONDS = 60.0
_STOP_SECONDS = 30.0
ENGINE, BARE = "api", "benchmarks.http_bare"


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """PostgreSQL and Redis of this run; durable, as in production."""

    database_url: str
    redis_url: str
    binaries: Path
    sockets: str
    postmaster: int

    def processor_seconds(self) -> float:
        """What PostgreSQL has used so far, backends and helpers, also those that have ended."""
        return processor_seconds(process_tree(self.postmaster)) + ended_children_seconds(self.postmaster)


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """One server process, ready to answer."""

    pid: int
    port: int
    log: Path
    ready_seconds: float

    def processor_seconds(self) -> float:
        """What the process has used so far."""
        return processor_seconds(process_tree(self.pid))


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Servers of our own, gone at the end with their data, also when the end comes by a signal."""
    with orderly_end(), tempfile.TemporaryDirectory(prefix="ideation-bench-", ignore_cleanup_errors=True) as name:
        directory = Path(name).resolve()
        directory.chmod(0o711)
        with LocalServers.start(directory, durable=True) as local:
            sockets = parse_qs(urlsplit(local.database_url).query)["host"][0]
            yield Servers(
                database_url=local.database_url,
                redis_url=local.redis_url,
                binaries=local.postgres_binaries,
                sockets=sockets,
                postmaster=int((Path(sockets) / "postmaster.pid").read_text(encoding="utf-8").split()[0]),
            )


@contextmanager
def running_api(servers: Servers, module: str) -> Iterator[Api]:
    """`python -m module` on a free port until the end of the block; its log goes where logs go, into a file."""
    port = _free_port()
    with tempfile.NamedTemporaryFile() as log:
        started = time.perf_counter()
        process = _launch(["-m", module], _environment(servers, port), log)
        try:
            _wait_until_ready(process, port)
            yield Api(pid=process.pid, port=port, log=Path(log.name), ready_seconds=time.perf_counter() - started)
        finally:
            _end([process])


@contextmanager
def running_workers(servers: Servers, **settings: str) -> Iterator[dict[str, int]]:
    """The drain, the schedule and the lanes until the end of the block; their process ids by name."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    with tempfile.NamedTemporaryFile() as log:
        try:
            for name in ("drain", "schedule", "work"):
                started[name] = _launch(["-m", "workers", name], _environment(servers, 1) | settings, log)
            yield {name: process.pid for name, process in started.items()}
        finally:
            _end(started.values())


def _launch(arguments: list[str], environment: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    """A process of the engine. Ctrl-C reaches the benchmark alone, which then asks each to end."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment,
        stderr=log,
        start_new_session=True,
        preexec_fn=END_WITH_PARENT,  # noqa: PLW1509
    )


def _end(processes: Collection[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(servers: Servers, port: int) -> dict[str, str]:
    return os.environ | {
        "IDEATION_DATABASE_URL": servers.database_url,
        "IDEATION_REDIS_URL": servers.redis_url,
        "IDEATION_SECRET_KEY": "0" * 32,
        "IDEATION_PORT": str(port),
        "IDEATION_REQUESTS_PER_MINUTE": _NO_LIMIT,
        "IDEATION_WRITES_PER_MINUTE": _NO_LIMIT,
        "OMP_NUM_THREADS": "1",
    }


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    give_up_at = time.perf_counter() + _READY_SECONDS
    while process.poll() is None and time.perf_counter() < give_up_at:
        if _answers(port):
            return
        time.sleep(0.01)
    raise RuntimeError(f"{process.args!r} did not get ready; it ended with {process.poll()}")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
            return True
    except urllib.error.HTTPError as error:
        # The bare handlers know no such address, and say so: they answer.
        return error.code == 404
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
