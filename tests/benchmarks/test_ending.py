"""A benchmark that is asked to end takes along what it started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness import server_directory

# What a benchmark is: servers, processes that use them, and a while of measuring.
BENCHMARK = """
import asyncio, uvloop
from benchmarks.http_servers import running_servers, running_workers
async def measure():
    print(servers.postmaster, *processes.values(), flush=True)
    await asyncio.sleep(300)
with running_servers() as servers, running_workers(servers) as processes:
    uvloop.run(measure())
"""
# A program that takes a moment to end what it began, within an event loop or without one. It says that it is ready from
# inside the loop: a signal that meets a loop half made is another matter.
SLOW_TO_END = """
import asyncio, time, uvloop
from benchmarks.ending import orderly_end
def wait():
    print("ready", flush=True)
    time.sleep(300)
async def wait_in_loop():
    print("ready", flush=True)
    await asyncio.sleep(300)
with orderly_end():
    try:
        {wait}
    finally:
        time.sleep(0.4)
        print("ended", flush=True)
"""
WAITS = ["wait()", "asyncio.run(wait_in_loop())", "uvloop.run(wait_in_loop())"]
RUNNER = f"""
import sys
from benchmarks.ending import run_to_end
run_to_end([sys.executable, "-c", {SLOW_TO_END.format(wait=WAITS[0])!r}])
"""


@contextmanager
def program(code: str, temporary: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Python code running, and the line that it said once it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(temporary)},
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def is_running(process: Path) -> bool:
    """Whether this entry of /proc is that of a process which has not ended; one that nobody has waited for has."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_servers_and_processes_of_a_benchmark_end_with_it() -> None:
    with server_directory() as temporary, program(BENCHMARK, temporary) as (process, line):
        started = [Path(f"/proc/{pid}") for pid in line.split()]
        assert [is_running(process) for process in started] == [True] * 4
        process.terminate()
        assert process.wait(60) == 128 + signal.SIGTERM
        # PostgreSQL says that it has ended a moment before its process has.
        give_up_at = time.monotonic() + 30
        while (left := [each for each in started if is_running(each)]) and time.monotonic() < give_up_at:
            time.sleep(0.01)
        assert left == []
        assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("wait", "number"),
    [
        (WAITS[0], signal.SIGINT),
        (WAITS[0], signal.SIGHUP),
        (WAITS[1], signal.SIGTERM),
        (WAITS[2], signal.SIGTERM),
        (WAITS[2], signal.SIGINT),
    ],
)
def test_signals_let_the_ending_run_to_its_end(tmp_path: Path, wait: str, number: signal.Signals) -> None:
    with program(SLOW_TO_END.format(wait=wait), tmp_path) as (process, line):
        assert line == "ready\n"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)
        assert (rest, process.returncode) == ("ended\n", 128 + number)


def test_second_signal_does_not_cut_the_ending_short(tmp_path: Path) -> None:
    with program(SLOW_TO_END.format(wait=WAITS[0]), tmp_path) as (process, _):
        for _ in range(3):
            process.terminate()
        rest, _ = process.communicate(timeout=60)
        assert (rest, process.returncode) == ("ended\n", 128 + signal.SIGTERM)


@pytest.mark.parametrize("to_all", [True, False])
def test_whoever_runs_benchmarks_passes_the_end_on_and_waits(tmp_path: Path, *, to_all: bool) -> None:
    """A terminal sends Ctrl-C to all, a service manager SIGTERM to one."""
    with program(RUNNER, tmp_path) as (process, line):
        assert line == "ready\n"
        if to_all:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.terminate()
        rest, _ = process.communicate(timeout=60)
        assert rest == "ended\n"
        assert process.returncode == 128 + (signal.SIGINT if to_all else signal.SIGTERM)
