"""The program's long-running processes as children of one command: started together, ended together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

# What each process is and how it is started.
PROCESSES: dict[str, tuple[str, ...]] = {
    "api": ("api",),
    "drain": ("workers", "drain"),
    "work": ("workers", "work"),
    "schedule": ("workers", "schedule"),
}
STOP_SECONDS = 30.0
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """A parent ended by kill -9 cannot stop its children; the kernel then asks them to."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


# For `preexec_fn` of a process that is to end with the thread that starts it.
END_WITH_PARENT = _end_with_parent if sys.platform == "linux" else None


class Children:
    """Context manager around the processes; leaving it ends them, the API first so that no request is lost."""

    def __init__(self, environment: Mapping[str, str], *, log_folder: Path | None = None) -> None:
        self._environment = {**os.environ, **environment}
        self._log_folder = log_folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: list[IO[bytes]] = []

    def start(self, names: Sequence[str] = tuple(PROCESSES)) -> None:
        """Start these processes; their output goes to `<log folder>/<name>.log`, or where ours goes."""
        for name in names:
            module, *arguments = PROCESSES[name]
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=self._environment,
                stdout=self._log(name),
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches this process alone, which then asks each child once.
                start_new_session=True,
                preexec_fn=END_WITH_PARENT,  # noqa: PLW1509
            )

    def ended(self) -> str | None:
        """The name of a process that has ended although nobody asked it to, or None."""
        return next((name for name, process in self._running.items() if process.poll() is not None), None)

    def exit_code(self, name: str) -> int | None:
        """How a process ended."""
        return self._running[name].returncode

    def stop(self) -> None:
        """Ask every process to end, wait, and end by force what does not."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in self._logs:
            log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _log(self, name: str) -> IO[bytes] | None:
        if self._log_folder is None:
            return None
        self._log_folder.mkdir(parents=True, exist_ok=True)
        log = (self._log_folder / f"{name}.log").open("ab")
        self._logs.append(log)
        return log
