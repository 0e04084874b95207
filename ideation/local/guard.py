"""Stops a folder's servers when the run that started them has ended, even by kill -9.

Started beside the servers as `python -m ideation.local.guard <directory> <descriptor of the lock> <id of the run>`. Its
standard input is a pipe that the run holds open, and it shares the run's lock, so that the next run waits until the
servers are down.
"""

import os
import select
import signal
import sys
from pathlib import Path

from ideation.local.lock import DirectoryLock
from ideation.local.postgres import PostgresServer
from ideation.local.redis import RedisServer

_LOOK_SECONDS = 1.0


def main(directory: Path, lock: DirectoryLock, run: int) -> None:
    """Wait for the end of the run, then stop what it left running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _wait_for_the_end(run)
    lock.disown()
    RedisServer(directory, durable=True).stop()
    PostgresServer(directory, durable=True).stop()
    lock.free()


def _wait_for_the_end(run: int) -> None:
    # Processes forked from the run hold the pipe as well, and may outlive it.
    while os.getppid() == run:
        readable, _, _ = select.select([sys.stdin], [], [], _LOOK_SECONDS)
        if readable:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), DirectoryLock(int(sys.argv[2])), int(sys.argv[3]))
