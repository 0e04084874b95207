"""Stops a folder's servers when the run that started them has ended, even by kill -9.

Started beside the servers as `python -m ideation.local.guard <directory> <descriptor of the lock>`. Its standard input
is a pipe that only the run holds open, and it shares the run's lock, so that the next run waits until the servers are
down.
"""

import signal
import sys
from pathlib import Path

from ideation.local.lock import DirectoryLock
from ideation.local.postgres import PostgresServer
from ideation.local.redis import RedisServer


def main(directory: Path, lock: DirectoryLock) -> None:
    """Wait for the end of the run, then stop what it left running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    lock.disown()
    RedisServer(directory, durable=True).stop()
    PostgresServer(directory, durable=True).stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), DirectoryLock(int(sys.argv[2])))
