"""The API as a process: what it imports, how it starts and how it stops."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.conftest import environment_of


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def started(arguments: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process, ended at the latest when the test ends."""
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def wait_until_ready(port: int) -> None:
    """Return once the API answers that it is ready."""
    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_api_never_imports_what_only_workers_need() -> None:
    code = "import sys, api.serving; print({'sklearn', 'rq', 'workers', 'scipy.stats'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (result.stdout, result.stderr) == ("set()\n", "")


# The API, which in place of serving says whether garbage is collected, and whether what the start made is left alone.
_SAY_HOW_GARBAGE_IS_COLLECTED = """
import gc, uvicorn
from api.__main__ import main
async def say(_server):
    print(gc.isenabled(), gc.get_freeze_count() > 10_000)
uvicorn.Server.main_loop = say
main()
"""


def test_garbage_is_collected_again_once_the_api_serves(settings_given: dict[str, str]) -> None:
    environment = environment_of(**settings_given, port=str(free_port()))
    command = [sys.executable, "-c", _SAY_HOW_GARBAGE_IS_COLLECTED]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout == "True True\n"


def test_api_answers_over_http_and_stops_gracefully(settings_given: dict[str, str]) -> None:
    port = free_port()
    with started(["-m", "api"], environment_of(**settings_given, port=str(port))) as process:
        wait_until_ready(port)
        headers = {"Authorization": "Bearer idt_a-secret-that-must-stay-one", "X-Request-Id": "over-http-1"}
        answer = httpx.get(f"http://127.0.0.1:{port}/v1/me", headers=headers)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=30)
    lines = [json.loads(line) for line in stderr.splitlines()]
    (logged,) = [line for line in lines if line["event"] == "request" and line.get("request_id") == "over-http-1"]
    assert (answer.status_code, answer.json()["type"], "server" in answer.headers) == (
        401,
        "/problems/unauthenticated",
        False,
    )
    assert (logged["route"], logged["status"], logged["person_id"], logged["level"]) == ("/v1/me", 401, None, "info")
    assert b"a-secret-that-must-stay-one" not in stderr
    assert process.returncode in (0, -signal.SIGTERM)


def test_up_runs_everything_and_stops_it_on_a_signal(settings_given: dict[str, str]) -> None:
    port = free_port()
    command = ["-c", "from ideation.cli import main; main()", "up"]
    with started(command, environment_of(**settings_given, port=str(port))) as process:
        wait_until_ready(port)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert process.returncode == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/health/live")


def test_up_stops_everything_when_one_ends(settings_given: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = ["-c", "from ideation.cli import main; main()", "up"]
        with started(command, environment_of(**settings_given, port=port)) as process:
            _, stderr = process.communicate(timeout=90)
    assert process.returncode == 1
    assert b"'api' ended by itself (code 3), so everything else was stopped." in stderr
