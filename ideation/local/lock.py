"""One run per folder: a lock that the operating system releases when its last holder ends, however it ends."""

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from ideation.local.places import LocalServersError

# How long the guard of a killed run may take to stop that run's servers.
CLEANUP_SECONDS = 30.0
LIVE_SECONDS = 0.5


class DirectoryLock:
    """An exclusive lock on a folder; the file holds the process id of the run that has it, or nothing in between."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def acquire(cls, directory: Path) -> Self:
        """Take the lock, waiting for a killed run to be cleaned up; raise when a live run has it."""
        path = directory / "lock"
        try:
            directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise LocalServersError(f"cannot use {directory}: {error.strerror}") from error
        try:
            _wait_for(descriptor, directory)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def disown(self) -> None:
        """Say that the run is over and only its cleaning up still holds the folder."""
        os.ftruncate(self.descriptor, 0)

    def release(self) -> None:
        """Let go of our hold; the guard may still have its own."""
        os.close(self.descriptor)

    def free(self) -> None:
        """Unlock the folder, whoever else still has a descriptor of this lock."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)


def _wait_for(descriptor: int, directory: Path) -> None:
    started = time.monotonic()
    while not _try_lock(descriptor):
        holder = _holder(descriptor)
        # A run that was killed this very moment may still look alive, and its guard has not taken over yet.
        patience = LIVE_SECONDS if holder is not None and _is_alive(holder) else CLEANUP_SECONDS
        if time.monotonic() - started > patience:
            raise LocalServersError(
                f"{directory} is in use by another run{f' (process {holder})' if holder else ''}; "
                "stop that one first, or choose another folder"
            )
        time.sleep(0.05)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> int | None:
    content = os.pread(descriptor, 32, 0)
    return int(content) if content.isdigit() else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
