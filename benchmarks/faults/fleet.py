"""The engine's processes, kept alive as a service manager would, and killed at will."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.machine import process_tree
from ideation.cli.children import PROCESSES

_RESTART_SECONDS = 0.3
_STOP_SECONDS = 60.0
KINDS = ("api", "drain", "work", "schedule")


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """One process to be kept running: its kind, how it is started and in which environment."""

    name: str
    kind: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    folder: Path | None = None


def program(kind: str, name: str, environment: Mapping[str, str], folder: Path | None = None) -> Program:
    """A process of the engine as `ideation serve`, `work`, `drain` and `schedule` start it."""
    arguments = ("-m", *PROCESSES[kind])
    return Program(name=name, kind=kind, arguments=arguments, environment=dict(environment), folder=folder)


class Fleet:
    """Processes by name; one that ends is started again until it is stopped or held down."""

    def __init__(self, log_folder: Path) -> None:
        self._log_folder = log_folder
        self._programs: dict[str, Program] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._held: set[str] = set()
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep_alive, daemon=True)
        self._keeper.start()

    def start(self, programs: Sequence[Program]) -> None:
        """Run these from now on."""
        with self._lock:
            for each in programs:
                self._programs[each.name] = each
                self._launch(each.name)

    def kill(self, kind: str, *, hold: bool = False) -> int:
        """kill -9 every process of a kind with all its children; they come back at once unless held down."""
        with self._lock:
            names = [name for name, each in self._programs.items() if each.kind == kind]
            if hold:
                self._held |= set(names)
            return sum(_kill_tree(self._running[name].pid) for name in names)

    def kill_one(self, name: str) -> int:
        """The same for one process."""
        with self._lock:
            return _kill_tree(self._running[name].pid)

    def release(self) -> None:
        """Let those held down come back."""
        with self._lock:
            self._held.clear()

    def retire(self, names: Sequence[str]) -> list[int]:
        """SIGTERM these, wait for each to end by itself, and forget them; returns their exit codes."""
        with self._lock:
            processes = [self._running.pop(name) for name in names]
            for name in names:
                del self._programs[name]
        for process in processes:
            process.terminate()
        return [process.wait(_STOP_SECONDS) for process in processes]

    def names(self, kind: str | None = None) -> list[str]:
        """Those that are to run, of one kind or all."""
        with self._lock:
            return [name for name, each in self._programs.items() if kind in (None, each.kind)]

    def stop(self) -> list[int]:
        """End everything gracefully."""
        self._ended.set()
        self._keeper.join()
        return self.retire(self.names())

    def _launch(self, name: str) -> None:
        each = self._programs[name]
        log = (self._log_folder / f"{name}.log").open("ab")
        with log:
            self._running[name] = subprocess.Popen(
                [sys.executable, *each.arguments],
                env=os.environ | each.environment,
                cwd=each.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _keep_alive(self) -> None:
        while not self._ended.wait(_RESTART_SECONDS):
            with self._lock:
                for name in self._programs:
                    if name not in self._held and self._running[name].poll() is not None:
                        self._launch(name)


def _kill_tree(root: int) -> int:
    killed = 0
    for pid in process_tree(root):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _is_alive(root):
        time.sleep(0.01)
    return killed


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
