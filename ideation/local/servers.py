"""PostgreSQL and Redis together, for as long as one run of the demo or of the tests."""

import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from ideation.local.lock import DirectoryLock
from ideation.local.postgres import PostgresServer
from ideation.local.redis import RedisServer


class LocalServers:
    """Both servers of one folder. Use as a context manager; what it started ends with it, or with the process."""

    def __init__(self, directory: Path, lock: DirectoryLock, *, durable: bool) -> None:
        self.directory = directory
        self._lock: DirectoryLock | None = lock
        self._guard: subprocess.Popen[bytes] | None = None
        self._postgres = PostgresServer(directory, durable=durable)
        self._redis = RedisServer(directory, durable=durable)

    @classmethod
    def start(cls, directory: Path, *, durable: bool = True) -> Self:
        """Start both on `directory`, made when missing. Raises LocalServersError, also when a live run has it.

        `durable=False` trades the safety of the data for speed, for tests.
        """
        directory = directory.resolve()
        lock = DirectoryLock.acquire(directory)
        try:
            servers = cls(directory, lock, durable=durable)
        except BaseException:
            lock.release()
            raise
        try:
            servers._start()
        except BaseException:
            servers.stop()
            raise
        return servers

    @property
    def database_url(self) -> str:
        """Address of the database `ideation`; its user may create further ones."""
        return self._postgres.url

    @property
    def redis_url(self) -> str:
        """Address of Redis's database 0, of 64."""
        return self._redis.url

    @property
    def postgres_binaries(self) -> Path:
        """The folder with pg_dump, psql and the other programs of this PostgreSQL."""
        return self._postgres.binaries

    def start_postgres(self) -> None:
        """Start PostgreSQL again after `stop_postgres`."""
        self._postgres.start()

    def stop_postgres(self) -> None:
        """Stop PostgreSQL alone; open connections break."""
        self._postgres.stop()

    def restart_postgres(self) -> None:
        """Stop and start PostgreSQL; open connections break, committed data stays."""
        self._postgres.stop()
        self._postgres.start()

    def start_redis(self) -> None:
        """Start Redis again after `stop_redis`; it is empty unless durable."""
        self._redis.start()

    def stop_redis(self) -> None:
        """Stop Redis alone; open connections break."""
        self._redis.stop()

    def stop(self) -> None:
        """Stop both and free the folder; a second call does nothing."""
        if self._lock is None:
            return
        try:
            self._redis.stop()
            self._postgres.stop()
        finally:
            self._dismiss_guard()
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> None:
        self._guard = self._post_guard()
        self._postgres.start()
        self._redis.start()

    def _post_guard(self) -> subprocess.Popen[bytes]:
        assert self._lock is not None
        descriptor = self._lock.descriptor
        return subprocess.Popen(
            [sys.executable, "-m", "ideation.local.guard", str(self.directory), str(descriptor), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[descriptor],
            start_new_session=True,
        )

    def _dismiss_guard(self) -> None:
        """Close the guard's pipe: it looks after whatever still runs, and ends."""
        if self._guard is not None:
            assert self._guard.stdin is not None
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
